package runtime

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
)

// What follows is called by generated code alone.

// Lanes adds up a row of at most ReduceRun elements by the fixed tree of
// reduce.go: element i is added to lane i mod 16.
type Lanes[T Float] [lanes]T

// Fold is the sum of the lanes.
func (l *Lanes[T]) Fold() T { return fold((*[lanes]T)(l)) }

// Fill sets all lanes.
func (l *Lanes[T]) Fill(x T) {
	for i := range l {
		l[i] = x
	}
}

// Max is the largest of the lanes, NaN if one is.
func (l *Lanes[T]) Max() T {
	var m [4]T // not one after the other: each waits for the one before
	for i := range m {
		m[i] = max(max(l[i], l[i+4]), max(l[i+8], l[i+12]))
	}
	return max(max(m[0], m[1]), max(m[2], m[3]))
}

// Min is the smallest of the lanes, NaN if one is.
func (l *Lanes[T]) Min() T {
	var m [4]T // not one after the other: each waits for the one before
	for i := range m {
		m[i] = min(min(l[i], l[i+4]), min(l[i+8], l[i+12]))
	}
	return min(min(m[0], m[1]), min(m[2], m[3]))
}

// Runs adds up a row of any length by the same tree: after every ReduceRun
// elements EndRun is called.
type Runs[T Float] struct {
	Lanes [lanes]T
	runs  [lanes]T
	n     int
}

// EndRun folds a run.
func (r *Runs[T]) EndRun() {
	r.runs[r.n%lanes] += fold(&r.Lanes)
	r.Lanes = [lanes]T{}
	r.n++
}

// Total is the sum of all elements.
func (r *Runs[T]) Total() T {
	if r.n == 0 {
		return fold(&r.Lanes)
	}
	r.EndRun() // of what is left: adding 0 changes no sum
	return fold(&r.runs)
}

// Number is the element type of any tensor of numbers.
type Number interface{ float32 | float64 | int32 }

// SetAll sets every element of x.
func SetAll[T Number](x []T, value T) {
	for i := range x {
		x[i] = value
	}
}

// AddParts adds the rows of parts, each as long as to, in order.
func AddParts[T Number](to, parts []T, chunks int) {
	for c := range chunks {
		for i, v := range parts[c*len(to):][:len(to)] {
			to[i] += v
		}
	}
}

// MaxParts is AddParts with the larger of two.
func MaxParts[T Number](to, parts []T, chunks int) {
	for c := range chunks {
		for i, v := range parts[c*len(to):][:len(to)] {
			to[i] = max(to[i], v)
		}
	}
}

// MinParts is AddParts with the smaller of two.
func MinParts[T Number](to, parts []T, chunks int) {
	for c := range chunks {
		for i, v := range parts[c*len(to):][:len(to)] {
			to[i] = min(to[i], v)
		}
	}
}

// AddUp is the sum of x, in order.
func AddUp[T Number](x []T) (sum T) {
	for _, v := range x {
		sum += v
	}
	return sum
}

// MaxUp is the largest of x; x is not empty.
func MaxUp[T Number](x []T) T {
	m := x[0]
	for _, v := range x[1:] {
		m = max(m, v)
	}
	return m
}

// MinUp is the smallest of x; x is not empty.
func MinUp[T Number](x []T) T {
	m := x[0]
	for _, v := range x[1:] {
		m = min(m, v)
	}
	return m
}

// Int is x without its fraction; 0 for NaN, and the nearest integer there is
// for what is too large.
func Int[T Float](x T) int32 {
	switch v := float64(x); {
	case v != v:
		return 0
	case v >= math.MaxInt32:
		return math.MaxInt32
	case v <= math.MinInt32:
		return math.MinInt32
	default:
		return int32(v)
	}
}

// Inf is infinity with a sign.
func Inf(sign int) float64 { return math.Inf(sign) }

// NaN is no number.
func NaN() float64 { return math.NaN() }

// NegativeZero is -0, for which Go has no literal.
func NegativeZero[T Float]() T { return T(math.Copysign(0, -1)) }

// DivFloor is a divided by b, rounded down; 0 when b is 0.
func DivFloor(a, b int32) int32 {
	if b == 0 {
		return 0
	}
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// Outside notes that a computed position lies outside of its axis. Of several
// it keeps the smallest, whichever thread came first.
type Outside struct {
	mu    sync.Mutex
	found bool
	at    int32
	size  int
}

// Index is i as a position on an axis of n elements; 0 when it is none, which
// Err reports.
func (o *Outside) Index(i int32, n int) int {
	if uint(i) < uint(n) {
		return int(i)
	}
	o.note(i, n)
	return 0
}

func (o *Outside) note(i int32, n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.found || i < o.at || i == o.at && n < o.size {
		o.found, o.at, o.size = true, i, n
	}
}

// Err is an error if a position was outside since the last call.
func (o *Outside) Err() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.found {
		return nil
	}
	o.found = false
	return fmt.Errorf("position %d is outside of an axis of %d elements", o.at, o.size)
}

// CheckNumber is CheckFinite for a single number.
func CheckNumber[T Float](e *NotFiniteError, what, where string, x T) error {
	if IsFinite(x) {
		return nil
	}
	e.What, e.Where, e.Index, e.Value, e.Origin = what, where, 0, float64(x), Origin{}
	return e
}

// Locate looks for a NaN or, unless infinities belong there, an Inf, and adds
// to e that the first one of the step is in x.
func Locate[T Float](e *NotFiniteError, what, where string, infinities bool, x ...T) bool {
	for i, v := range x {
		if v != v || !infinities && !IsFinite(v) {
			e.Origin = Origin{What: what, Where: where, Value: float64(v), Index: i}
			return true
		}
	}
	return false
}

// LocateTensor looks for a NaN or Inf in what persists.
func LocateTensor[T Float](e *NotFiniteError, list []Tensor[T]) bool {
	for _, t := range list {
		if Locate(e, t.Name, "", false, t.Data...) {
			return true
		}
	}
	return false
}

// StackTensors adds the rows of data as tensors: row i has the name with
// first+i in the place of its star, and shape without its first axis.
func StackTensors[T Float](list []Tensor[T], name string, first int, shape []int, role Role, data []T) []Tensor[T] {
	before, after, _ := strings.Cut(name, "*")
	if strings.HasPrefix(after, "@") {
		after = strings.TrimLeft(after[1:], "0123456789")
	}
	size := Elements(shape[1:])
	for i := range shape[0] {
		list = append(list, Tensor[T]{
			Name: before + strconv.Itoa(first+i) + after, Shape: shape[1:], Role: role, Data: data[i*size : (i+1)*size : (i+1)*size],
		})
	}
	return list
}

// FindTensor is the memory of the tensor of a name; nil when there is none.
func FindTensor[T Float](list []Tensor[T], name string) []T {
	for i := range list {
		if list[i].Name == name {
			return list[i].Data
		}
	}
	return nil
}

// Bound is a setting as a number of steps or epochs: rounded up, 0 when it is
// no bound.
func Bound(x float64) int {
	if !(x > 0 && x < math.MaxInt32) {
		return 0
	}
	return int(math.Ceil(x))
}

// Holds is a part of a stop rule with its limit: "epoch >= 30".
func Holds(text string, limit float64) string {
	return text + strconv.FormatFloat(limit, 'g', -1, 64)
}
