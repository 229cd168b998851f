package dsl_test

import (
	"math"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
)

// meaning is a known result: operands of one element each, or a call.
type meaning struct {
	args []float64
	want float64
}

// meanings has known results of every row, in the manner of elementwise rows:
// other rows are called by calls.
var meanings = map[string][]meaning{
	"add": {{[]float64{2, 3}, 5}}, "sub": {{[]float64{2, 3}, -1}}, "mul": {{[]float64{2, 3}, 6}},
	"div": {{[]float64{3, 2}, 1.5}}, "neg": {{[]float64{2}, -2}}, "pow": {{[]float64{2, 3}, 8}, {[]float64{2, -1}, 0.5}},
	"abs": {{[]float64{-2}, 2}}, "sign": {{[]float64{-2}, -1}, {[]float64{2}, 1}, {[]float64{0}, 0}, {[]float64{nan}, nan}},
	"exp": {{[]float64{1}, math.E}}, "log": {{[]float64{math.E}, 1}}, "sqrt": {{[]float64{9}, 3}},
	"sin": {{[]float64{math.Pi / 6}, 0.5}}, "cos": {{[]float64{math.Pi / 3}, 0.5}},
	"tanh": {{[]float64{math.Log(2)}, 0.6}}, "sigmoid": {{[]float64{math.Log(3)}, 0.75}, {[]float64{-800}, 0}},
	"erf":   {{[]float64{0.5}, 0.5204998778130465}}, // Abramowitz and Stegun, table 7.1
	"floor": {{[]float64{-1.5}, -2}}, "ceil": {{[]float64{-1.5}, -1}},
	"round":   {{[]float64{2.5}, 2}, {[]float64{3.5}, 4}, {[]float64{-0.6}, -1}},
	"maximum": {{[]float64{2, 3}, 3}, {[]float64{inf, nan}, nan}, {[]float64{nan, inf}, nan}},
	"minimum": {{[]float64{2, 3}, 2}, {[]float64{-inf, nan}, nan}, {[]float64{nan, -inf}, nan}},
	"lt":      {{[]float64{2, 3}, 1}, {[]float64{3, 3}, 0}, {[]float64{nan, 3}, 0}},
	"le":      {{[]float64{3, 3}, 1}, {[]float64{4, 3}, 0}},
	"eq":      {{[]float64{3, 3}, 1}, {[]float64{4, 3}, 0}, {[]float64{nan, nan}, 0}},
	"and":     {{[]float64{1, 1}, 1}, {[]float64{1, 0}, 0}}, "or": {{[]float64{0, 1}, 1}, {[]float64{0, 0}, 0}},
	"not": {{[]float64{0}, 1}, {[]float64{1}, 0}}, "where": {{[]float64{1, 5, 6}, 5}, {[]float64{0, 5, nan}, nan}, {[]float64{1, 5, nan}, 5}},
	"float": {{[]float64{3}, 3}}, "int": {{[]float64{-1.5}, -1}, {[]float64{1.5}, 1}},
	"div_floor": {{[]float64{7, 2}, 3}, {[]float64{-7, 2}, -4}}, "stop_gradient": {{[]float64{3}, 3}},
	"sum": nil, "max": nil, "min": nil, "argmax": nil, "contract": nil, "view": nil, "fold": nil, "reshape": nil,
	"gather": nil, "scatter": nil, "const": nil, "const_int": nil, "const_bool": nil, "iota": nil, "size": nil,
}

func TestMeanings(t *testing.T) {
	for name, list := range meanings {
		for _, m := range list {
			got := dsl.OpNamed(name).Point(m.args)
			if math.Abs(got-m.want) > 1e-15*math.Max(1, math.Abs(m.want)) || math.IsNaN(got) != math.IsNaN(m.want) {
				t.Errorf("%s%v is %v, not %v", name, m.args, got, m.want)
			}
		}
	}
}

func grid(shape []int, data ...float64) dsl.Tensor { return dsl.Tensor{Shape: shape, Data: data} }

