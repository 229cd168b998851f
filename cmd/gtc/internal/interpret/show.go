package interpret

import (
	"fmt"
	"io"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
)

// mostShown is how many elements of an axis are printed.
const mostShown = 8

// show prints a tensor: its name, its shape, and matrix by matrix the first
// elements of every axis.
func show(w io.Writer, name string, t dsl.Tensor) {
	if len(t.Shape) == 0 {
		fmt.Fprintf(w, "%s = %.6g\n", name, t.Data[0])
		return
	}
	sizes := make([]string, len(t.Shape))
	for i, n := range t.Shape {
		sizes[i] = fmt.Sprint(n)
	}
	fmt.Fprintf(w, "%s [%s]\n", name, strings.Join(sizes, ", "))
	if len(t.Data) > 0 {
		matrices(w, "", t.Shape, t.Data)
	}
}

// matrices prints all but the last two axes as titles.
func matrices(w io.Writer, title string, shape []int, data []float64) {
	if len(shape) == 1 {
		row(w, data)
		return
	}
	part := len(data) / shape[0]
	shown := min(shape[0], mostShown)
	for i := range shown {
		sub := data[i*part : (i+1)*part]
		if len(shape) == 2 {
			row(w, sub)
			continue
		}
		inner := fmt.Sprintf("%s%d, ", title, i)
		if len(shape) == 3 {
			fmt.Fprintf(w, "  [%s:, :]\n", inner)
		}
		matrices(w, inner, shape[1:], sub)
	}
	if shown < shape[0] {
		fmt.Fprintf(w, "  … %d more\n", shape[0]-shown)
	}
}

func row(w io.Writer, data []float64) {
	var cells []string
	for _, x := range data[:min(len(data), mostShown)] {
		cells = append(cells, fmt.Sprintf("%12.5g", x))
	}
	if len(data) > mostShown {
		cells = append(cells, fmt.Sprintf(" … %d more", len(data)-mostShown))
	}
	fmt.Fprintln(w, strings.Join(cells, ""))
}
