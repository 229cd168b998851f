package eval

import (
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// looping is one loop at given sizes.
type looping struct {
	*ir.Loop
	at   *ir.Value
	trip int
	body *graph
	rows [][]int // shapes of the stacked rows
}

func (g *graph) loop(v *ir.Value) (func([]cell) (cell, error), error) {
	l := &looping{Loop: v.LoopOf(), at: v}
	l.trip = l.Trip.At(g.env.Sizes)
	var err error
	if l.body, err = compile(l.Body.Params, l.Body.Results, g.env); err != nil {
		return nil, err
	}
	for _, r := range l.Body.Results[l.Carried:] {
		l.rows = append(l.rows, g.env.shape(r.Shape))
	}
	return l.run, nil
}

func (l *looping) run(args []cell) (cell, error) {
	params := make([]dsl.Tensor, 1+len(args))
	for i, a := range args {
		params[1+i] = a.Tensor
	}
	sliced := append([]dsl.Tensor(nil), params[1+l.Carried:][:l.Sliced]...)
	for i, s := range sliced {
		if len(s.Shape) == 0 || s.Shape[0] != l.trip {
			return cell{}, failAt(l.at.At, "sliced operand %d of a loop of %d iterations has shape %v", i, l.trip, s.Shape)
		}
	}
	stacked := make([]dsl.Tensor, len(l.rows))
	for k, row := range l.rows {
		stacked[k] = dsl.NewTensor(append([]int{l.trip}, row...))
	}
	for n := 0; n < l.trip; n++ {
		if err := l.iterate(l.number(n), params, sliced, stacked); err != nil {
			return cell{}, err
		}
	}
	many := append([]dsl.Tensor{}, params[1:][:l.Carried]...)
	return cell{many: append(many, stacked...)}, nil
}

// number is the number of the n-th iteration to run.
func (l *looping) number(n int) int {
	if l.Reverse {
		return l.trip - 1 - n
	}
	return n
}

// iterate runs the body once; the carried values in params become the next.
func (l *looping) iterate(i int, params, sliced, stacked []dsl.Tensor) error {
	params[0] = dsl.Tensor{Shape: []int{}, Data: []float64{float64(i)}}
	for k, s := range sliced {
		params[1+l.Carried+k] = rowOf(s, i)
	}
	results, err := l.body.run(params)
	if err != nil {
		return err
	}
	copy(params[1:], results[:l.Carried])
	for k, s := range stacked {
		copy(rowOf(s, i).Data, results[l.Carried+k].Data)
	}
	return nil
}

// rowOf is row i of a tensor, sharing its elements.
func rowOf(t dsl.Tensor, i int) dsl.Tensor {
	width := 1
	for _, n := range t.Shape[1:] {
		width *= n
	}
	return dsl.Tensor{Shape: t.Shape[1:], Data: t.Data[i*width:][:width]}
}
