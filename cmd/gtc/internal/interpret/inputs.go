package interpret

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	rt "github.com/gtc-lang/gtc/runtime"
)

// inputs fills the function's inputs: from a file, or with random numbers.
func (r *runner) inputs() error {
	r.env.Inputs = map[string]dsl.Tensor{}
	spec := r.spec()
	if spec == nil {
		for _, in := range r.whole.Inputs {
			if s := leading(in); s != nil && r.batch > 0 && !r.given[s] {
				r.env.Sizes[s] = min(r.batch, s.Bound)
			}
		}
		random := rand.New(rand.NewPCG(r.Seed, 0))
		for _, in := range r.whole.Inputs {
			r.env.Inputs[in.Attr.(*ir.Leaf).Name] = r.random(random, in)
		}
		r.dataset = "random inputs"
		return nil
	}
	return r.load(*spec)
}

// leading is the dimension of the rows of an input, nil for none.
func leading(in *ir.Value) *dsl.Sym {
	if len(in.Shape) == 0 {
		return nil
	}
	return in.Shape[0].Symbol()
}

// random is standard normal numbers, or integers below the size of the axis
// that they index.
func (r *runner) random(g *rand.Rand, in *ir.Value) dsl.Tensor {
	t := dsl.NewTensor(r.shape(in))
	for i := range t.Data {
		switch in.DType {
		case ir.Float:
			t.Data[i] = g.NormFloat64()
		case ir.Int:
			t.Data[i] = float64(g.IntN(max(2, r.limit(in))))
		default:
			t.Data[i] = float64(g.IntN(2))
		}
	}
	return t
}

func (r *runner) shape(in *ir.Value) []int {
	shape := make([]int, len(in.Shape))
	for k, d := range in.Shape {
		shape[k] = d.At(r.env.Sizes)
	}
	return shape
}

// limit is the size of the axis that an input's integers index, as far as a
// train block with an input of its name says; 0 for none.
func (r *runner) limit(in *ir.Value) int {
	for _, t := range r.p.Trains {
		if n := t.Indexed[in.Attr.(*ir.Leaf).Name]; n > 0 && (r.block == nil || t == r.block) {
			return n
		}
	}
	return 0
}

// spec is where the rows come from, nil for random ones: the data line, of
// which -data may replace the file, or the columns of a CSV file in order.
func (r *runner) spec() *rt.DataSpec {
	var line *ir.Data
	if r.block != nil {
		line = r.block.Source
	} else if r.Data != "" {
		line = r.lineFor(r.whole)
	}
	switch {
	case line != nil:
		spec := SpecOf(line)
		if r.Data != "" {
			spec.File = r.Data
		} else {
			spec.File = r.beside(spec.File)
		}
		spec.Labels = r.beside(spec.Labels)
		return spec
	case r.Data != "":
		return &rt.DataSpec{File: r.Data, Pipeline: rt.Pipeline{Format: rt.Format{Kind: rt.KindCSV}}}
	}
	return nil
}

func (r *runner) beside(file string) string {
	if file == "" || filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(r.Folder, file)
}

// lineFor is the first data line that makes every input of a function.
func (r *runner) lineFor(f *ir.Func) *ir.Data {
	for _, t := range r.p.Trains {
		if t.Source == nil {
			continue
		}
		found := 0
		for _, in := range f.Inputs {
			for _, made := range t.Source.Inputs {
				if made.Port == in.Attr.(*ir.Leaf).Name {
					found++
				}
			}
		}
		if found == len(f.Inputs) {
			return t.Source
		}
	}
	return nil
}

