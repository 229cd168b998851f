//go:build !amd64 || noasm

package gemm

// The kernels by set; there is one.
var (
	float32Kernels = [...]*Kernels[float32]{&portableF32}
	float64Kernels = [...]*Kernels[float64]{&portableF64}
)
