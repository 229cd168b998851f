package codegen

import (
	"fmt"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir/plan"
)

var identifier = regexp.MustCompile(`[A-Za-z_][A-Za-z_0-9]*`)

// dimText is a size in the methods of a frame f, which has a field for each
// run-time dimension.
func dimText(d dsl.Dim) string {
	return identifier.ReplaceAllStringFunc(d.String(), func(name string) string { return "f." + dimField(name) })
}

// frameFields are what a frame has beside tensors and sizes.
var frameFields = []string{"pool", "products", "seed", "first", "bad", "outside", "bound", "tiles", "run", "attach", "check", "load", "locate", "fit", "session", "model"}

// dimField is the field of a run-time dimension.
func dimField(name string) string {
	if plain := strings.TrimRight(name, "_"); token.IsKeyword(plain) || slices.Contains(frameFields, plain) {
		return name + "_"
	}
	return name
}

// sum is a number of elements as a function of the indices of a nest:
// Σ coef[k]·index[k] + base + the terms.
type sum struct {
	coef  []dsl.Dim
	base  dsl.Dim
	terms []string // positions that are no sums of indices: picked, or divided
}

func newSum(rank int) *sum { return &sum{coef: make([]dsl.Dim, rank)} }

// addAffine adds scale times an undivided position.
func (s *sum) addAffine(a dsl.Affine, scale dsl.Dim) {
	for k, c := range a.Coef {
		if c != 0 {
			s.coef[k] = s.coef[k].Add(scale.Mul(dsl.N(c)))
		}
	}
	s.base = s.base.Add(scale.Mul(a.Const))
}

// text is the Go expression, given the names of the indices.
func (s *sum) text(index []string) string {
	var parts []string
	for k, c := range s.coef {
		if index[k] == "0" || c.Is(0) {
			continue
		}
		parts = append(parts, times(c, index[k]))
	}
	parts = append(parts, s.terms...)
	if !s.base.Is(0) || len(parts) == 0 {
		parts = append(parts, dimText(s.base))
	}
	return strings.ReplaceAll(strings.Join(parts, "+"), "+-", "-")
}

// times is d·x as Go.
func times(d dsl.Dim, x string) string {
	if strings.ContainsAny(x, "+-") {
		x = "(" + x + ")"
	}
	switch {
	case d.Is(0):
		return "0"
	case d.Is(1):
		return x
	case d.Is(-1):
		return "-" + x
	}
	return x + "*" + factor(d)
}

// factor is d as a factor.
func factor(d dsl.Dim) string {
	text := dimText(d)
	if _, ok := d.Const(); !ok && strings.ContainsAny(text, "+-") || strings.HasPrefix(text, "-") {
		return "(" + text + ")"
	}
	return text
}

// strides is the distance in elements between neighbours along each axis of a
// compact tensor.
func strides(shape []dsl.Dim) []dsl.Dim {
	list := make([]dsl.Dim, len(shape))
	step := dsl.N(1)
	for k := len(shape) - 1; k >= 0; k-- {
		list[k] = step
		step = step.Mul(shape[k])
	}
	return list
}

// affineText is a position as Go; whole says that the division leaves nothing.
func affineText(a dsl.Affine, index []string) string {
	s := newSum(len(a.Coef))
	s.addAffine(a, dsl.N(1))
	text := s.text(index)
	if a.Div > 1 {
		if strings.ContainsAny(text, "+-") {
			text = "(" + text + ")"
		}
		text += "/" + strconv.Itoa(a.Div)
	}
	return text
}

// guardText is the condition of a guard, without what always holds when the
// indices run over space: "" when all of it does.
func guardText(g plan.Guard, space []dsl.Dim, index []string) string {
	numerator := g.Pos
	numerator.Div = 1
	s := newSum(len(g.Pos.Coef))
	s.addAffine(numerator, dsl.N(1))
	text := s.text(index)
	least, most := ends(numerator, space)
	var parts []string
	if g.Pos.Div > 1 {
		parts = append(parts, fmt.Sprintf("(%s)%%%d == 0", text, g.Pos.Div))
	}
	if low, _ := least.Range(); low < 0 {
		parts = append(parts, text+" >= 0")
	}
	limit := g.Size
	if g.Pos.Div > 1 {
		limit = limit.Mul(dsl.N(g.Pos.Div))
	}
	if room, _ := limit.Sub(dsl.N(1)).Sub(most).Range(); room < 0 {
		parts = append(parts, text+" < "+dimText(limit))
	}
	return strings.Join(parts, " && ")
}

// never reports whether a guard fails wherever the indices are in their space.
func never(g plan.Guard, space []dsl.Dim) bool {
	numerator := g.Pos
	numerator.Div = 1
	limit := g.Size
	if g.Pos.Div > 1 {
		limit = limit.Mul(dsl.N(g.Pos.Div))
	}
	least, most := ends(numerator, space)
	_, high := most.Range()
	_, room := limit.Sub(dsl.N(1)).Sub(least).Range()
	at, fixed := numerator.Const.Const()
	for _, c := range numerator.Coef {
		fixed = fixed && c == 0
	}
	return high < 0 || room < 0 || fixed && g.Pos.Div > 1 && at%g.Pos.Div != 0
}

// ends are the least and the largest value of a position over a space.
func ends(a dsl.Affine, space []dsl.Dim) (least, most dsl.Dim) {
	least, most = a.Const, a.Const
	for k, c := range a.Coef {
		end := space[k].Sub(dsl.N(1)).Mul(dsl.N(c))
		if c > 0 {
			most = most.Add(end)
		} else if c < 0 {
			least = least.Add(end)
		}
	}
	return least, most
}

// conjunction is all conditions of a list of guards; "" when they always hold.
func conjunction(guards []plan.Guard, space []dsl.Dim, index []string) string {
	var parts []string
	for _, g := range guards {
		if text := guardText(g, space, index); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " && ")
}