// calls has known results of the rows that are not elementwise.
var calls = []struct {
	row  string
	attr dsl.Attr
	args []dsl.Tensor
	want dsl.Tensor
}{
	{"sum", dsl.Axes{1}, []dsl.Tensor{grid([]int{2, 2}, 1, 2, 3, 4)}, grid([]int{2}, 3, 7)},
	{"sum", dsl.Axes{0}, []dsl.Tensor{grid([]int{2, 2}, 1, 2, 3, 4)}, grid([]int{2}, 4, 6)},
	{"max", dsl.Axes{0, 1}, []dsl.Tensor{grid([]int{2, 2}, 1, 2, 3, -4)}, grid(nil, 3)},
	{"max", dsl.Axes{0}, []dsl.Tensor{grid([]int{2}, inf, nan)}, grid(nil, nan)},
	{"max", dsl.Axes{0}, []dsl.Tensor{grid([]int{0})}, grid(nil, -inf)},
	{"min", dsl.Axes{0}, []dsl.Tensor{grid([]int{2, 2}, 1, 2, 3, -4)}, grid([]int{2}, 1, -4)},
	{"min", dsl.Axes{0}, []dsl.Tensor{grid([]int{0})}, grid(nil, inf)},
	{"argmax", dsl.Axes{0, 2}, []dsl.Tensor{grid([]int{2, 1, 2}, 1, 2, 5, 5)}, grid([]int{1}, 2)},
	{"argmax", dsl.Axes{0}, []dsl.Tensor{grid([]int{4}, 1, nan, inf, nan)}, grid(nil, 1)},
	{"contract", &dsl.Contraction{Space: []dsl.Dim{dsl.N(2), dsl.N(2)}, A: dsl.Project(2, 0, 1), B: dsl.Project(2, 1), Out: dsl.Project(2, 0)},
		[]dsl.Tensor{grid([]int{2, 2}, 1, 2, 3, 4), grid([]int{2}, 5, 6)}, grid([]int{2}, 17, 39)},
	{"view", &dsl.Positions{Map: dsl.Map{{Coef: []int{1}, Const: dsl.N(-1)}}}, []dsl.Tensor{grid([]int{2}, 5, 6)}, grid([]int{4}, 0, 5, 6, 0)},
	{"view", &dsl.Positions{Map: dsl.Map{{Coef: []int{1}, Div: 2}}}, []dsl.Tensor{grid([]int{2}, 5, 6)}, grid([]int{3}, 5, 0, 6)},
	{"fold", &dsl.Positions{Map: dsl.Map{{Coef: []int{0}, Const: dsl.N(1)}}}, []dsl.Tensor{grid([]int{2}, 5, 6)}, grid([]int{2}, 0, 11)},
	{"reshape", nil, []dsl.Tensor{grid([]int{2, 1}, 5, 6)}, grid([]int{2}, 5, 6)},
	{"gather", dsl.Batch(0), []dsl.Tensor{grid([]int{2, 2}, 1, 2, 3, 4), grid([]int{3}, 1, 0, 1)}, grid([]int{3, 2}, 3, 4, 1, 2, 3, 4)},
	{"gather", dsl.Batch(1), []dsl.Tensor{grid([]int{2, 2}, 1, 2, 3, 4), grid([]int{2}, 1, 0)}, grid([]int{2}, 2, 3)},
	{"scatter", dsl.Batch(0), []dsl.Tensor{grid([]int{3}, 1, 2, 4), grid([]int{3}, 1, 0, 1)}, grid([]int{2}, 2, 5)},
	{"const", dsl.Value(2.5), nil, grid(nil, 2.5)},
	{"const_int", dsl.Value(2), nil, grid(nil, 2)},
	{"const_bool", dsl.Value(1), nil, grid(nil, 1)},
	{"iota", &dsl.Offset{From: dsl.N(2)}, nil, grid([]int{3}, 2, 3, 4)},
	{"size", &dsl.Size{Dim: dsl.N(7)}, nil, grid(nil, 7)},
}

func TestCalls(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range calls {
		seen[c.row] = true
		got := dsl.OpNamed(c.row).Run(&dsl.OpCall{Args: c.args, Attr: c.attr, Shape: c.want.Shape})
		for i, w := range c.want.Data {
			if got.Data[i] != w && !(math.IsNaN(w) && math.IsNaN(got.Data[i])) || len(got.Data) != len(c.want.Data) {
				t.Errorf("%s: %v, not %v", c.row, got.Data, c.want.Data)
				break
			}
		}
	}
	for name, list := range meanings {
		if list == nil && !seen[name] {
			t.Errorf("%s is not called", name)
		}
	}
}

// TestPhilox compares with the known answers that come with the authors'
// Random123 library (kat_vectors, philox4x32 10).
func TestPhilox(t *testing.T) {
	ones := uint32(0xffffffff)
	for _, c := range []struct {
		counter [4]uint32
		key     [2]uint32
		want    [4]uint32
	}{
		{want: [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint32{ones, ones, ones, ones}, [2]uint32{ones, ones}, [4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, [2]uint32{0xa4093822, 0x299f31d0},
			[4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	} {
		if got := dsl.Philox(c.counter, c.key); got != c.want {
			t.Errorf("Philox(%x, %x) is %x, not %x", c.counter, c.key, got, c.want)
		}
	}
}

// TestDraws checks that draws have the moments they should, and that the seed,
// the step, the iteration and the path each give numbers of their own.
func TestDraws(t *testing.T) {
	draw := func(row, path string, seed uint64, step, index float64) []float64 {
		return dsl.OpNamed(row).Run(&dsl.OpCall{Args: []dsl.Tensor{grid(nil, step), grid(nil, index)},
			Attr: &dsl.Draw{Path: path}, Shape: []int{40000}, Seed: seed}).Data
	}
	for row, want := range map[string][2]float64{"uniform": {0.5, 1.0 / 12}, "normal": {0, 1}} {
		base := draw(row, "a", 1, 1, 0)
		mean, square := 0.0, 0.0
		for _, x := range base {
			mean, square = mean+x/40000, square+x*x/40000
		}
		if math.Abs(mean-want[0]) > 0.02 || math.Abs(square-mean*mean-want[1]) > 0.03 {
			t.Errorf("%s: mean %v, variance %v", row, mean, square-mean*mean)
		}
		for what, other := range map[string][]float64{"path": draw(row, "b", 1, 1, 0), "seed": draw(row, "a", 2, 1, 0),
			"high word of the seed": draw(row, "a", 1+1<<32, 1, 0), "step": draw(row, "a", 1, 2, 0), "index": draw(row, "a", 1, 1, 1)} {
			same := 0
			for i := range base {
				if base[i] == other[i] {
					same++
				}
			}
			if same > 10 {
				t.Errorf("%s: another %s repeats %d numbers", row, what, same)
			}
		}
	}
}
