package codegen

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// stopRule is the condition of a stop statement as Go. Every number that is
// compared with is a setting: stop.epoch, stop.val.loss.
type stopRule struct {
	*train
	list   []setting
	names  *names
	text   string
	parts  []condition // any of which ends the run
	epochs string      // the setting that bounds the epochs, "" for none
	steps  string
}

func (k *train) newStopRule() *stopRule {
	r := &stopRule{train: k, names: (&names{}).scope()}
	if k.t.Stop != nil {
		whole := r.expr(k.t.Stop, true)
		r.text = whole.text
		if len(r.parts) == 0 {
			r.parts = []condition{whole}
		}
	}
	return r
}

// condition is a part of a stop rule as Go, and an expression of what to say
// when it holds: rt.Holds("epoch >= ", s.Epoch).
type condition struct {
	expr
	why string
}

// StopSetting is a number of a train block's stop rule.
type StopSetting struct {
	Path  string // "stop.epoch"
	Count bool   // of epochs or steps: whole, and at least 1
}

// StopSettings are the numbers of a train block's stop rule.
func StopSettings(t *ir.Train) []StopSetting {
	var list []StopSetting
	for _, s := range (&train{generator: &generator{}, t: t}).newStopRule().list {
		list = append(list, StopSetting{s.path, s.count})
	}
	return list
}

// limit adds a number as a setting.
func (r *stopRule) limit(name string, value float64, count bool) string {
	selector := r.names.pick(exported(strings.ReplaceAll(name, ".", "_")))
	path := "stop." + name
	for n := 2; r.hasPath(path); n++ {
		path = "stop." + name + strconv.Itoa(n)
	}
	r.list = append(r.list, setting{path, selector, value, count})
	return selector
}

func (r *stopRule) hasPath(path string) bool {
	for _, s := range r.list {
		if s.path == path {
			return true
		}
	}
	return false
}

// expr writes a condition; bounding says that the rule holds as soon as it
// does.
func (r *stopRule) expr(e dsl.Expr, bounding bool) condition {
	switch e := e.(type) {
	case *dsl.Paren:
		return r.expr(e.X, bounding)
	case *dsl.Unary:
		x := r.expr(e.X, false)
		return condition{expr{text: "!" + x.at(precUnary), prec: precUnary}, strconv.Quote("not ") + " + " + x.why}
	case *dsl.Binary:
		switch e.Op {
		case "and", "or":
			op := operators[e.Op]
			both := bounding && e.Op == "or"
			x, y := r.part(e.X, both), r.part(e.Y, both)
			return condition{expr{text: x.at(op.prec) + " " + op.text + " " + y.at(op.prec+1), prec: op.prec}, x.why + " + " + strconv.Quote(" "+e.Op+" ") + " + " + y.why}
		}
		return r.comparison(e, bounding)
	case *dsl.Call:
		return r.stalls(e)
	}
	return r.refuse(e)
}

// part is a side of an or, which is a part of the rule of its own, or of an and.
func (r *stopRule) part(e dsl.Expr, own bool) condition {
	before := len(r.parts)
	x := r.expr(e, own)
	if own && len(r.parts) == before {
		r.parts = append(r.parts, x)
	}
	return x
}

func (r *stopRule) refuse(e dsl.Expr) condition {
	var list dsl.Diagnostics
	list.Add(diagnose("GT0503", e.Span(), "this part of a stop rule cannot be compiled yet", "write comparisons such as epoch >= 30, and stalls(val.loss, epochs: 5)"))
	r.fail(list.Err())
	return condition{expr{text: "false", prec: precAtom}, `""`}
}

// comparison is `loss < 1e-6`, either way round. A NaN makes it false.
func (r *stopRule) comparison(e *dsl.Binary, bounding bool) condition {
	name, ok := quantity(e.X)
	value, fixed := numberOf(e.Y)
	op := e.Op
	if !ok || !fixed {
		name, ok = quantity(e.Y)
		value, fixed = numberOf(e.X)
		op = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<="}[op]
		if op == "" {
			op = e.Op
		}
	}
	if !ok || !fixed {
		return r.refuse(e)
	}
	count := bounding && (op == ">=" || op == "==") && (name == "epoch" || name == "step")
	selector := r.limit(name, value, count)
	if bounding && (op == ">=" || op == ">" || op == "==") {
		switch name {
		case "epoch":
			r.epochs = selector
		case "step":
			r.steps = selector
		}
	}
	x := progress(name)
	text := fmt.Sprintf("%s %s s.%s", x, op, selector)
	why := fmt.Sprintf("rt.Holds(%q, s.%s)", name+" "+op+" ", selector)
	if op == "!=" {
		return condition{expr{text: text + " && " + x + " == " + x, prec: precAnd}, why}
	}
	return condition{expr{text: text, prec: precCompare}, why}
}

func (r *stopRule) stalls(e *dsl.Call) condition {
	fn, _ := e.Fn.(*dsl.Name)
	if fn == nil || fn.Name != "stalls" || len(e.Args) != 2 {
		return r.refuse(e)
	}
	name, ok := quantity(e.Args[0].Value)
	epochs, fixed := numberOf(e.Args[1].Value)
	if !ok || !fixed {
		return r.refuse(e)
	}
	selector := r.limit("stalls."+name, epochs, true)
	return condition{expr{text: fmt.Sprintf("p.Stalls(%q, int(s.%s))", name, selector), prec: precAtom},
		fmt.Sprintf("rt.Holds(%q, s.%s) + %q", "stalls("+name+", epochs: ", selector, ")")}
}

// progress is a number of a run as Go.
func progress(name string) string {
	switch name {
	case "epoch":
		return "float64(p.Epoch)"
	case "step":
		return "float64(p.Step)"
	case "loss":
		return "p.Loss"
	case "step.loss":
		return "p.StepLoss"
	case "grad_norm":
		return "p.GradNorm"
	}
	return fmt.Sprintf("p.Value(%q)", name)
}

// quantity is the name of a number of a run: loss, val.accuracy.
func quantity(e dsl.Expr) (string, bool) {
	switch e := e.(type) {
	case *dsl.Paren:
		return quantity(e.X)
	case *dsl.Name:
		return e.Name, true
	case *dsl.Select:
		of, ok := quantity(e.X)
		return of + "." + e.Name.Name, ok
	}
	return "", false
}

// numberOf is the value of an expression of literals.
func numberOf(e dsl.Expr) (float64, bool) {
	switch e := e.(type) {
	case *dsl.Paren:
		return numberOf(e.X)
	case *dsl.Number:
		return e.Value, true
	case *dsl.Unary:
		x, ok := numberOf(e.X)
		return -x, ok && e.Op == "-"
	case *dsl.Binary:
		x, ok := numberOf(e.X)
		y, ok2 := numberOf(e.Y)
		row := map[string]string{"+": "add", "-": "sub", "*": "mul", "/": "div", "^": "pow"}[e.Op]
		if !ok || !ok2 || row == "" {
			return 0, false
		}
		return dsl.OpNamed(row).Point([]float64{x, y}), true
	}
	return 0, false
}
