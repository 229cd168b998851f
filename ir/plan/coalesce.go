package plan

import (
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
)

// coalesce drops axes of size one and joins neighbours that every access goes
// through as if they were one.
func (l *Loop) coalesce() {
	l.own()
	for k := len(l.Space) - 1; k >= 0; k-- {
		if l.Space[k].Is(1) {
			l.dropSpace(k)
		}
	}
	for _, s := range l.Stages {
		for k := len(s.Inner) - 1; k >= 0; k-- {
			if s.Inner[k].Is(1) && (len(s.Inner) > 1 || len(s.Reduces) == 0) {
				s.Inner = cut(s.Inner, k)
				dropIndex(s.accesses(), len(l.Space)+k)
			}
		}
	}
	for _, a := range l.accesses() {
		a.dropUnits()
	}
	for k := len(l.Space) - 2; k >= 0; k-- {
		if mergeable(l.accesses(), k, l.Space[k+1]) {
			merge(l.accesses(), k)
			l.Space = joined(l.Space, k)
		}
	}
	for _, s := range l.Stages {
		for k := len(s.Inner) - 2; k >= 0; k-- {
			if at := len(l.Space) + k; mergeable(s.accesses(), at, s.Inner[k+1]) {
				merge(s.accesses(), at)
				s.Inner = joined(s.Inner, k)
			}
		}
	}
}

// own gives the accesses slices of their own, to be changed.
func (l *Loop) own() {
	for _, a := range l.accesses() {
		a.Map = append(dsl.Map(nil), a.Map...)
		a.Shape = append([]dsl.Dim(nil), a.Shape...)
		a.Guards = append([]Guard(nil), a.Guards...)
	}
}

// overMatrix joins axes until two are left, of sizes m and n; it reports
// whether that is possible.
func (l *Loop) overMatrix(m, n dsl.Dim) bool {
	for s := 1; s < len(l.Space); s++ {
		if ir.Volume(l.Space[:s]).Equal(m) && ir.Volume(l.Space[s:]).Equal(n) {
			l.own()
			return l.mergeRange(s, len(l.Space)) && l.mergeRange(0, s)
		}
	}
	return false
}

// mergeRange joins the axes from a up to b to one.
func (l *Loop) mergeRange(a, b int) bool {
	for k := b - 2; k >= a; k-- {
		if !mergeable(l.accesses(), k, l.Space[k+1]) {
			return false
		}
		merge(l.accesses(), k)
		l.Space = joined(l.Space, k)
	}
	return true
}

// accesses lists every access of a loop.
func (l *Loop) accesses() []*Access {
	var list []*Access
	for _, s := range l.Stages {
		list = append(list, s.accesses()...)
	}
	return list
}

func (s *Stage) accesses() []*Access {
	var list []*Access
	for i := range s.Body {
		if a := s.Body[i].Access; a != nil {
			list = append(list, a)
		}
	}
	for i := range s.Writes {
		list = append(list, &s.Writes[i].To)
	}
	return list
}

func (l *Loop) dropSpace(k int) {
	l.Space = cut(l.Space, k)
	dropIndex(l.accesses(), k)
}

func cut(list []dsl.Dim, k int) []dsl.Dim {
	return append(append([]dsl.Dim(nil), list[:k]...), list[k+1:]...)
}

func joined(list []dsl.Dim, k int) []dsl.Dim {
	out := cut(list, k+1)
	out[k] = list[k].Mul(list[k+1])
	return out
}

// dropIndex takes index k, which is 0 or has been joined to another, out of
// all maps.
func dropIndex(list []*Access, k int) {
	drop := func(a dsl.Affine) dsl.Affine {
		a.Coef = append(append([]int(nil), a.Coef[:k]...), a.Coef[k+1:]...)
		return a
	}
	for _, a := range list {
		for i := range a.Map {
			a.Map[i] = drop(a.Map[i])
		}
		for i := range a.Guards {
			a.Guards[i].Pos = drop(a.Guards[i].Pos)
		}
	}
}

// dropUnits drops the axes of size one of what is accessed.
func (a *Access) dropUnits() {
	for k := len(a.Map) - 1; k >= 0; k-- {
		if len(a.Map) == 1 && a.Buffer == nil || !a.Shape[k].Is(1) || !a.Map[k].IsFixed() || !a.Map[k].Const.Is(0) || a.picked(k) {
			continue
		}
		a.dropAxis(k)
	}
}

func (a *Access) picked(axis int) bool {
	for _, p := range a.Picks {
		if p.Axis == axis {
			return true
		}
	}
	return false
}

func (a *Access) dropAxis(k int) {
	a.Shape = cut(a.Shape, k)
	a.Map = append(a.Map[:k], a.Map[k+1:]...)
	a.Picks = append([]Pick(nil), a.Picks...)
	for i := range a.Picks {
		if a.Picks[i].Axis > k {
			a.Picks[i].Axis--
		}
	}
}

// mergeable reports whether indices k and k+1, the second over size, can
// become one in all accesses.
func mergeable(list []*Access, k int, size dsl.Dim) bool {
	for _, a := range list {
		for _, g := range a.Guards {
			if g.Pos.Coef[k] != 0 || g.Pos.Coef[k+1] != 0 {
				return false
			}
		}
		if _, ok := a.pair(k, size); !ok {
			return false
		}
	}
	return true
}

// pair finds the axes of an access that indices k and k+1 go along, one whole
// axis each, next to each other; -1 when the access does not depend on them.
func (a *Access) pair(k int, size dsl.Dim) (axis int, ok bool) {
	axis = -1
	for i, p := range a.Map {
		if p.Coef[k] == 0 && p.Coef[k+1] == 0 {
			continue
		}
		at, plain := p.Plain()
		switch {
		case !plain:
			return 0, false
		case at == k && axis < 0 && i+1 < len(a.Map) && a.Shape[i+1].Equal(size):
			axis = i
		case at == k+1 && axis >= 0 && i == axis+1:
		default:
			return 0, false
		}
	}
	if axis >= 0 {
		at, plain := a.Map[axis+1].Plain()
		return axis, plain && at == k+1
	}
	return axis, true
}

func merge(list []*Access, k int) {
	for _, a := range list {
		for i := range a.Map {
			if a.Map[i].Coef[k+1] != 0 {
				a.Shape[i-1] = a.Shape[i-1].Mul(a.Shape[i])
				a.dropAxis(i)
				break
			}
		}
	}
	dropIndex(list, k+1)
}
