package plan

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// The widest a cell of the table of kernels is.
const (
	shapeColumns = 34
	placeColumns = 22
)

// kernelRow is a line of the table of kernels: one kernel, or several that do
// the same to other tensors.
type kernelRow struct {
	depth             int // of the loops around
	kind, what, shape string
	place             string
}

// kernelPlace is where a row stands: row number at of a function's.
type kernelPlace struct{ of, at int }

// kernelTable writes the kernels of one function after another. What a
// function has in common with an earlier one is not written again.
type kernelTable struct {
	funcs []*Func
	rows  [][]kernelRow
	seen  map[kernelRow][]kernelPlace
}

// fewest is how many rows of an earlier function are worth a reference.
const fewest = 4

func (k *kernelTable) write(b *strings.Builder, f *Func) {
	rows := kernelRows(f.Steps, 0)
	t := &table{flex: 1}
	for i := 0; i < len(rows); {
		r, n := rows[i], 1
		if from, same := k.longest(rows[i:]); same >= fewest {
			first := k.funcs[from.of].IR
			r = kernelRow{depth: r.depth, kind: "…", what: fmt.Sprintf("%d lines as in %s %s", same, first.Kind, first.Name)}
			n = same
		}
		t.add(strings.Repeat("  ", min(r.depth, 4))+r.kind, r.what, clip(r.shape, shapeColumns), clip(r.place, placeColumns))
		i += n
	}
	t.write(b)
	for i, r := range rows {
		k.seen[r] = append(k.seen[r], kernelPlace{len(k.funcs), i})
	}
	k.funcs, k.rows = append(k.funcs, f), append(k.rows, rows)
}

// longest finds the earlier rows that agree with the most of the first of
// these.
func (k *kernelTable) longest(rows []kernelRow) (from kernelPlace, n int) {
	for _, p := range k.seen[rows[0]] {
		earlier, same := k.rows[p.of][p.at:], 1
		for same < len(rows) && same < len(earlier) && rows[same] == earlier[same] {
			same++
		}
		if same > n {
			from, n = p, same
		}
	}
	return from, n
}

// kernelRows has a row for each group of kernels that are alike, in order of
// the first of each.
func kernelRows(steps []*Step, depth int) []kernelRow {
	groups := map[string][]*Step{}
	for _, s := range steps {
		if key := s.likeness(); key != "" {
			groups[key] = append(groups[key], s)
		}
	}
	var rows []kernelRow
	for _, s := range steps {
		same := []*Step{s}
		if key := s.likeness(); key != "" {
			same = groups[key]
		}
		if same[0] != s {
			continue
		}
		rows = append(rows, rowOf(same, depth))
		if r, ok := s.Kernel.(*Repeat); ok {
			rows = append(rows, kernelRows(r.Steps, depth+1)...)
		}
	}
	return rows
}

// likeness is equal for loops that do the same to other tensors; "" for what
// is like nothing else. Loops with names from the source are of one line.
func (s *Step) likeness() string {
	if _, ok := s.Kernel.(*Loop); !ok {
		return ""
	}
	var b strings.Builder
	kind, _ := s.form()
	b.WriteString(kind + " ")
	named := false
	for _, v := range s.Makes {
		b.WriteString(v.Op.Name + " ")
		if v.Name != "" && !ofVariable(v.Name) {
			named = true
			b.WriteString(v.Name + " ")
		}
	}
	if named {
		b.WriteString(place(s.At))
	}
	for _, v := range s.updates() {
		b.WriteString(" " + string(v.Kind))
	}
	return b.String()
}

// ofVariable reports whether a value's name is that of a variable's gradient.
func ofVariable(name string) bool {
	return strings.HasPrefix(name, "d_") && strings.Contains(name, ".")
}

// rowOf is the row of kernels that are alike.
func rowOf(same []*Step, depth int) kernelRow {
	s := same[0]
	r := kernelRow{depth: depth, place: place(s.At), what: s.what()}
	r.kind, r.shape = s.form()
	if len(same) == 1 {
		return r
	}
	r.kind += " × " + strconv.Itoa(len(same))
	if caller := s.optimizer(); caller != "" {
		r.what = caller + " update"
	}
	shapes, places := false, false
	for _, other := range same[1:] {
		_, shape := other.form()
		shapes = shapes || shape != r.shape
		places = places || place(other.At) != r.place
	}
	r.shape, r.place = varied(r.shape, shapeColumns, shapes), varied(r.place, placeColumns, places)
	return r
}

