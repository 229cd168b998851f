package plan_test

import (
	"flag"
	"fmt"
	"math/rand"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/irtest"
)

var programs = flag.Int("programs", 200, "random programs to compare with the interpreter")

// drawer makes random programs of everything that a plan has a case for.
type drawer struct {
	*model
	dims []dsl.Dim
	pool []*ir.Value
}

func TestRandomPrograms(t *testing.T) {
	for seed := 0; seed < *programs; seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			d := newDrawer(t, int64(seed))
			for k := 0; k < 4+d.rng.Intn(26); k++ {
				if v := d.step(); v != nil {
					d.pool = append(d.pool, v)
				}
			}
			d.finish(seed)
			d.check("")
		})
	}
}

func newDrawer(t *testing.T, seed int64) *drawer {
	B, T := batch(5), &dsl.Sym{Name: "T", Bound: 4}
	rng := rand.New(rand.NewSource(seed))
	m := newModel(t, ir.StepFunc, dsl.Sizes{B: 1 + rng.Intn(5), T: rng.Intn(5)})
	m.rng = rng
	d := &drawer{model: m, dims: []dsl.Dim{B.Dim(), T.Dim(), dsl.N(3), dsl.N(4), dsl.N(1), dsl.N(2)}}
	d.pool = []*ir.Value{d.input("x", d.shape(2)...), d.input("y", d.shape(3)...), d.input("z", d.shape(1)...),
		m.indices("at", 2, d.shape(2)...), m.setting("rate", 0.7)}
	for _, name := range []string{"v", "w"} {
		d.pool = append(d.pool, d.param(name, dsl.N(3), dsl.N(4)))
	}
	return d
}

func (d *drawer) dim() dsl.Dim { return d.dims[d.rng.Intn(len(d.dims))] }

func (d *drawer) shape(rank int) []dsl.Dim {
	s := make([]dsl.Dim, rank)
	for k := range s {
		s[k] = d.dim()
	}
	return s
}

// any is a random value of a kind.
func (d *drawer) any(t ir.DType) *ir.Value {
	for try := 0; try < 60; try++ {
		if v := d.pool[d.rng.Intn(len(d.pool))]; v.DType == t {
			return v
		}
	}
	return ir.ConstOf(t, 1)
}

// fitted is a random value under a shape: axes of the same size are matched,
// or it is cut, padded or repeated.
func (d *drawer) fitted(t ir.DType, shape []dsl.Dim) *ir.Value {
	v := d.any(t)
	if ir.SameShape(v.Shape, shape) {
		return v
	}
	m := make(dsl.Map, len(v.Shape))
	for k := range m {
		m[k] = d.position(v.Shape[k], shape)
	}
	return ir.View(v, m, shape)
}

// position is one along an axis of some size, over the indices of a shape.
func (d *drawer) position(size dsl.Dim, shape []dsl.Dim) dsl.Affine {
	for k, s := range shape {
		if s.Equal(size) && d.rng.Intn(3) > 0 {
			return dsl.Along(len(shape), k)
		}
	}
	a := dsl.Fixed(len(shape), dsl.N(d.rng.Intn(2)))
	if len(shape) > 0 && d.rng.Intn(2) == 0 {
		a.Coef[d.rng.Intn(len(shape))] = []int{1, -1, 2}[d.rng.Intn(3)]
		a.Const = dsl.N(d.rng.Intn(4) - 1)
		a.Div = 1 + d.rng.Intn(2)
	}
	return a
}

func (d *drawer) step() *ir.Value {
	x := d.any(ir.Float)
	switch d.rng.Intn(19) {
	case 0, 1, 2:
		return op([]string{"tanh", "sin", "neg", "sigmoid", "abs"}[d.rng.Intn(5)], x)
	case 3, 4, 5:
		return op([]string{"add", "sub", "mul", "maximum"}[d.rng.Intn(4)], x, d.fitted(ir.Float, x.Shape))
	case 6:
		return op("where", op("lt", x, d.fitted(ir.Float, x.Shape)), x, d.fitted(ir.Float, x.Shape))
	case 7, 8:
		return ir.Reduce([]string{"sum", "sum", "max", "min"}[d.rng.Intn(4)], x, d.someAxes(x))
	case 9:
		return ir.Transpose(x, d.rng.Perm(len(x.Shape))...)
	case 10:
		return d.fitted(ir.Float, d.shape(d.rng.Intn(4)))
	case 11, 12:
		return d.contraction()
	case 13:
		return d.gather(x)
	case 14:
		return d.scatter()
	case 15:
		return d.reshape(x)
	case 16:
		return d.fold(x)
	case 17:
		return op("float", ir.Reduce("argmax", x, d.someAxes(x)))
	}
	step := ir.ConstOf(ir.Int, 3)
	return ir.Typed([]string{"uniform", "normal"}[d.rng.Intn(2)], &dsl.Draw{Path: "p"}, x.Shape, step, step)
}

