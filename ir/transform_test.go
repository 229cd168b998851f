package ir_test

import (
	"math"
	"math/rand"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/irtest"
)

type transform struct {
	name string
	do   func(rng *rand.Rand, loop *ir.Value) ([]*ir.Value, error)
}

var transforms = []transform{
	{"unroll", func(_ *rand.Rand, l *ir.Value) ([]*ir.Value, error) { return ir.Unroll(l) }},
	{"peel first", func(_ *rand.Rand, l *ir.Value) ([]*ir.Value, error) { return ir.Peel(l, ir.First) }},
	{"peel last", func(_ *rand.Rand, l *ir.Value) ([]*ir.Value, error) { return ir.Peel(l, ir.Last) }},
	{"split", func(rng *rand.Rand, l *ir.Value) ([]*ir.Value, error) {
		low, _ := l.LoopOf().Trip.Range()
		return ir.Split(l, dsl.N(rng.Intn(low+1)))
	}},
	{"rotate", func(rng *rand.Rand, l *ir.Value) ([]*ir.Value, error) {
		var head []*ir.Value
		for _, v := range ir.Order(l.LoopOf().Body.Results...) {
			if !v.Is("loop") && rng.Intn(3) == 0 {
				head = append(head, v)
			}
		}
		return ir.Rotate(l, head)
	}},
}

// apply transforms the first loop that roots depend on.
func apply(rng *rand.Rand, t transform, roots []*ir.Value) ([]*ir.Value, error) {
	var loop *ir.Value
	for _, v := range ir.Order(roots...) {
		if v.Is("loop") && loop == nil {
			loop = v
		}
	}
	if loop == nil {
		return roots, nil
	}
	results, err := t.do(rng, loop)
	if err != nil {
		return nil, err
	}
	return ir.Rewrite(roots, func(v *ir.Value, args []*ir.Value) *ir.Value {
		if v.Is("out") && v.Args[0] == loop {
			return results[v.Attr.(ir.Result)]
		}
		return v.With(args)
	}), nil
}

// expanded is the results of the loop with the derivatives in it replaced.
func expanded(t *testing.T, c *irtest.Case) []*ir.Value {
	_, f, err := c.Func(irtest.Outs(c.Loop)...)
	if err != nil {
		t.Fatal(err)
	}
	return f.Roots()
}

func same(t *testing.T, what string, got, want []dsl.Tensor) {
	t.Helper()
	for k := range want {
		for i, x := range want[k].Data {
			if math.Abs(got[k].Data[i]-x) > 1e-12*math.Max(1, math.Abs(x)) || len(got[k].Data) != len(want[k].Data) {
				t.Fatalf("%s: result %d element %d is %v, not %v", what, k, i, got[k].Data[i], x)
			}
		}
	}
}

// TestTransforms compares loops with what they are transformed to, values and
// gradients: every transform alone, and after another one, of constant and of
// run-time trips.
func TestTransforms(t *testing.T) {
	T := &dsl.Sym{Name: "T", Bound: 3}
	for n := int64(0); n < 200; n++ {
		rng := rand.New(rand.NewSource(n))
		trip, sizes := dsl.N(rng.Intn(4)), dsl.Sizes{T: rng.Intn(4)}
		if n%4 == 0 {
			trip = T.Dim().Add(dsl.N(1))
		}
		c := (&irtest.Loops{Rng: rng, Grads: n%3 == 0}).New(trip, sizes, n%5 == 0)
		roots := expanded(t, c)
		want, err := c.Run(roots...)
		if err != nil {
			t.Fatal(err)
		}
		slopes, err := c.Run(irtest.Grads(irtest.Sum(roots), c.Xs...)...)
		if err != nil {
			t.Fatal(err)
		}
		for _, first := range transforms {
			after, err := apply(rng, first, roots)
			if refused(t, first, trip, err) {
				continue
			}
			then := transforms[rng.Intn(len(transforms))]
			twice, err := apply(rng, then, after)
			if err != nil {
				twice = after // the second may have no iterations left
			}
			for what, r := range map[string][]*ir.Value{first.name: after, first.name + ", " + then.name: twice} {
				got, err := c.Run(r...)
				if err != nil {
					t.Fatalf("case %d, %s: %v", n, what, err)
				}
				same(t, what, got, want)
				if got, err = c.Run(irtest.Grads(irtest.Sum(r), c.Xs...)...); err != nil {
					t.Fatalf("case %d, %s: %v", n, what, err)
				}
				same(t, what+", gradients", got, slopes)
			}
		}
	}
}

// refused reports a transform that rightly fails, and fails the test when it
// wrongly does or does not.
func refused(t *testing.T, f transform, trip dsl.Dim, err error) bool {
	t.Helper()
	n, known := trip.Const()
	should := f.name == "unroll" && !known || f.name != "unroll" && f.name != "split" && known && n == 0
	if should != (err != nil) {
		t.Fatalf("%s of %s iterations: %v", f.name, trip, err)
	}
	return should
}

func TestTransformsRefuse(t *testing.T) {
	T := &dsl.Sym{Name: "T", Bound: 3}
	c := (&irtest.Loops{Rng: rand.New(rand.NewSource(1))}).New(T.Dim(), dsl.Sizes{T: 1}, false)
	if _, err := ir.Split(c.Loop, dsl.N(1)); err == nil {
		t.Error("split beyond a trip that may be 0")
	}
	if _, err := ir.Split(c.Loop, T.Dim()); err != nil {
		t.Error(err)
	}
	if _, err := ir.Peel(c.Loop, ir.First); err == nil {
		t.Error("peel of a trip that may be 0")
	}
	asking := (&irtest.Loops{Rng: rand.New(rand.NewSource(0)), Grads: true}).New(dsl.N(3), nil, false)
	if _, err := ir.Unroll(asking.Loop); err == nil {
		t.Error("unrolled a body with a derivative")
	}
	three := (&irtest.Loops{Rng: rand.New(rand.NewSource(1))}).New(dsl.N(3), nil, false)
	if _, err := ir.Rotate(three.Loop, []*ir.Value{ir.Const(1)}); err == nil {
		t.Error("a head from elsewhere")
	}
}
