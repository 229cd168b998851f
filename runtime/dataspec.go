package runtime

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// DataSpec is the data of a training program, as its `data` line has it.
type DataSpec struct {
	FS               fs.FS  // that the files are in, such as an embed.FS; nil: the process's own
	File             string // path as the process, or FS, can open it; - is standard input
	Labels           string // idx: the file of labels
	Validation       float64
	ValidationFile   string // instead of a share of File
	ValidationLabels string
	Pipeline         Pipeline
}

// In returns the spec with its files in a folder, but for those of absolute paths.
func (s DataSpec) In(folder string) DataSpec {
	join, isAbs := filepath.Join, filepath.IsAbs
	if s.FS != nil {
		join, isAbs = path.Join, path.IsAbs
	}
	for _, file := range []*string{&s.File, &s.Labels, &s.ValidationFile, &s.ValidationLabels} {
		if *file != "" && !isAbs(*file) {
			*file = join(folder, *file)
		}
	}
	return s
}

// open opens a file of the spec; "-" is standard input.
func (s *DataSpec) open(name string) (io.ReadCloser, error) {
	if s.FS == nil && name == "-" {
		return io.NopCloser(os.Stdin), nil
	}
	if s.FS == nil {
		return os.Open(name)
	}
	return s.FS.Open(name)
}

// Format says how a raw file is read.
type Format struct {
	Kind      string `json:"kind"`                // KindCSV, KindIDX, KindText; "" is KindCSV
	Header    string `json:"header,omitempty"`    // csv: HeaderAuto, HeaderYes, HeaderNo
	Separator string `json:"separator,omitempty"` // csv: one character; "" is a comma
	Comment   string `json:"comment,omitempty"`   // csv: lines that begin with it are left out; "" for none

	By         string `json:"by,omitempty"`     // text: ByBytes, ByChars
	Window     int    `json:"window,omitempty"` // text: tokens in a row
	Stride     int    `json:"stride,omitempty"` // text: from row to row; 0 is Window
	Vocabulary []rune `json:"vocabulary,omitempty"`
}

// The kinds of files, and how they may be read.
const (
	KindCSV  = "csv"
	KindIDX  = "idx"
	KindText = "text"

	HeaderAuto = "" // a first row without any number is a header
	HeaderYes  = "yes"
	HeaderNo   = "no"

	ByBytes = "bytes" // 256 tokens
	ByChars = "chars" // a token for each Unicode character of the file
)

// Load reads a program's data. A share Validation of the rows (drawn by seed;
// of a text, its end) is kept for validation; both parts keep the file's
// order. Preprocessing is fitted on the training part; the fitted pipeline is
// in the result, the one in spec stays as it is. A pipeline without inputs
// takes the columns of a CSV file in the order of the ports; columns after those
// are an error, unless the header calls the others as the ports are called.
// Errors name file, line and column, what was found and what was expected.
func Load[T Float](spec DataSpec, ports []Port, seed uint64) (Data[T], error) {
	p := spec.Pipeline.clone(ports)
	if err := spec.check(p, ports); err != nil {
		return Data[T]{}, err
	}
	if p.Format.Kind == KindText {
		return loadText[T](spec, p, ports)
	}
	src, err := p.Format.read(&spec, spec.File, spec.Labels)
	if err != nil {
		return Data[T]{}, err
	}
	train, held := splitRows(src.rows(), spec.Validation, seed)
	drawn := len(held) > 0
	if len(train) == 0 {
		return Data[T]{}, fmt.Errorf("%s: no rows to train on", spec.File)
	}
	if err := p.spread(src); err != nil {
		return Data[T]{}, err
	}
	if err := spec.inOrder(src, p.Inputs); err != nil {
		return Data[T]{}, err
	}
	if err := p.fit(src, train); err != nil {
		return Data[T]{}, err
	}
	data := Data[T]{Pipeline: p, drawn: drawn, seed: seed}
	if data.Train, err = asSource(table[T](p, src, ports, train)); err != nil {
		return Data[T]{}, err
	}
	if spec.ValidationFile != "" {
		if src, err = p.Format.read(&spec, spec.ValidationFile, spec.ValidationLabels); err != nil {
			return Data[T]{}, err
		}
		held = allRows(src.rows())
	}
	if len(held) > 0 {
		data.Validation, err = asSource(table[T](p, src, ports, held))
	}
	return data, err
}

