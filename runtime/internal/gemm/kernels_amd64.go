//go:build amd64 && !noasm

package gemm

// The kernels by set.
var (
	float32Kernels = [...]*Kernels[float32]{&portableF32, &avx2F32, &avx512F32}
	float64Kernels = [...]*Kernels[float64]{&portableF64, &avx2F64, &avx512F64}
)
