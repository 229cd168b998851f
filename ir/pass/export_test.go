package pass

import "github.com/gtc-lang/gtc/ir"

// Watch calls hit with the name of every rule that applies, and with the text
// of every equation.
func Watch(hit func(name string)) (stop func()) {
	var undo []func()
	for i := range Rules {
		r, apply := &Rules[i], Rules[i].apply
		undo = append(undo, func() { r.apply = apply })
		r.apply = func(s *simplifier, v *ir.Value) *ir.Value {
			w := apply(s, v)
			if w != nil && w != v {
				hit(r.Name)
			}
			return w
		}
	}
	return func() {
		for _, f := range undo {
			f()
		}
	}
}
