package runtime

import "github.com/gtc-lang/gtc/runtime/internal/cpu"

// Vectors says which assembly a process uses: NoVectors, AVX2 or AVX512. It
// is a matter of the processor, and of GTC_KERNELS.
func Vectors() cpu.Set { return cpu.Use() }

// What Vectors may be.
const (
	NoVectors = cpu.Go
	AVX2      = cpu.AVX2
	AVX512    = cpu.AVX512
)

// VectorChunk is how many elements a loop in assembly goes through at most
// before a goroutine can be stopped, a few microseconds' worth for short
// bodies; those of many instructions take a part of it. It divides ReduceRun.
const VectorChunk = 1 << 13
