package ir

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/gtc-lang/gtc/dsl"
)

// Shapes of signatures are matched with those of tensors; labels are translated
// between the caller's and the callee's.

// shaped matches a tensor with a declared shape.
func (k *binder) shaped(formal *dsl.Param, a *actual) thing {
	want := formal.Type
	if k.fitsNumber(want, a.value) {
		return a.value
	}
	t := k.l.asTensor(a.value, a.at)
	k.notice(formal, t, a.at)
	given := t.v.DType
	switch {
	case want.Elem == "int" && t.v.DType != Int, want.Elem == "bool" && t.v.DType != Bool:
		k.l.fail("GT0205", a.at, quote(formal.Name.Name)+" of "+k.title()+" is "+want.Elem, "this is "+describe(t), k.kindHelp(want.Elem),
			dsl.Label{At: formal.At, Text: "declared here"})
	case want.Elem == "" || want.Elem == "float":
		t.v = cast(t.v, Float)
	}
	ax, err := k.matchShape(want.Shape, t, true)
	if err != nil {
		help := ""
		var rest *restError
		if errors.As(err, &rest) {
			help = rest.help()
			if given == Int && k.library() && rest.classes() {
				help = "one number for a row of scores is a class number: cross_entropy takes those, " + k.decl.Name.Name + " one target for each score"
			}
		}
		k.l.fail("GT0216", a.at, quote(formal.Name.Name)+" of "+k.title()+" does not fit: "+err.Error(), "this is "+t.String(), help,
			dsl.Label{At: formal.At, Text: "declared here"})
	}
	return tensor{v: t.v, ax: ax}
}

// fitsNumber reports whether a value is a number for an input of the shape
// that an input before has, [...]: one number stands for all elements there,
// as it does beside a sign: mse(x, 1).
func (k *binder) fitsNumber(want *dsl.Type, value thing) bool {
	axes := want.Shape.Axes
	_, isNumber := plain(value)
	return isNumber && k.known && len(axes) == 1 && axes[0].Ellipsis && (want.Elem == "" || want.Elem == "float")
}

// kindHelp says how a tensor of another kind is had. One of that kind that is
// given for an input that asks for none is a sign of another order.
func (k *binder) kindHelp(kind string) string {
	for j, a := range k.taken {
		if a == nil {
			continue
		}
		t, ok := a.value.(tensor)
		if of := k.decl.Inputs[j].Type; ok && of != nil && of.Elem != kind && t.v.DType == map[string]DType{"int": Int, "bool": Bool}[kind] {
			return "the inputs look swapped: " + k.listed("input", k.decl.Inputs) + ", in this order"
		}
	}
	if kind == "bool" {
		return "compare it with something"
	}
	return "declare the input that it comes from as int[…], or convert it with int(…)"
}

// matchShape unifies a written shape with a tensor's and returns the labels
// the axes have under the written names. With bind, lower-case names and a
// model's run-time dimensions take the size they meet.
func (k *binder) matchShape(sh *dsl.Shape, t tensor, bind bool) ([]string, error) {
	ax := foreign(t.ax)
	fixed, dots := 0, -1
	for i, a := range sh.Axes {
		if a.Ellipsis {
			dots = i
		} else {
			fixed++
		}
	}
	if len(t.ax) < fixed || dots < 0 && len(t.ax) != fixed {
		return nil, fmt.Errorf("it has %s, not those of %s", axesText(len(t.ax)), describeShape(sh))
	}
	spread := len(t.ax) - fixed
	j := 0
	for _, a := range sh.Axes {
		if a.Ellipsis {
			if err := k.matchRest(t.v.Shape[j : j+spread]); err != nil {
				return nil, err
			}
			j += spread
			continue
		}
		if err := k.matchAxis(a, t, j, ax, bind); err != nil {
			return nil, err
		}
		j++
	}
	return ax, nil
}

func axesText(n int) string {
	if n == 1 {
		return "1 axis"
	}
	return strconv.Itoa(n) + " axes"
}

func describeShape(sh *dsl.Shape) string { return sh.At.Text() }

func (k *binder) matchRest(dims []dsl.Dim) error {
	if !k.known {
		k.rest, k.known = dims, true
		return nil
	}
	if !SameShape(k.rest, dims) {
		return &restError{here: dims, before: k.rest}
	}
	return nil
}

