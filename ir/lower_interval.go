package ir

import (
	"math"

	"github.com/gtc-lang/gtc/dsl"
)

// A parameter declares beside its default what it may be: rate = 0.5 in 0..1. A
// number that is known is checked against it where it is given. A setting of
// the program takes the interval with it, so that whoever changes the setting is
// held to it; one that is handed on, Block(rate) to Dropout(rate), is held to
// all intervals it comes to.

const rangeHelp = "write in 0..1 for 0 or more and below 1, 0..=1 with the 1, 0<.. for above 0, .. for any finite number"

// ranges checks what can be said of intervals without a call.
func (l *lowerer) ranges(lists ...[]*dsl.Param) {
	for _, list := range lists {
		for _, p := range list {
			if p.In != nil && (kindOf(p) == "bool" || p.Type != nil && p.Type.Shape != nil) {
				l.report(&dsl.Diagnostic{Code: "GT0327", At: p.In.At, Message: "only a number has a range", Here: quote(p.Name.Name) + " is " + p.Type.At.Text(), Help: "leave out in " + p.In.At.Text()})
			}
		}
	}
}

// interval is what a formal may be. The ends are numbers, or parameters before
// it that are known at compile time.
func (k *binder) interval(p *dsl.Param) Interval {
	i := AnyNumber
	if p.In.Lo != nil {
		i.Lo, i.Above = k.end(p.In.Lo), p.In.Above
	}
	if p.In.Hi != nil {
		i.Hi, i.Below = k.end(p.In.Hi), !p.In.Closed
	}
	if i.Empty() {
		k.l.fail("GT0327", p.In, "no number is in this range", "", rangeHelp)
	}
	return i
}

func (k *binder) end(e dsl.Expr) float64 {
	v := sound(k.l.expr(k.scope, e))
	n, ok := plain(v)
	if !ok || math.IsNaN(n) || math.IsInf(n, 0) {
		k.l.fail("GT0327", e, "the end of a range is a number that is known at compile time", "this is "+describe(v), rangeHelp)
	}
	return n
}

// within holds what is given for a formal to its interval, and gives it back.
func (k *binder) within(what string, p *dsl.Param, at dsl.Node, v thing) thing {
	if p.In == nil || kindOf(p) == "bool" {
		return v
	}
	r := &ranged{k: k, what: what, p: p, in: k.interval(p), at: at}
	switch v := v.(type) {
	case number:
		r.must(r.in.Has(v.f), v, at.Span())
	case dimension:
		low, high := v.d.Range() // of a size of run time, some may be in it
		found := thing(v)
		if low == high {
			found = number{f: float64(low)}
		}
		r.must(!r.in.Meet(Interval{Lo: float64(low), Hi: float64(high)}).Empty(), found, at.Span())
	case tensor:
		if leaf, ok := v.v.Attr.(*Leaf); ok && leaf.Kind == SettingLeaf && !leaf.Setting.Driven {
			r.narrow(leaf.Setting)
		}
	}
	return v
}

// ranged is a formal with its interval, and where something is given for it.
type ranged struct {
	k    *binder
	what string // "setting"
	p    *dsl.Param
	in   Interval
	at   dsl.Node
}

// narrow holds a setting to the interval from now on.
func (r *ranged) narrow(s *Setting) {
	r.must(r.in.Has(s.Default), number{f: s.Default}, s.At)
	in := r.in
	if s.In != nil {
		in = in.Meet(*s.In)
	}
	s.In = &in
}

// must reports what is not in the interval, where it is written: nowhere in a
// sample.
func (r *ranged) must(holds bool, v thing, written dsl.Span) {
	if holds || !written.Valid() {
		return
	}
	labels := []dsl.Label{{At: r.p.At, Text: "declared here"}}
	if at := r.at.Span(); at.Valid() && !at.Same(written) {
		labels = append([]dsl.Label{{At: at, Text: "handed on here"}}, labels...)
	}
	r.k.l.fail("GT0323", dsl.Place{At: written}, "the "+r.what+" "+quote(r.p.Name.Name)+" of "+r.k.title()+" is "+r.in.Words(),
		"this is "+describe(v), r.help(v, written), labels...)
}

func (r *ranged) help(v thing, written dsl.Span) string {
	name := r.p.Name.Name
	if n, _ := plain(v); n >= 5 && r.in.Hi <= 1 && r.in.Has(n/100) {
		return shortest(n) + " % is written " + shortest(n/100)
	}
	if hint := dsl.HintOutside(r.k.decl.Kind, name); hint != "" {
		return hint
	}
	if r.p.Default != nil && !r.p.Default.Span().Same(written) {
		return "without it, " + name + " is " + r.p.Default.Span().Text()
	}
	return ""
}
