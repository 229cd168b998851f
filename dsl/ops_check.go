package dsl

import "fmt"

func sameShape(a, b []Dim) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !a[i].Equal(b[i]) {
			return false
		}
	}
	return true
}

// volume is the number of elements of a shape.
func volume(shape []Dim) Dim {
	n := N(1)
	for _, d := range shape {
		n = n.Mul(d)
	}
	return n
}

func checkReduce(args [][]Dim, attr Attr, result []Dim) error {
	axes, ok := attr.(Axes)
	if !ok {
		return fmt.Errorf("needs axes")
	}
	var kept []Dim
	next := 0
	for k, d := range args[0] {
		if next < len(axes) && axes[next] == k {
			next++
			continue
		}
		kept = append(kept, d)
	}
	if next != len(axes) {
		return fmt.Errorf("axes %s of rank %d", axes.Text(), len(args[0]))
	}
	return mustBe(kept, result)
}

func mustBe(want, got []Dim) error {
	if !sameShape(want, got) {
		return fmt.Errorf("result %v where %v follows", got, want)
	}
	return nil
}

func checkMap(m Map, space, operand []Dim) error {
	if len(m) != len(operand) {
		return fmt.Errorf("%d positions for rank %d", len(m), len(operand))
	}
	for _, a := range m {
		if len(a.Coef) != len(space) {
			return fmt.Errorf("a position over %d indices in a space of %d", len(a.Coef), len(space))
		}
	}
	return nil
}

func checkView(args [][]Dim, attr Attr, result []Dim) error {
	p, ok := attr.(*Positions)
	if !ok {
		return fmt.Errorf("needs positions")
	}
	return checkMap(p.Map, result, args[0])
}

func checkFold(args [][]Dim, attr Attr, result []Dim) error {
	p, ok := attr.(*Positions)
	if !ok {
		return fmt.Errorf("needs positions")
	}
	return checkMap(p.Map, args[0], result)
}

func checkContract(args [][]Dim, attr Attr, result []Dim) error {
	c, ok := attr.(*Contraction)
	if !ok {
		return fmt.Errorf("needs a contraction")
	}
	if err := checkMap(c.A, c.Space, args[0]); err != nil {
		return err
	}
	if err := checkMap(c.B, c.Space, args[1]); err != nil {
		return err
	}
	return checkMap(c.Out, c.Space, result)
}

func checkReshape(args [][]Dim, _ Attr, result []Dim) error {
	if a, b := volume(args[0]), volume(result); !a.Equal(b) {
		return fmt.Errorf("%s elements as %s", a, b)
	}
	return nil
}

// gathered is the shape of a gather: the shared axes, the other axes of the
// positions, the axes of a row.
func gathered(x, at []Dim, batch int) ([]Dim, error) {
	if len(x) <= batch || len(at) < batch || !sameShape(x[:batch], at[:batch]) {
		return nil, fmt.Errorf("%v at %v do not share %d axes", x, at, batch)
	}
	return append(append([]Dim(nil), at...), x[batch+1:]...), nil
}

func checkGather(args [][]Dim, attr Attr, result []Dim) error {
	batch, ok := attr.(Batch)
	if !ok {
		return fmt.Errorf("needs a number of shared axes")
	}
	want, err := gathered(args[0], args[1], int(batch))
	if err != nil {
		return err
	}
	return mustBe(want, result)
}

func checkScatter(args [][]Dim, attr Attr, result []Dim) error {
	batch, ok := attr.(Batch)
	if !ok {
		return fmt.Errorf("needs a number of shared axes")
	}
	want, err := gathered(result, args[1], int(batch))
	if err != nil {
		return err
	}
	return mustBe(want, args[0])
}
