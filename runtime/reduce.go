package runtime

import (
	"unsafe"

	"github.com/gtc-lang/gtc/runtime/internal/cpu"
	"github.com/gtc-lang/gtc/runtime/internal/f32"
)

// The reduction of a row has one tree, whatever computes it:
//
//   - a row is cut into runs of ReduceRun elements;
//   - inside a run element i is added to lane i mod 16, in order;
//   - the sixteen lanes are folded 8 onto 8, 4 onto 4, 2 onto 2, 1 onto 1;
//   - the runs' results are reduced in the same way, as a row of their own.
//
// The tree depends on the length alone, so that runs may be shared out among
// threads (see Reducer) without changing a bit. What is one row of a larger
// reduction is for the compiler to say: of a program compiled with other passes
// it may be another.

// ReduceRun is the length in elements of the runs that a reduction is cut into.
const ReduceRun = 1 << 14

// lanes is how many partial results a run keeps.
const lanes = 16

// vectors reports whether lanes of T are filled by assembly (internal/f32),
// which gives what the loops here give.
func vectors[T Float]() bool { return unsafe.Sizeof(T(0)) == 4 && cpu.Use() != cpu.Go }

// single are lanes of float32 as such.
func single[T Float](l *[lanes]T) *[lanes]float32 { return (*[lanes]float32)(unsafe.Pointer(l)) }

// Sum returns the sum of x, 0 for none.
func Sum[T Float](x []T) T {
	if len(x) <= ReduceRun {
		return sumRun(x)
	}
	var l [lanes]T
	for r, i := 0, 0; i < len(x); r, i = r+1, i+ReduceRun {
		l[r%lanes] += sumRun(x[i:min(i+ReduceRun, len(x))])
	}
	return fold(&l)
}

// Dot returns the sum of x[i]*y[i]; y is at least as long as x.
func Dot[T Float](x, y []T) T {
	y = y[:len(x)]
	if len(x) <= ReduceRun {
		return dotRun(x, y)
	}
	var l [lanes]T
	for r, i := 0, 0; i < len(x); r, i = r+1, i+ReduceRun {
		end := min(i+ReduceRun, len(x))
		l[r%lanes] += dotRun(x[i:end], y[i:end])
	}
	return fold(&l)
}

// SumSquares returns the sum of x[i]*x[i].
func SumSquares[T Float](x []T) T { return Dot(x, x) }

// MaxOf returns the largest element of x; NaN if one is NaN. x is not empty.
func MaxOf[T Float](x []T) T {
	if vectors[T]() {
		var l Lanes[T]
		l.Fill(x[0])
		f32.MostLanes(single((*[lanes]T)(&l)), singles(x))
		return l.Max()
	}
	m := x[0]
	for _, v := range x[1:] {
		m = max(m, v)
	}
	return m
}

// MinOf returns the smallest element of x; NaN if one is NaN. x is not empty.
func MinOf[T Float](x []T) T {
	if vectors[T]() {
		var l Lanes[T]
		l.Fill(x[0])
		f32.LeastLanes(single((*[lanes]T)(&l)), singles(x))
		return l.Min()
	}
	m := x[0]
	for _, v := range x[1:] {
		m = min(m, v)
	}
	return m
}

// ArgMax returns the index of the first largest element of x, of the first
// NaN if there is one. x is not empty.
func ArgMax[T Float](x []T) int {
	best := 0
	for i, v := range x {
		if v != v {
			return i
		}
		if v > x[best] {
			best = i
		}
	}
	return best
}

// ArgMin returns the index of the first smallest element of x, of the first
// NaN if there is one. x is not empty.
func ArgMin[T Float](x []T) int {
	best := 0
	for i, v := range x {
		if v != v {
			return i
		}
		if v < x[best] {
			best = i
		}
	}
	return best
}

// sumRun is Sum over at most one run.
func sumRun[T Float](x []T) T {
	var l [lanes]T
	if vectors[T]() {
		f32.SumLanes(single(&l), singles(x))
		return fold(&l)
	}
	for ; len(x) >= lanes; x = x[lanes:] {
		v := (*[lanes]T)(x)
		for j := range l {
			l[j] += v[j]
		}
	}
	for j, v := range x {
		l[j] += v
	}
	return fold(&l)
}

// dotRun is Dot over at most one run.
func dotRun[T Float](x, y []T) T {
	var l [lanes]T
	if vectors[T]() {
		f32.DotLanes(single(&l), singles(x), singles(y))
		return fold(&l)
	}
	for ; len(x) >= lanes; x, y = x[lanes:], y[lanes:] {
		v, w := (*[lanes]T)(x), (*[lanes]T)(y)
		for j := range l {
			l[j] += T(v[j] * w[j])
		}
	}
	for j, v := range x {
		l[j] += T(v * y[j])
	}
	return fold(&l)
}

// fold adds the upper half of the lanes to the lower one until one is left.
func fold[T Float](l *[lanes]T) T {
	even := ((l[0] + l[8]) + (l[4] + l[12])) + ((l[2] + l[10]) + (l[6] + l[14]))
	odd := ((l[1] + l[9]) + (l[5] + l[13])) + ((l[3] + l[11]) + (l[7] + l[15]))
	return even + odd
}
