package ir

// Alike reports whether two values are computed in the same way, perhaps in two
// functions: from the same variables and settings, and from inputs that
// correspond to each other.
func Alike(a, b *Value) bool {
	c := &comparison{same: map[*Value]*Value{}, taken: map[*Value]bool{}}
	return c.alike(a, b)
}

// comparison is what is known of the values of a: those of b that are alike.
type comparison struct {
	same  map[*Value]*Value
	taken map[*Value]bool // inputs, and parameters of bodies, of b's
}

func (c *comparison) alike(a, b *Value) bool {
	if known, ok := c.same[a]; ok {
		return known == b
	}
	if a.Op != b.Op || a.DType != b.DType || !SameShape(a.Shape, b.Shape) || len(a.Args) != len(b.Args) {
		return false
	}
	for i := range a.Args {
		if !c.alike(a.Args[i], b.Args[i]) {
			return false
		}
	}
	if !c.attrs(a, b) {
		return false
	}
	c.same[a] = b
	return true
}

func (c *comparison) attrs(a, b *Value) bool {
	if a.Attr == nil || b.Attr == nil {
		return a.Attr == nil && b.Attr == nil
	}
	switch x := a.Attr.(type) {
	case *Leaf:
		return c.leaf(a, b)
	case *Loop:
		y := b.LoopOf()
		if x.Text() != y.Text() || x.Reverse != y.Reverse || x.Carried != y.Carried || x.Sliced != y.Sliced || len(x.Body.Results) != len(y.Body.Results) {
			return false
		}
		for i := range x.Body.Results {
			if !c.alike(x.Body.Results[i], y.Body.Results[i]) {
				return false
			}
		}
		return true
	}
	return a.Attr.Text() == b.Attr.Text()
}

// leaf pairs inputs as they come; each has one fellow.
func (c *comparison) leaf(a, b *Value) bool {
	x, y := a.Attr.(*Leaf), b.Attr.(*Leaf)
	if x.Kind != y.Kind || x.Var != y.Var || x.Setting != y.Setting {
		return false
	}
	if x.Kind == VarLeaf || x.Kind == SettingLeaf {
		return true
	}
	if c.taken[b] {
		return false
	}
	c.taken[b] = true
	return true
}
