package ir

import (
	"math"
	"strconv"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
)

// stopCheck reads a stop rule. What it accepts, a back end can translate sign
// by sign: `and`, `or` and comparisons between numbers, quantities of the run
// and calls of stalls, all of which are false while a quantity is not known
// yet. (`not` and `!=` would be true then.)
type stopCheck struct {
	*training
	values []string // means of an epoch: the objectives and the reports
	known  []string // every quantity
}

const stopHelp = "write stop when epoch >= 30 or loss < 1e-3 or stalls(val.loss, epochs: 5)"

// stop checks the stop rule and replaces it by one without names of constants,
// with the quantity on the left where a number is compared.
func (k *training) stop() {
	c := &stopCheck{training: k}
	for _, g := range k.goals {
		c.values = append(c.values, k.nameOf(g))
	}
	for _, r := range k.t.Reports {
		c.values = append(c.values, r.Name)
	}
	c.known = append([]string{"epoch", "step"}, c.values...)
	for _, v := range c.values {
		c.known = append(c.known, "val."+v)
	}
	if len(k.goals) == 0 { // told already
		c.values = append(c.values, "loss")
		c.known = append(c.known, "loss", "val.loss")
	}
	if len(k.goals) <= 1 {
		c.known = append(c.known, "grad_norm", "step.loss")
	}
	for _, e := range k.with {
		if n := callee(e.Call); n != nil && n.Name == "private" {
			c.known = append(c.known, "epsilon")
		}
	}
	k.t.Stop = c.cond(k.t.Stop)
	epochs, steps := stopLimits(k.t.Stop)
	k.t.MaxEpochs, k.t.MaxSteps = limit(epochs), limit(steps)
	if q := awaited(k.t.Stop); q != nil {
		k.t.Awaits = StopQuantity(q)
		k.validated(q)
	}
}

// limit is a bound as a count, 0 for none.
func limit(n float64) int {
	if n > math.MaxInt32 {
		return 0
	}
	return int(math.Max(1, n))
}

func (c *stopCheck) wrong(at dsl.Node, message, here, help string) {
	c.l.fail("GT0314", at, message, here, help)
}

func (c *stopCheck) cond(e dsl.Expr) dsl.Expr {
	switch e := e.(type) {
	case *dsl.Paren:
		return &dsl.Paren{Place: e.Place, X: c.cond(e.X)}
	case *dsl.Unary:
		if e.Op == "not" {
			c.wrong(e, "a stop rule has no not", "", "turn the comparison round: it shall be false while what it compares is not known yet")
		}
	case *dsl.Binary:
		return c.binary(e)
	case *dsl.Call:
		return c.stalls(e)
	}
	c.wrong(e, "this is no condition", "", stopHelp)
	return nil
}

func (c *stopCheck) binary(e *dsl.Binary) dsl.Expr {
	out := &dsl.Binary{Place: e.Place, Op: e.Op, OpAt: e.OpAt}
	switch e.Op {
	case "and", "or":
		c.both(out, e, c.cond)
	case "<", "<=", ">", ">=", "==":
		c.both(out, e, c.operand)
		_, x := out.X.(*dsl.Number)
		_, y := out.Y.(*dsl.Number)
		switch {
		case x && y:
			c.wrong(e, "this compares two numbers, and nothing of the run", "", "the quantities are "+listText(c.known))
		case x:
			out.X, out.Op, out.Y = out.Y, turned[e.Op], out.X
		}
	case "!=":
		c.wrong(opNode(e), "a stop rule has no !=", "", "use < or >: a comparison shall be false while what it compares is not known yet")
	default:
		c.wrong(e, "this is no condition", "", stopHelp)
	}
	return out
}

// turned is a comparison with its sides exchanged.
var turned = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}

// both reads the two sides of a condition.
func (c *stopCheck) both(out, e *dsl.Binary, read func(dsl.Expr) dsl.Expr) {
	c.l.each(2, func(k int) {
		if k == 0 {
			out.X = read(e.X)
		} else {
			out.Y = read(e.Y)
		}
	})
}

