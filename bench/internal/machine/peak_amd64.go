package machine

import "golang.org/x/sys/cpu"

//go:noescape
func fmaLoop512(n int)

//go:noescape
func fmaLoop256(n int)

//go:noescape
func read512(p *float32, blocks int)

//go:noescape
func read256(p *float32, blocks int)

// peakKernels are the loops of the widest vectors that the processor has.
func peakKernels() kernels {
	switch {
	case cpu.X86.HasAVX512F:
		return kernels{fma: fmaLoop512, flops: 24 * 16 * 2, read: read512}
	case cpu.X86.HasAVX2 && cpu.X86.HasFMA:
		return kernels{fma: fmaLoop256, flops: 12 * 8 * 2, read: read256}
	}
	return kernels{}
}