func (d *drawer) someAxes(x *ir.Value) (list dsl.Axes) {
	if d.rng.Intn(2) == 0 && len(x.Shape) > 0 {
		return lastAxis(x)
	}
	for k := range x.Shape {
		if d.rng.Intn(2) == 0 {
			list = append(list, k)
		}
	}
	return list
}

// contraction is over a random space with each index in random operands.
func (d *drawer) contraction() *ir.Value {
	space := d.shape(1 + d.rng.Intn(4))
	var in [3][]int
	for k := range space {
		for some, use := false, 0; use < 3; use++ {
			if d.rng.Intn(3) > 0 || use == 2 && !some {
				in[use] = append(in[use], k)
				some = true
			}
		}
	}
	var maps [3]dsl.Map
	var shapes [3][]dsl.Dim
	for use, list := range in {
		d.rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		for _, k := range list {
			a, size := dsl.Along(len(space), k), space[k]
			if d.rng.Intn(12) == 0 { // a window, or a shift
				a.Coef[d.rng.Intn(len(space))]++
				a.Const = dsl.N(d.rng.Intn(3) - 1)
			}
			maps[use], shapes[use] = append(maps[use], a), append(shapes[use], size)
		}
	}
	c := &dsl.Contraction{Space: space, A: maps[0], B: maps[1], Out: maps[2]}
	return ir.Contract(d.fitted(ir.Float, shapes[0]), d.fitted(ir.Float, shapes[1]), c, shapes[2])
}

// positions is an int tensor of a shape with values below two.
func (d *drawer) positions(shape []dsl.Dim) *ir.Value {
	x := d.fitted(ir.Float, shape)
	return op("int", op("lt", ir.Fill(ir.Float, 0, shape), op("sin", x)))
}

func (d *drawer) gather(x *ir.Value) *ir.Value {
	batch := d.rng.Intn(max(1, len(x.Shape)))
	if len(x.Shape) == 0 || !(x.Shape[batch].Is(3) || x.Shape[batch].Is(4) || x.Shape[batch].Is(2)) {
		return nil
	}
	at := d.positions(append(append([]dsl.Dim(nil), x.Shape[:batch]...), d.shape(d.rng.Intn(2))...))
	return ir.New("gather", dsl.Batch(batch), x, at)
}

func (d *drawer) scatter() *ir.Value {
	lead, more, rest := d.shape(d.rng.Intn(2)), d.shape(d.rng.Intn(2)), d.shape(d.rng.Intn(2))
	out := append(append(append([]dsl.Dim(nil), lead...), dsl.N(3)), rest...)
	at := d.positions(append(append([]dsl.Dim(nil), lead...), more...))
	x := d.fitted(ir.Float, append(append([]dsl.Dim(nil), at.Shape...), rest...))
	return ir.Typed("scatter", dsl.Batch(len(lead)), out, x, at)
}

func (d *drawer) reshape(x *ir.Value) *ir.Value {
	if len(x.Shape) > 1 && d.rng.Intn(2) == 0 {
		k := d.rng.Intn(len(x.Shape) - 1)
		shape := append([]dsl.Dim(nil), x.Shape[:k]...)
		return ir.Reshape(x, append(append(shape, x.Shape[k].Mul(x.Shape[k+1])), x.Shape[k+2:]...))
	}
	var shape []dsl.Dim
	for _, s := range x.Shape {
		if half, ok := s.Div(2); ok && d.rng.Intn(2) == 0 {
			shape = append(shape, half, dsl.N(2))
		} else {
			shape = append(shape, s)
		}
	}
	return ir.Reshape(x, append(shape, dsl.N(1)))
}

func (d *drawer) fold(x *ir.Value) *ir.Value {
	shape := d.shape(d.rng.Intn(3))
	m := make(dsl.Map, len(shape))
	for k := range m {
		m[k] = d.position(shape[k], x.Shape)
	}
	return ir.Typed("fold", &dsl.Positions{Map: m}, shape, x)
}

// finish asks for some values, derivatives, and new versions of variables.
func (d *drawer) finish(seed int) {
	for k := 0; k < 3; k++ {
		d.result(fmt.Sprint("r", k), d.pool[d.rng.Intn(len(d.pool))])
	}
	d.result("last", d.pool[len(d.pool)-1])
	y := con(0)
	for k := 0; k < 3; k++ {
		y = op("add", y, irtest.Total(d.any(ir.Float)))
	}
	if seed%3 == 0 {
		d.f.Finite = []*ir.Value{y, d.any(ir.Float)}
	}
	vars := d.pool[5:7]
	grads := irtest.Grads(y, append([]*ir.Value{d.pool[0]}, vars...)...)
	d.result("dx", grads[0])
	for k, v := range vars {
		switch d.rng.Intn(3) {
		case 0:
			d.update(v, op("sub", v, bin("mul", grads[1+k], con(0.1))))
		case 1:
			d.update(v, op("add", vars[1-k], grads[1+k]))
		default:
			d.update(v, d.fitted(ir.Float, v.Shape))
		}
	}
}
