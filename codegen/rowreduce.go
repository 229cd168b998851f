package codegen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/plan"
)

// reduced is a number that a kernel returns.
type reduced struct {
	op, name string
	long     bool // over more than a run
}

// ends declares what a kernel reduces into, adds the steps to its loop, and
// returns the statement that gives the results.
func (k *rowSite) ends(f *site, before *block, kernel *rowKernel) *block {
	var results []string
	for _, r := range k.stage.Reduces {
		if !k.wanted[r.Local] {
			continue
		}
		x, to := f.operand(r.Value).text, kernel.reduced[len(results)]
		if r.Op != "sum" {
			before.line("%s := %s", to.name, k.neutral(extreme[r.Op], ir.Float))
			f.into.line("%[1]s = %[2]s(%[1]s, %[3]s)", to.name, r.Op, x)
			results = append(results, to.name)
			continue
		}
		before.line("%s", to.declaration(k.Float))
		f.into.line("%s[i&15] += %s", to.lanes(), x)
		if to.runs() {
			end := &block{}
			end.line("%s.EndRun()", to.name)
			f.into.nest("if i&(rt.ReduceRun-1) == rt.ReduceRun-1", end)
		}
		results = append(results, to.result())
	}
	end := &block{}
	if len(results) > 0 {
		end.line("return %s", strings.Join(results, ", "))
	}
	return end
}

var extreme = map[string]plan.Mode{"max": plan.Max, "min": plan.Min}

// runs reports whether the reduction is one of runs.
func (r *reduced) runs() bool { return r.long && r.op == "sum" }

// declaration declares the lanes of a reduction.
func (r *reduced) declaration(float string) string {
	kind := "Lanes"
	if r.runs() {
		kind = "Runs"
	}
	return fmt.Sprintf("var %s rt.%s[%s]", r.name, kind, float)
}

// lanes are the lanes of a reduction.
func (r *reduced) lanes() string {
	if r.runs() {
		return r.name + ".Lanes"
	}
	return r.name
}

// result is what the lanes are reduced to.
func (r *reduced) result() string {
	switch {
	case r.op != "sum":
		return r.name + "." + exported(r.op) + "()"
	case r.runs():
		return r.name + ".Total()"
	}
	return r.name + ".Fold()"
}

// resultTypes are the types of what a kernel returns.
func (k *rowKernel) resultTypes(float string) string {
	list := slices.Repeat([]string{float}, len(k.reduced))
	if len(list) > 1 {
		return "(" + strings.Join(list, ", ") + ")"
	}
	return strings.Join(list, "")
}
