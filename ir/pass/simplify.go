package pass

import (
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// Simplify applies the rules of Rules and of Algebra, and merges equal values,
// in every function and in the bodies of loops, until nothing changes.
//
// Values that derivatives are with respect to stay what they are: what uses
// them keeps using them, and nothing else comes to.
func Simplify(p *ir.Program, _ *dsl.Library) error {
	for _, f := range p.Funcs {
		s := &simplifier{rules: rulesByRow, prunes: true, derived: !ir.HasGrad(f.Roots())}
		f.SetRoots(s.settle(f.Roots()))
	}
	return nil
}

// A Rule of the simplifier. Doc says what it does as mathematics; Rounding is
// set where the last bits of results may change.
type Rule struct {
	Name     string
	Rows     []string // rows it looks at; "" for every elementwise one
	Doc      string
	Rounding bool

	// apply is the replacement, nil when the rule does not apply.
	apply func(s *simplifier, v *ir.Value) *ir.Value
}

// Rules is what the simplifier knows beside Algebra, in order of application.
var Rules []Rule

var rulesByRow map[string][]*Rule

func init() {
	for _, list := range [][]Rule{elementRules, viewRules, moveRules, sumRules, foldRules, contractRules} {
		Rules = append(Rules, list...)
	}
	rulesByRow = map[string][]*Rule{}
	for _, op := range dsl.Ops {
		for i, r := range Rules {
			for _, row := range r.Rows {
				if row == op.Name || row == "" && op.Class == dsl.Elementwise {
					rulesByRow[op.Name] = append(rulesByRow[op.Name], &Rules[i])
				}
			}
		}
	}
}

const (
	maxRounds = 20 // over a graph; a graph that still changes is correct, only not as simple as it might be
	maxSteps  = 50 // of rules on one value in a round
)

// simplifier works on one graph: a function's, or the body of a loop.
type simplifier struct {
	rules   map[string][]*Rule // by row; nil for none, then loops stay as they are too
	prunes  bool               // drop what loops do for nobody
	derived bool               // no derivative is left in the function

	uses map[*ir.Value]int         // of the graph before the round
	used map[*ir.Value][]bool      // results of loops that are used
	outs map[*ir.Value][]*ir.Value // of loops that became others: what their results became
	pool map[string]*ir.Value      // by what makes values equal
	now  *ir.Value                 // the value of the old graph that the rules are applied to, nil after the first
}

// settle simplifies what roots depend on.
func (s *simplifier) settle(roots []*ir.Value) []*ir.Value {
	pins := pin(&roots)
	for n := 0; n < maxRounds; n++ {
		next := s.round(roots)
		same := true
		for k := range next {
			same = same && next[k] == roots[k]
		}
		if roots = next; same {
			break
		}
	}
	return pins.undo(roots)
}

func (s *simplifier) round(roots []*ir.Value) []*ir.Value {
	s.survey(roots)
	return ir.Rewrite(roots, s.value)
}

// survey counts uses, and forgets what belongs to the last round.
func (s *simplifier) survey(roots []*ir.Value) {
	s.uses, s.used = map[*ir.Value]int{}, map[*ir.Value][]bool{}
	s.outs, s.pool = map[*ir.Value][]*ir.Value{}, map[string]*ir.Value{}
	for _, r := range roots {
		s.uses[r]++
	}
	for _, v := range ir.Order(roots...) {
		for _, a := range v.Args {
			s.uses[a]++
		}
		if v.Is("loop") {
			s.used[v] = make([]bool, len(v.LoopOf().Body.Results))
		}
		if v.Is("out") && v.Args[0].Is("loop") {
			s.used[v.Args[0]][v.Attr.(ir.Result)] = true
		}
	}
}

// value is what becomes of v.
func (s *simplifier) value(v *ir.Value, args []*ir.Value) *ir.Value {
	switch {
	case v.Is("loop"):
		return s.loop(v, args)
	case v.Is("out") && s.outs[v.Args[0]] != nil:
		w := s.outs[v.Args[0]][v.Attr.(ir.Result)]
		if w.ID() > v.ID() || w.Name == "" {
			w.Like(v)
		}
		return s.merge(w)
	}
	w := v.With(args)
	if s.now = v; w.Op != v.Op {
		s.now = nil
	}
	for n := 0; n < maxSteps; n++ {
		next := s.step(w)
		if next == nil {
			break
		}
		if next.ID() > w.ID() {
			next.Like(w)
		} else if next.Name == "" {
			next.Name = w.Name
		}
		w, s.now = next, nil
	}
	return s.merge(w)
}

// step applies the first rule that fits.
func (s *simplifier) step(v *ir.Value) *ir.Value {
	for _, r := range s.rules[v.Op.Name] {
		if w := r.apply(s, v); w != nil && w != v {
			return w
		}
	}
	return nil
}

// alone reports whether operand k of the value at hand has no other use, so
// that it goes when the value no longer needs it.
func (s *simplifier) alone(k int) bool { return s.now != nil && s.uses[s.now.Args[k]] == 1 }

// pins are the values that derivatives are with respect to. While the graph
// around them is simplified they are cut: what uses them sees a placeholder.
type pins struct{ holders, values []*ir.Value }

// pin cuts the graph, and adds the values that were cut to the roots.
func pin(roots *[]*ir.Value) *pins {
	p, target := &pins{}, map[*ir.Value]bool{}
	for _, v := range ir.Order(*roots...) {
		if v.Is("grad") {
			for _, x := range v.Args[1:] {
				target[x] = !x.Is("leaf")
			}
		}
	}
	if len(target) == 0 {
		return p
	}
	*roots = ir.Rewrite(*roots, func(v *ir.Value, args []*ir.Value) *ir.Value {
		if !target[v] {
			return v.With(args)
		}
		p.values = append(p.values, v.With(args))
		p.holders = append(p.holders, ir.BodyParam(v.Name, v.DType, v.Shape).Like(v))
		return p.holders[len(p.holders)-1]
	})
	*roots = append(*roots, p.values...)
	return p
}

// undo joins the graph again. A value that something else has come to use
// beside what sees the placeholder is given a copy of its own.
func (p *pins) undo(all []*ir.Value) []*ir.Value {
	roots, values := all[:len(all)-len(p.values)], all[len(all)-len(p.values):]
	uses := map[*ir.Value]int{}
	for _, v := range ir.Order(all...) {
		for _, a := range v.Args {
			uses[a]++
		}
	}
	for _, r := range all {
		uses[r]++
	}
	given := map[*ir.Value]*ir.Value{}
	for k, v := range values {
		own := ir.Inline([]*ir.Value{v}, given)[0]
		if uses[v] > 1 || v.Is("leaf") {
			own = ir.Typed("view", &dsl.Positions{Map: dsl.Identity(v.Rank())}, v.Shape, own).Like(p.holders[k])
		}
		given[p.holders[k]] = own
	}
	return ir.Inline(roots, given)
}
