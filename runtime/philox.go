package runtime

import "math"

// Draw names one random tensor of a training program: who draws (the call's
// path), when (the optimizer step), and in which iteration of an enclosing
// loop. Its elements are a pure function of these and of their index, so
// that they can be computed in any order, again, or one by one.
//
// The generator is Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel
// random numbers: as easy as 1, 2, 3", SC 2011). The key is the seed, low half
// first; the counter is (block, Path, Step, Index). Element i of a uniform
// tensor is word i%4 of block i/4; element i of a normal one takes words
// 2(i%2) and 2(i%2)+1 of block i/2.
type Draw struct {
	Seed  uint64
	Path  uint32 // PathHash of the call's path
	Step  uint32 // optimizer step, wraps
	Index uint32 // iteration of an enclosing loop, 0 outside
}

// PathHash is the FNV-1a hash (32 bits) of a call's path.
func PathHash(path string) uint32 {
	h := uint32(2166136261)
	for i := range len(path) {
		h = (h ^ uint32(path[i])) * 16777619
	}
	return h
}

// Philox returns the four words of Philox4x32-10 for a counter and a key.
func Philox(counter [4]uint32, key [2]uint32) [4]uint32 {
	x0, x1, x2, x3 := counter[0], counter[1], counter[2], counter[3]
	k0, k1 := key[0], key[1]
	for range 10 {
		p0 := uint64(x0) * 0xD2511F53
		p1 := uint64(x2) * 0xCD9E8D57
		x0, x1, x2, x3 = uint32(p1>>32)^x1^k0, uint32(p1), uint32(p0>>32)^x3^k1, uint32(p0)
		k0 += 0x9E3779B9
		k1 += 0xBB67AE85
	}
	return [4]uint32{x0, x1, x2, x3}
}

// Block returns the four words of a draw's block.
func (d Draw) Block(block uint32) [4]uint32 {
	return Philox([4]uint32{block, d.Path, d.Step, d.Index}, [2]uint32{uint32(d.Seed), uint32(d.Seed >> 32)})
}

// Uniform returns element i of a uniform tensor: a multiple of 2^-24 in [0, 1).
func (d Draw) Uniform(i int) float64 {
	return uniform(d.Block(uint32(i / 4))[i%4])
}

// Normal returns element i of a normal tensor, mean 0 and variance 1, by Box
// and Muller's transform in float64.
func (d Draw) Normal(i int) float64 {
	w := d.Block(uint32(i / 2))
	return normal(w[2*(i%2)], w[2*(i%2)+1])
}

// FillUniform sets dst[j] to element first+j of a uniform tensor, in [0, 1).
// float32 and float64 programs get the same numbers.
func FillUniform[T Float](d Draw, dst []T, first int) {
	for j := 0; j < len(dst); {
		i := first + j
		w := d.Block(uint32(i / 4))
		for lane := i % 4; lane < 4 && j < len(dst); lane++ {
			dst[j] = T(uniform(w[lane]))
			j++
		}
	}
}

// FillNormal sets dst[j] to element first+j of a normal tensor, rounded to T.
func FillNormal[T Float](d Draw, dst []T, first int) {
	for j := 0; j < len(dst); {
		i := first + j
		w := d.Block(uint32(i / 2))
		for lane := i % 2; lane < 2 && j < len(dst); lane++ {
			dst[j] = T(normal(w[2*lane], w[2*lane+1]))
			j++
		}
	}
}

func uniform(bits uint32) float64 { return float64(bits>>8) * 0x1p-24 }

func normal(a, b uint32) float64 {
	radius := math.Sqrt(-2 * math.Log(1-uniform(a)))
	return radius * math.Cos(2*math.Pi*uniform(b))
}
