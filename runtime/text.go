package runtime

import (
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// Windows is a Source of windows over a text: in row r, a port of shift 0
// holds the Window tokens from r*Stride on, a port of shift 1 those from one
// further on.
type Windows struct {
	Tokens []int32
	Window int   // tokens in a row
	Stride int   // tokens from one row's begin to the next one's
	Shifts []int // by port
}

// WindowSource is Windows as a source of a program's element type, which it
// has no numbers of.
type WindowSource[T Float] struct{ Windows }

// Len returns how many whole windows there are.
func (w *Windows) Len() int {
	if len(w.Tokens) <= w.Window {
		return 0
	}
	return (len(w.Tokens)-1-w.Window)/w.Stride + 1
}

// Row copies a window.
func (w *WindowSource[T]) Row(row, port int, floats []T, ints []int32) error {
	if len(ints) != w.Window {
		return fmt.Errorf("a row takes %d tokens, windows have %d", len(ints), w.Window)
	}
	copy(ints, w.Tokens[row*w.Stride+w.Shifts[port]:])
	return nil
}

// Check returns an error for the first token outside a port's limit, and for
// ports that are not of integers in windows' length.
func (w *Windows) Check(ports []Port) error {
	for _, p := range ports {
		if !p.Int || p.Size() != w.Window {
			return fmt.Errorf("%s takes %v, text gives windows of %d integers", p.Name, p.Shape, w.Window)
		}
		for i, v := range w.Tokens {
			if p.Limit > 0 && int(v) >= p.Limit {
				return fmt.Errorf("data for %s: token %d of the text is %d, outside 0 to %d", p.Name, i, v, p.Limit-1)
			}
		}
	}
	return nil
}

// Encode turns text into tokens, by the pipeline's format: its bytes, or the
// numbers of its characters. A character that was not in the text that the
// pipeline was made for is an error.
func (p *Pipeline) Encode(text string) ([]int32, error) {
	out := make([]int32, 0, len(text))
	if p.Format.By == ByBytes {
		for i := range len(text) {
			out = append(out, int32(text[i]))
		}
		return out, nil
	}
	for at, r := range text {
		n, known := slices.BinarySearch(p.Format.Vocabulary, r)
		if !known {
			return nil, fmt.Errorf("character %q at byte %d is none of the %d in the vocabulary", r, at, len(p.Format.Vocabulary))
		}
		out = append(out, int32(n))
	}
	return out, nil
}

// Decode turns tokens back into text. Tokens outside the vocabulary become U+FFFD.
func (p *Pipeline) Decode(tokens []int32) string {
	var out []byte
	for _, v := range tokens {
		switch {
		case p.Format.By == ByBytes:
			out = append(out, byte(v))
		case v >= 0 && int(v) < len(p.Format.Vocabulary):
			out = utf8.AppendRune(out, p.Format.Vocabulary[v])
		default:
			out = utf8.AppendRune(out, utf8.RuneError)
		}
	}
	return string(out)
}

// loadText reads a text file, gzipped or not; the last part of it is for validation. The
// vocabulary is of the whole file.
func loadText[T Float](spec DataSpec, p *Pipeline, ports []Port) (Data[T], error) {
	file, err := spec.openText(spec.File)
	if err != nil {
		return Data[T]{}, err
	}
	defer file.Close()
	content, err := io.ReadAll(file)
	if err != nil {
		return Data[T]{}, fmt.Errorf("%s: %w", spec.File, err)
	}
	if p.Format.By != ByBytes && p.Format.Vocabulary == nil {
		p.Format.Vocabulary = vocabulary(string(content))
	}
	tokens, err := p.Encode(string(content))
	if err != nil {
		return Data[T]{}, fmt.Errorf("%s: %w", spec.File, err)
	}
	shifts, err := p.shifts(ports)
	if err != nil {
		return Data[T]{}, err
	}
	source := func(tokens []int32) *WindowSource[T] {
		w := Windows{Tokens: tokens, Window: p.Format.Window, Stride: p.Format.Stride, Shifts: shifts}
		if w.Stride == 0 {
			w.Stride = w.Window
		}
		return &WindowSource[T]{w}
	}
	cut := len(tokens) - int(float64(len(tokens))*spec.Validation)
	data := Data[T]{Train: source(tokens[:cut]), Pipeline: p}
	if cut < len(tokens) {
		data.Validation = source(tokens[cut:])
	}
	if data.Train.Len() == 0 {
		return data, fmt.Errorf("%s: %d tokens, a window takes %d and one more", spec.File, cut, p.Format.Window)
	}
	return data, nil
}

func vocabulary(text string) []rune {
	seen := map[rune]bool{}
	var out []rune
	for _, r := range text {
		if !seen[r] {
			seen[r] = true
			out = append(out, r)
		}
	}
	slices.Sort(out)
	return out
}

// shifts says by port whether it holds a window or what follows it.
func (p *Pipeline) shifts(ports []Port) ([]int, error) {
	out := make([]int, len(ports))
	for i, port := range ports {
		in := p.Find(port.Name)
		if in == nil || len(in.Columns.Names) != 1 {
			return nil, fmt.Errorf("nothing says what %s is made of", port.Name)
		}
		switch in.Columns.Names[0] {
		case "tok":
		case "next":
			out[i] = 1
		default:
			return nil, fmt.Errorf("text gives tok and next, no %s", in.Columns)
		}
	}
	return out, nil
}