// asSource keeps a failed table from becoming a source that is not nil.
func asSource[T Float](t *Table[T], err error) (Source[T], error) {
	if err != nil {
		return nil, err
	}
	return t, nil
}

// Prepare reads a raw file for prediction, with the pipeline that was saved
// with the model. Only the given ports are made, so that columns of labels
// may be absent, or stand where they stood. labels names the labels' file of a
// pair of IDX files, or is "".
func Prepare[T Float](p *Pipeline, file, labels string, ports []Port) (Source[T], error) {
	p = p.clone(ports)
	if err := p.check(ports, true); err != nil {
		return nil, err
	}
	if err := p.Format.paired(labels); err != nil {
		return nil, err
	}
	if p.Format.Kind == KindText {
		data, err := loadText[T](DataSpec{File: file}, p, ports)
		return data.Train, err
	}
	src, err := p.Format.read(&DataSpec{}, file, labels)
	if err != nil {
		return nil, err
	}
	return asSource(table[T](p, src, ports, allRows(src.rows())))
}

// CheckPrepared returns an error where a model of a program with a data line has
// no pipeline, and so no mean of a column. Generated code calls it.
func CheckPrepared(p *Pipeline) error {
	if p == nil {
		return errors.New("the model does not know what is done to cells: it has no Pipeline, which it gets from a run on data that Load has read, or from a saved model that has one")
	}
	return nil
}

// PrepareCells is Prepare for rows in memory, as a CSV file has them: header
// names the cells of each; it is nil when the pipeline counts columns. A nil
// pipeline takes the cells in the order of the ports.
func PrepareCells[T Float](p *Pipeline, header []string, rows [][]string, ports []Port) (Source[T], error) {
	if p == nil {
		p = &Pipeline{}
	}
	if kind := p.Format.Kind; kind != KindCSV && kind != "" {
		return nil, fmt.Errorf("the model takes rows of %s files, not cells", kind)
	}
	for i, row := range rows {
		want := len(rows[0])
		if header != nil {
			want = len(header)
		}
		if len(row) != want {
			return nil, fmt.Errorf("row %d: %d cells, wanted %d", i, len(row), want)
		}
	}
	p = p.clone(ports)
	if err := p.check(ports, true); err != nil {
		return nil, err
	}
	return asSource(table[T](p, &csvTable{file: "rows", header: header, cells: rows}, ports, allRows(len(rows))))
}

// read reads a file of a spec, and perhaps a file of labels.
func (f Format) read(spec *DataSpec, file, labels string) (raw, error) {
	if f.Kind == KindIDX {
		t, err := openIDX(spec, file, labels)
		if err != nil {
			return nil, err
		}
		return t, nil
	}
	t, err := readCSV(spec, file, f, math.MaxInt)
	if err != nil {
		return nil, err
	}
	return t, nil
}

// clone returns a copy that can be fitted on its own, and that has inputs.
func (p *Pipeline) clone(ports []Port) *Pipeline {
	out := &Pipeline{Format: p.Format, Inputs: slices.Clone(p.Inputs)}
	if len(out.Inputs) == 0 {
		at := 0
		for _, port := range ports {
			out.Inputs = append(out.Inputs, Input{Port: port.Name, Columns: ColumnRange(at, at+port.Size())})
			at += port.Size()
		}
	}
	for i := range out.Inputs {
		out.Inputs[i].Ops = slices.Clone(out.Inputs[i].Ops)
	}
	return out
}

func allRows(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// splitEpoch is the "epoch" whose order chooses the validation part, one that
// no run reaches.
const splitEpoch = math.MaxUint32

// splitRows divides n rows: a share of them, drawn by seed, is held back. At
// least one is, if the share is not 0, and at least one is not.
func splitRows(n int, share float64, seed uint64) (train, held []int) {
	k := int(math.Round(float64(n) * share))
	if share > 0 {
		k = max(k, 1)
	}
	k = max(0, min(k, n-1))
	order := NewShuffler(n)
	if k > 0 {
		order.shuffle(seed, splitEpoch)
	}
	for i := range n {
		if i < n-k {
			train = append(train, order.Row(i))
		} else {
			held = append(held, order.Row(i))
		}
	}
	slices.Sort(train)
	slices.Sort(held)
	return train, held
}