// operand is a quantity of the run, or a number, folded.
func (c *stopCheck) operand(e dsl.Expr) dsl.Expr {
	if p, ok := e.(*dsl.Paren); ok {
		return c.operand(p.X)
	}
	if name := StopQuantity(e); name != "" && !c.isConst(e) {
		c.find(e, name, c.known)
		return e
	}
	c.onlyNumbers(e)
	n := c.l.constant("GT0314", e, stopHelp)
	return &dsl.Number{Place: dsl.Place{At: e.Span()}, Text: strconv.FormatFloat(n, 'g', -1, 64), Value: n, Int: n == math.Trunc(n) && math.Abs(n) < dsl.MaxSize}
}

// onlyNumbers reports quantities inside arithmetic, which has none.
func (c *stopCheck) onlyNumbers(e dsl.Expr) {
	switch e := e.(type) {
	case *dsl.Name, *dsl.Select:
		if name := StopQuantity(e); name != "" && !c.isConst(e) {
			c.find(e, name, c.known)
			c.wrong(e, "a stop rule compares quantities as they are", "", "write the arithmetic on the side of the number")
		}
	case *dsl.Paren:
		c.onlyNumbers(e.X)
	case *dsl.Unary:
		c.onlyNumbers(e.X)
	case *dsl.Binary:
		sides := []dsl.Expr{e.X, e.Y}
		c.l.each(2, func(k int) { c.onlyNumbers(sides[k]) })
	case *dsl.Call:
		c.wrong(e, "this cannot be compared in a stop rule", "", "the quantities are "+listText(c.known)+"; for others, report them")
	}
}

// StopQuantity is the name of a quantity: loss, val.accuracy; "" for no name.
func StopQuantity(e dsl.Expr) string {
	switch e := e.(type) {
	case *dsl.Name:
		return e.Name
	case *dsl.Select:
		if x, ok := e.X.(*dsl.Name); ok {
			return x.Name + "." + e.Name.Name
		}
	}
	return ""
}

// isConst reports whether an expression is the name of a constant of the file.
func (c *stopCheck) isConst(e dsl.Expr) bool {
	n, ok := e.(*dsl.Name)
	if !ok {
		return false
	}
	for _, known := range c.known {
		if n.Name == known {
			return false
		}
	}
	b := c.l.globals.find(n.Name)
	if b == nil {
		return false
	}
	_, isNumber := plain(b.value)
	return isNumber
}

func (c *stopCheck) find(at dsl.Node, name string, known []string) {
	for _, k := range known {
		if k == name {
			return
		}
	}
	if name == "val" || strings.HasPrefix(name, "val.") {
		var list []string
		for _, v := range c.values {
			list = append(list, "val."+v)
		}
		c.unknown(at, name, "validation gives "+listText(list)+"; for other values, report them", list)
	}
	c.unknown(at, name, "the quantities here are "+listText(known), known)
}

func (c *stopCheck) unknown(at dsl.Node, name, help string, near []string) {
	if best := dsl.DidYouMean(name, near); best != "" {
		help = "did you mean " + best + "?"
	}
	for _, st := range c.d.Body.Stmts {
		for _, local := range bound(st) {
			if local.Name == name {
				help = "report it: report " + name + " = …"
			}
		}
	}
	c.l.fail("GT0315", at, "training has no quantity "+quote(name)+" to stop by", "", help)
}

