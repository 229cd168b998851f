package runtime

import "github.com/gtc-lang/gtc/runtime/internal/cpu"

// Kernels names the kernel set of this process: "avx512", "avx2" or "go", the
// highest that the processor and the build have, or what the environment
// variable GTC_KERNELS holds it down to. Products differ in their last bits
// between sets; everything else is the same in all of them. Checkpoints record
// it, and a run resumes on the set that it began with: a run from a machine
// with AVX2 continues on one with AVX-512 under GTC_KERNELS=avx2.
func Kernels() string { return cpu.Use().String() }