// restError is two tensors that differ in what … stands for.
type restError struct{ here, before []dsl.Dim }

func (e *restError) Error() string {
	return "... stands for " + tensorShape(e.here) + " here and for " + tensorShape(e.before) + " before"
}

// help says how the common case is mended: a column that is declared as a
// vector, or the other way round.
func (e *restError) help() string {
	isColumn := func(x, y []dsl.Dim) bool { return len(x) == len(y)+1 && x[len(y)].Is(1) && SameShape(x[:len(y)], y) }
	switch {
	case isColumn(e.before, e.here):
		return "nothing stretches to another shape: declare it as " + tensorShape(e.before) + ", or write [..., none] after it for an axis of 1"
	case isColumn(e.here, e.before):
		return "nothing stretches to another shape: declare the one before as " + tensorShape(e.here) + ", or write [..., 0] after this one to drop its axis of 1"
	}
	return ""
}

// classes reports whether the second tensor has one element where the first has
// several in a row.
func (e *restError) classes() bool {
	n := len(e.here)
	return len(e.before) == n+1 && !e.before[n].Is(1) && SameShape(e.before[:n], e.here)
}

func (k *binder) matchAxis(a dsl.Axis, t tensor, j int, ax []string, bind bool) error {
	if a.Wildcard {
		return nil
	}
	size, label := t.v.Shape[j], labelOf(a.Size)
	if label == "" {
		want := k.l.dim(k.scope, a.Size)
		ax[j] = ""
		if !want.Equal(size) {
			return fmt.Errorf("axis %d is %s, not %s", j, nameSize(t.ax[j], size), nameSize(a.At.Text(), want))
		}
		return nil
	}
	if bind && !k.decided(label) {
		k.scope.bind(label, dimension{d: size, name: label}, a.At).used = true
		k.back[label] = t.ax[j]
	}
	want := k.l.dim(k.scope, a.Size)
	if !want.Equal(size) {
		return fmt.Errorf("axis %d is %s, not %s", j, nameSize(t.ax[j], size), nameSize(label, want))
	}
	ax[j] = label
	return nil
}

// decided reports whether a name in a shape already has a size: lower-case
// names bind once a call, and so do the run-time dimensions in a model's or a
// layer's shapes, which stand for any run-time dimension.
func (k *binder) decided(label string) bool {
	if k.scope.names[label] != nil {
		return true
	}
	if !capital(label) {
		return false
	}
	b := k.scope.find(label)
	if b == nil {
		return true // an error: capitals must be declared
	}
	d, ok := b.value.(dimension)
	return !ok || d.d.Symbol() == nil
}

// result checks the value of a body against the declared result and gives its
// labels back to the caller.
func (k *binder) result(at dsl.Node, v thing) thing {
	if many, ok := v.(tuple); ok {
		out := make(tuple, len(many))
		for i, x := range many {
			out[i] = k.result(at, x)
		}
		return out
	}
	if k.decl.Result != nil && k.decl.Result.Shape != nil {
		v = k.declared(v)
	}
	t, ok := v.(tensor)
	if !ok {
		return v
	}
	return tensor{v: t.v, ax: k.returned(t.ax)}
}

func (k *binder) declared(v thing) thing {
	t := k.l.asTensor(v, k.decl.Body)
	if k.decl.Result.Elem == "" || k.decl.Result.Elem == "float" {
		t.v = cast(t.v, Float)
	}
	inside := tensor{v: t.v, ax: t.ax}
	ax, err := k.matchShape(k.decl.Result.Shape, inside, false)
	if err != nil {
		k.l.fail("GT0217", k.decl.Result, "the result of "+k.title()+" does not fit: "+err.Error(), "the body gives "+t.String(), "")
	}
	for j := range ax { // what no name was written for keeps its label
		if len(ax[j]) > 0 && ax[j][0] == '\'' {
			ax[j] = ax[j][1:]
		}
	}
	return tensor{v: t.v, ax: ax}
}

// returned translates the callee's labels into the caller's.
func (k *binder) returned(ax []string) []string {
	out := make([]string, len(ax))
	for i, label := range ax {
		switch {
		case label == "":
		case label[0] == '\'':
			out[i] = label[1:]
		default:
			if back, ok := k.back[label]; ok {
				out[i] = back
			} else if capital(label) {
				out[i] = label
			}
		}
	}
	return uniqueLabels(out)
}