// varied marks a cell that is the first of several.
func varied(cell string, columns int, several bool) string {
	if several {
		return strings.TrimLeft(clip(cell, columns-2)+" …", " ")
	}
	return cell
}

// form is what kind of kernel it is, and its size.
func (s *Step) form() (kind, shape string) {
	switch k := s.Kernel.(type) {
	case *Gemm:
		batch := dsl.N(1)
		for _, a := range k.Batch {
			batch = batch.Mul(a.Size)
		}
		shape = fmt.Sprintf("[%s, %s] @ [%s, %s]", k.M, k.K, k.K, k.N)
		if !batch.Is(1) {
			shape = batch.String() + " × " + shape
		}
		return "product", shape
	case *Repeat:
		return "repeat", k.Trip.String() + " times"
	case *Check:
		return "check", ""
	case *Loop:
		return k.form()
	}
	return "", ""
}

func (l *Loop) form() (kind, shape string) {
	space := l.Space
	for _, stage := range l.Stages {
		if len(space) == 0 {
			space = stage.Inner
		}
	}
	if len(space) == 0 {
		return "scalars", ""
	}
	return "loop", shapeText(space)
}

// what says what a kernel computes: the names from the source, else the
// variables that it writes, else the last of its operations.
func (s *Step) what() string {
	switch k := s.Kernel.(type) {
	case *Check:
		return "everything is finite"
	case *Repeat:
		return k.Label
	}
	vars := s.updates()
	if caller := s.optimizer(); caller != "" {
		return caller + " update of " + vars[0].Of.Name
	}
	names := s.names()
	if len(names) == 0 {
		for _, v := range vars {
			if v.Of != nil {
				names = append(names, string(v.Kind)+" of "+v.Of.Name)
			} else {
				names = append(names, v.Name)
			}
		}
	}
	ops := s.operations()
	switch {
	case len(names) > 0 && ops != "":
		return strings.Join(names, ", ") + " (" + ops + ")"
	case len(names) > 0:
		return strings.Join(names, ", ")
	case ops != "":
		return "(" + ops + ")"
	}
	return "(" + s.Makes[len(s.Makes)-1].Op.Name + ")"
}

// names are those from the source, each once.
func (s *Step) names() []string {
	var names []string
	seen := map[string]bool{}
	for _, v := range s.Makes {
		if v.Name != "" && !seen[v.Name] {
			seen[v.Name] = true
			names = append(names, v.Name)
		}
	}
	return names
}

// operations are the rows of the op table that are at work beside the names,
// each once: neither copies nor what makes a product a product.
func (s *Step) operations() string {
	var list []string
	seen := map[string]bool{"view": true, "const": true, "contract": true}
	for _, v := range s.Makes {
		if !seen[v.Op.Name] {
			seen[v.Op.Name] = true
			list = append(list, v.Op.Name)
		}
	}
	return strings.Join(list, ", ")
}

// updates are the variables that a loop writes.
func (s *Step) updates() []*ir.Var {
	l, ok := s.Kernel.(*Loop)
	if !ok {
		return nil
	}
	var vars []*ir.Var
	for _, stage := range l.Stages {
		for _, w := range stage.Writes {
			b := w.To.Buffer
			for b.Storage == InRow {
				b = b.Of
			}
			if b.Storage == InVar {
				vars = append(vars, b.Var)
			}
		}
	}
	return vars
}

var calledName = regexp.MustCompile(`^\w+`)

// optimizer is the name of the optimizer that a kernel applies to a parameter,
// "" for other kernels.
func (s *Step) optimizer() string {
	vars := s.updates()
	if len(vars) == 0 || vars[0].Kind != ir.SlotVar || len(s.names()) == 0 || s.At.Via == nil {
		return ""
	}
	return calledName.FindString(s.At.Via.Text())
}