// stalls is stalls(val.loss, epochs: 5).
func (c *stopCheck) stalls(e *dsl.Call) dsl.Expr {
	const help = "write stalls(val.loss, epochs: 5)"
	name, ok := e.Fn.(*dsl.Name)
	if !ok || name.Name != "stalls" {
		c.wrong(e, "this is no condition", "", stopHelp)
	}
	if len(e.Args) != 2 || e.Args[0].Name != nil || e.Args[1].Name != nil && e.Args[1].Name.Name != "epochs" {
		c.wrong(e, "stalls takes a quantity and a number of epochs", "", help)
	}
	value := e.Args[0].Value
	what := StopQuantity(value)
	if what == "" {
		c.wrong(value, "stalls takes the name of a quantity", "", help)
	}
	known := append([]string(nil), c.values...)
	for _, v := range c.values {
		known = append(known, "val."+v)
	}
	c.find(value, what, known)
	if r := c.t.Report(strings.TrimPrefix(what, "val.")); r != nil && r.Better == dsl.Neither {
		d := r.Undirected("stalls(" + what + ")")
		d.Labels = []dsl.Label{{At: e.At, Text: "asked for here"}}
		c.l.report(d)
		panic(bail{})
	}
	n, ok := c.l.dim(c.l.globals, e.Args[1].Value).Const()
	if !ok || n < 1 {
		c.wrong(e.Args[1].Value, "stalls takes a positive whole number of epochs", "", help)
	}
	at := e.Args[1].Place
	epochs := &dsl.Arg{Place: at, Name: &dsl.Ident{Place: at, Name: "epochs"},
		Value: &dsl.Number{Place: dsl.Place{At: e.Args[1].Value.Span()}, Text: strconv.Itoa(n), Value: float64(n), Int: true}}
	return &dsl.Call{Place: e.Place, Fn: e.Fn, Args: []*dsl.Arg{e.Args[0], epochs}}
}

// quantitiesIn are the quantities that a checked stop rule looks at; nil for
// no rule.
func quantitiesIn(e dsl.Expr) []string {
	switch e := e.(type) {
	case *dsl.Paren:
		return quantitiesIn(e.X)
	case *dsl.Binary:
		return append(quantitiesIn(e.X), quantitiesIn(e.Y)...)
	case *dsl.Call:
		return quantitiesIn(e.Args[0].Value)
	case *dsl.Name, *dsl.Select:
		return []string{StopQuantity(e)}
	}
	return nil
}

// stopLimits is the number of epochs and of steps after which a checked stop
// rule holds at the latest, +Inf for none.
func stopLimits(e dsl.Expr) (epochs, steps float64) {
	none := math.Inf(1)
	switch e := e.(type) {
	case *dsl.Paren:
		return stopLimits(e.X)
	case *dsl.Binary:
		switch e.Op {
		case "or":
			e1, s1 := stopLimits(e.X)
			e2, s2 := stopLimits(e.Y)
			return math.Min(e1, e2), math.Min(s1, s2)
		case "and":
			e1, s1 := stopLimits(e.X)
			e2, s2 := stopLimits(e.Y)
			return math.Max(e1, e2), math.Max(s1, s2)
		}
		switch name, n := reached(e); name {
		case "epoch":
			return n, none
		case "step":
			return none, n
		}
	}
	return none, none
}

// reached reads a comparison as "name has reached n".
func reached(e *dsl.Binary) (name string, n float64) {
	number, ok := e.Y.(*dsl.Number)
	switch {
	case ok && e.Op == ">=":
		return StopQuantity(e.X), math.Ceil(number.Value)
	case ok && e.Op == ">":
		return StopQuantity(e.X), math.Floor(number.Value) + 1
	}
	return "", 0
}

// awaited is a quantity of the validation part without which a checked stop
// rule never holds; nil for a rule that may hold without validation.
func awaited(e dsl.Expr) dsl.Expr {
	switch e := e.(type) {
	case *dsl.Paren:
		return awaited(e.X)
	case *dsl.Call:
		return awaited(e.Args[0].Value)
	case *dsl.Binary:
		x, y := awaited(e.X), awaited(e.Y)
		if e.Op == "or" && y == nil || e.Op != "or" && x == nil {
			return y
		}
		return x
	}
	if strings.HasPrefix(StopQuantity(e), "val.") {
		return e
	}
	return nil
}

// validated reports a rule that waits for q when the data line keeps no rows
// to validate on.
func (k *training) validated(q dsl.Expr) {
	s := k.t.Source
	if s == nil || !k.sourced || s.Validation > 0 || s.ValidationFile != "" {
		return
	}
	k.l.report(&dsl.Diagnostic{Code: "GT0325", At: q.Span(), Message: "the stop rule can never hold: no rows are kept for validation", Here: StopQuantity(q) + " is never known",
		Labels: []dsl.Label{{At: k.t.Data.Source.Span(), Text: "this has no val"}},
		Help:   "keep a share of the rows, val: 0.2 after the file's name, or bound the run too: stop when epoch >= 30 or …"})
}
