package codegen

import (
	"strings"

	"github.com/gtc-lang/gtc/ir"
)

// owners prepares how frames reach variables and settings: those of models by
// way of the model, those of a train block by way of its workspace.
func (g *generator) owners() {
	g.modelSettings = newTree()
	g.settingPath = map[*ir.Setting]string{}
	for _, s := range g.plan.Program.Settings {
		if !s.Driven && g.trainOf(s) == "" {
			g.settingPath[s] = g.modelSettings.put(strings.Split(s.Path, "."), nil, rangeNote(s))
		}
	}
	g.model = g.owner("Model", "model", "")
}

// trainOf is the train block a setting belongs to; "" when it is a model's.
func (g *generator) trainOf(s *ir.Setting) string {
	first, _, _ := strings.Cut(s.Path, ".")
	for _, t := range g.plan.Program.Trains {
		if t.Name == first {
			return first
		}
	}
	return ""
}

// owner is a workspace whose way to the model is via.
func (g *generator) owner(typeName, field, via string) *owner {
	o := &owner{typeName: typeName, field: field, varField: map[*ir.Var]string{}, setting: map[*ir.Setting]string{}, list: via + "settings"}
	for _, v := range g.plan.Program.Vars {
		if v.Train == "" {
			o.varField[v] = via + g.tree.exprs[v]
		}
	}
	for _, s := range g.plan.Program.Settings {
		if s.Driven { // outside of training nothing drives it
			o.setting[s] = number(s.Default)
		}
	}
	for s, selector := range g.settingPath {
		o.setting[s] = "f." + field + "." + via + "Settings." + selector
	}
	return o
}
