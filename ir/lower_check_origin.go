package ir

import "github.com/gtc-lang/gtc/dsl"

// writes notes where a label stands in a written shape of the body.
func (b *body) writes(label string, at dsl.Node) {
	if label == "" {
		return
	}
	if b.written == nil {
		b.written = map[string]dsl.Span{}
	}
	if _, known := b.written[label]; !known {
		b.written[label] = at.Span()
	}
}

// origins says of labels where they come from, as far as that is not evident:
// of those that a setting gave their size.
func (l *lowerer) origins(s *scope, labels ...string) []dsl.Label {
	var list []dsl.Label
	seen := map[string]bool{}
	for _, label := range labels {
		b := s.find(label)
		if label == "" || seen[label] || b == nil {
			continue
		}
		seen[label] = true
		d, ok := b.value.(dimension)
		if !ok || d.from == "" {
			continue
		}
		at := b.at
		if written, ok := s.body.written[label]; ok {
			at = written
		}
		list = append(list, dsl.Label{At: at, Text: label + " = " + d.d.String() + ", set by " + d.from})
	}
	return list
}

// independent checks that a first value depends on nothing that is not there
// when it is made: before any row, and in no order among the variables.
func (l *lowerer) independent(item *dsl.DeclItem, v *Value) {
	for _, x := range Order(v) {
		leaf, ok := x.Attr.(*Leaf)
		if !ok || leaf.Kind != InputLeaf && leaf.Kind != VarLeaf {
			continue
		}
		what := "an input"
		if leaf.Kind == VarLeaf {
			what = "another variable"
		}
		l.fail("GT0246", item.Init, "the first value of "+quote(item.Name.Name)+" depends on "+what, "", "first values are made of numbers, sizes and random draws, before any row is seen")
	}
}