// SpecOf is a data line as the runtime has it, all of its rows for training.
func SpecOf(line *ir.Data) *rt.DataSpec {
	f := line.Format
	spec := &rt.DataSpec{File: line.File, Labels: line.Labels}
	spec.Pipeline.Format = rt.Format{Kind: f.Kind, Header: f.Header, Separator: f.Separator, Comment: f.Comment, By: f.By, Window: f.Window, Stride: f.Stride}
	for _, in := range line.Inputs {
		input := rt.Input{Port: in.Port, Columns: rt.Columns{Names: in.Columns.Names, First: in.Columns.First, Last: in.Columns.Last, From: in.Columns.From, To: in.Columns.To}}
		for _, op := range in.Ops {
			input.Ops = append(input.Ops, rt.Op{Kind: string(op.Kind), Value: op.Value, Text: op.Text, Count: op.Count, Classes: op.Classes})
		}
		spec.Pipeline.Inputs = append(spec.Pipeline.Inputs, input)
	}
	return spec
}

// load reads the first rows of a file.
func (r *runner) load(spec rt.DataSpec) error {
	var ports []rt.Port
	for _, in := range r.whole.Inputs {
		if leading(in) == nil || in.DType == ir.Bool {
			return fmt.Errorf("%s cannot be read from a file: it has no rows of numbers", in.Attr.(*ir.Leaf).Name)
		}
		for _, d := range in.Shape[1:] {
			if s := d.Symbol(); s != nil && !r.given[s] {
				r.env.Sizes[s] = s.Bound
			}
		}
		ports = append(ports, rt.Port{Name: in.Attr.(*ir.Leaf).Name, Int: in.DType == ir.Int, Shape: r.shape(in)[1:], Limit: r.limit(in)})
	}
	narrow(&spec.Pipeline.Format, ports)
	rows, err := r.read(spec, ports)
	if err != nil {
		return err
	}
	r.rows = rows.Len()
	n := r.take()
	r.dataset = fmt.Sprintf("the first %d of %d rows of %s", n, r.rows, filepath.Base(spec.File))
	for i, p := range ports {
		if r.env.Inputs[p.Name], err = firstRows(rows, i, p, n); err != nil {
			return err
		}
	}
	return nil
}

// read reads all rows of a file. A model takes its columns in order where no
// data line says more, and labels may follow them.
func (r *runner) read(spec rt.DataSpec, ports []rt.Port) (rt.Source[float64], error) {
	if r.block != nil || len(spec.Pipeline.Inputs) > 0 {
		data, err := rt.Load[float64](spec, ports, r.Seed)
		return data.Train, err
	}
	rows, err := rt.Prepare[float64](&spec.Pipeline, spec.File, "", ports)
	if err == nil && rows.Len() == 0 {
		err = fmt.Errorf("%s: no rows", spec.File)
	}
	return rows, err
}

// narrow makes windows of text as long as the inputs are: the first positions
// of every row, where Set asks for fewer.
func narrow(f *rt.Format, ports []rt.Port) {
	if f.Kind != rt.KindText || len(ports) == 0 || ports[0].Size() > f.Window {
		return
	}
	if f.Stride == 0 {
		f.Stride = f.Window
	}
	f.Window = ports[0].Size()
}

// take decides how many rows to use, which is the size of every dimension of
// rows then: the batch, what Set says, or what there is.
func (r *runner) take() int {
	n := r.rows
	if r.batch > 0 {
		n = min(n, r.batch)
	}
	for _, in := range r.whole.Inputs {
		s := leading(in)
		if n = min(n, s.Bound); r.given[s] {
			n = min(n, r.env.Sizes[s])
		}
	}
	for _, in := range r.whole.Inputs {
		r.env.Sizes[leading(in)] = n
	}
	return n
}

// firstRows copies rows of a port.
func firstRows(source rt.Source[float64], port int, p rt.Port, n int) (dsl.Tensor, error) {
	size := p.Size()
	t := dsl.NewTensor(append([]int{n}, p.Shape...))
	ints := make([]int32, size)
	for row := range n {
		to := t.Data[row*size : (row+1)*size]
		if !p.Int {
			if err := source.Row(row, port, to, nil); err != nil {
				return t, err
			}
			continue
		}
		if err := source.Row(row, port, nil, ints); err != nil {
			return t, err
		}
		for i, v := range ints {
			to[i] = float64(v)
		}
	}
	return t, nil
}
