//go:build amd64 && !noasm

package cpu

import "golang.org/x/sys/cpu"

// detect asks the processor; x/sys/cpu has asked whether the operating system
// saves the wide registers.
func detect() Set {
	x := &cpu.X86
	switch {
	case !x.HasAVX2 || !x.HasFMA:
		return Go
	case x.HasAVX512F && x.HasAVX512VL && x.HasAVX512DQ && x.HasAVX512BW:
		return AVX512
	}
	return AVX2
}
