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
	r.list = append(r.list, setting{path: path, selector: selector, value: value, count: count})
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

// numbers begins a body that reads the rule's numbers.
func (r *stopRule) numbers() *block {
	b := &block{}
	if len(r.list) > 0 {
		b.line("s := &w.Settings.Stop")
	}
	return b
}

// expr writes a condition of a checked rule; bounding says that the rule holds
// as soon as it does.
func (r *stopRule) expr(e dsl.Expr, bounding bool) condition {
	switch e := e.(type) {
	case *dsl.Paren:
		return r.expr(e.X, bounding)
	case *dsl.Call:
		return r.stalls(e)
	}
	b := e.(*dsl.Binary)
	if b.Op != "and" && b.Op != "or" {
		return r.comparison(b, bounding)
	}
	op, both := operators[b.Op], bounding && b.Op == "or"
	x, y := r.part(b.X, both), r.part(b.Y, both)
	return condition{expr{text: x.at(op.prec) + " " + op.text + " " + y.at(op.prec+1), prec: op.prec}, x.why + " + " + strconv.Quote(" "+b.Op+" ") + " + " + y.why}
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

// comparison is `loss < 1e-6` or `loss < val.loss`. A NaN makes it false.
func (r *stopRule) comparison(e *dsl.Binary, bounding bool) condition {
	name := ir.StopQuantity(e.X)
	limit, ok := e.Y.(*dsl.Number)
	if !ok {
		other := ir.StopQuantity(e.Y)
		return condition{expr{text: progress(name) + " " + e.Op + " " + progress(other), prec: precCompare}, strconv.Quote(name + " " + e.Op + " " + other)}
	}
	count := bounding && (e.Op == ">=" || e.Op == "==") && (name == "epoch" || name == "step")
	selector := r.limit(name, limit.Value, count)
	if bounding && (e.Op == ">=" || e.Op == ">" || e.Op == "==") {
		switch name {
		case "epoch":
			r.epochs = selector
		case "step":
			r.steps = selector
		}
	}
	return condition{expr{text: fmt.Sprintf("%s %s s.%s", progress(name), e.Op, selector), prec: precCompare},
		fmt.Sprintf("rt.Holds(%q, s.%s)", name+" "+e.Op+" ", selector)}
}

// stalls is stalls(val.loss, epochs: 5).
func (r *stopRule) stalls(e *dsl.Call) condition {
	name := ir.StopQuantity(e.Args[0].Value)
	selector := r.limit("stalls."+name, e.Args[1].Value.(*dsl.Number).Value, true)
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
