package codegen

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/gtc-lang/gtc/ir"
)

// derived writes what a workspace keeps of the weights for one of its
// functions: variables that are computed once a version, and when that was.
type derived struct {
	*generator
	frame *frame
	owner *owner
	field string // of the workspace
	vars  []*ir.Var
	names map[*ir.Var]string
}

// derives reports whether the program has derived variables: only then do
// models count their versions.
func (g *generator) derives() bool { return len(g.funcs(ir.DeriveFunc)) > 0 }

// newDerived prepares what the function of a name reads; nil when that is
// nothing.
func (g *generator) newDerived(name string, o *owner, field string) *derived {
	fn := g.funcOf(name, ir.DeriveFunc)
	if fn == nil {
		return nil
	}
	d := &derived{generator: g, owner: o, field: field, names: map[*ir.Var]string{}}
	scope := (&names{}).scope("frame", "version", "settings")
	for _, v := range g.plan.Program.Vars {
		if v.Kind == ir.DerivedVar && v.Train == name {
			d.vars = append(d.vars, v)
			_, short, _ := strings.Cut(v.Name, "/")
			d.names[v] = scope.pick(local(short))
			o.varField[v] = field + "." + d.names[v]
		}
	}
	d.frame = g.newFrame(fn, local(name)+"Derive", o, nil)
	return d
}

// declaration is the workspace's field.
func (d *derived) declaration() jen.Code {
	fields := []jen.Code{
		jen.Id("frame").Id(d.frame.name),
		jen.Id("version").Uint64().Add(remark("of the weights that they are of")),
	}
	if n := len(d.frame.settings); n > 0 {
		fields = append(fields, jen.Id("settings").Index(jen.Lit(n)).Float64())
	}
	for _, v := range d.vars {
		fields = append(fields, jen.Id(d.names[v]).Index().Id(d.Float).Add(remark(shapeText(v.Shape))))
	}
	return jen.Id(d.field).Struct(fields...)
}

// allocate gives the variables their memory.
func (d *derived) allocate(b *block) {
	for _, v := range d.vars {
		b.line("w.%s.%s = %s", d.field, d.names[v], d.room(ir.Float, ir.Volume(v.Shape).Max()))
	}
}

// place is how a constructor names the frame.
func (d *derived) place() string { return "w." + d.field + ".frame" }

// method is the name of the workspace's method that brings them up to date.
func (d *derived) method() string { return "refresh" + exported(d.field) }

// refresh writes that method.
func (d *derived) refresh() jen.Code {
	b := &block{}
	b.line("d := &w.%s", d.field)
	same := "d.version == w.model.version"
	if n := len(d.frame.settings); n > 0 {
		var now []string
		for _, s := range d.frame.settings {
			now = append(now, strings.Replace(d.owner.setting[s.Setting], "f."+d.owner.field+".", "w.", 1))
		}
		b.line("settings := [%d]float64{%s}", n, strings.Join(now, ", "))
		same += " && d.settings == settings"
	}
	current, failed := &block{}, &block{}
	current.line("return nil")
	b.nest("if "+same, current)
	failed.line("return err")
	b.line("d.version = 0 // none, until all is computed")
	b.nest("if err := d.frame.run(); err != nil", failed)
	b.line("d.version = w.model.version")
	if len(d.frame.settings) > 0 {
		b.line("d.settings = settings")
	}
	b.line("return nil")
	return doc(fmt.Sprintf("%s computes what %s keeps of the weights, once a version of them.", d.method(), d.frame.fn.IR.Name)).
		Func().Params(jen.Id("w").Op("*").Id(d.owner.typeName)).Id(d.method()).Params().Error().Block(b.code...)
}

// changed is the method of Model that begins a new version.
func (g *generator) changed() jen.Code {
	return doc("Changed has sessions see weights that were written by hand: they keep some things that", "they computed from the last version. Training and Load call it themselves.").
		Func().Params(jen.Id("w").Op("*").Id("Model")).Id("Changed").Params().Block(jen.Op("w.version++"))
}
