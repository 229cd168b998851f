package codegen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/gtc-lang/gtc/codegen/vector"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/plan"
)

// rowKernel is an innermost loop as a function over slices, which any loop
// calls that does the same along its rows. It reads and writes rows in order
// and is given what stays the same along them.
type rowKernel struct {
	name    string
	makes   string   // for its comment
	rows    []string // parameters: slices
	numbers []string // parameters: what stays the same
	written []string // rows that it writes, in order
	reduced []reduced
	vector  *vector.Loop
	body    []jen.Code
}

// rowSite turns the innermost loop at a site into a call of a row kernel.
type rowSite struct {
	*site
	uses    []int
	rounded []bool
	varying []bool // instructions whose results differ along the row

	rows    parameters
	numbers parameters
	scope   *names // of the kernel
	key     strings.Builder
}

// kernelWords are names that the functions of a kernel use beside their
// parameters, and those that the assembler knows as something else.
var kernelWords = []string{"rt", "i", "inf", "nan", "lo", "hi", "n", "done", "dst", "dst2", "dst3", "dst4", "dst5", "dst6", "dst7", "dst8", "g"}

// parameters are those of a kernel, in the order in which it uses them.
type parameters struct {
	names []string
	args  []string // what the site gives for them
}

// of is the number of the parameter for an argument; -1 if there is none.
func (p *parameters) of(arg string) int { return slices.Index(p.args, arg) }

// add is the number of the parameter for an argument, which is a new one the
// first time.
func (p *parameters) add(arg, hint string, scope *names) int {
	if n := p.of(arg); n >= 0 {
		return n
	}
	p.names, p.args = append(p.names, scope.pick(hint)), append(p.args, arg)
	return len(p.args) - 1
}

// call writes the loop as a call of a row kernel; false if it is none.
// Reductions are left in the row's scalars.
func (t *site) call(into *block, row *names) bool {
	k := &rowSite{site: t, scope: (&names{}).scope(kernelWords...)}
	k.uses, k.rounded = t.count()
	if t.Float != "float32" || t.inner < 0 || !k.sort() || !k.fits() {
		return false
	}
	pre := &block{}
	t.into, t.values = pre, make([]expr, len(t.stage.Body))
	if !k.bind() {
		return false
	}
	kernel := k.kernel()
	t.slow = t.slow || kernel.vector == nil
	into.append(t.hoisted)
	into.append(pre)
	call := fmt.Sprintf("%s(%s)", kernel.name, strings.Join(append(k.rows.args, k.numbers.args...), ", "))
	if names := k.results(row); len(names) > 0 {
		call = strings.Join(names, ", ") + " := " + call
	}
	into.line("%s", call)
	return true
}

// sort finds what differs along the row.
func (k *rowSite) sort() bool {
	k.varying = make([]bool, len(k.stage.Body))
	for i := range k.stage.Body {
		in := &k.stage.Body[i]
		if k.uses[i] == 0 {
			continue
		}
		if in.Draw != nil || in.Op == "guard" || in.Access != nil && !k.plain(in.Access) {
			return false
		}
		switch in.Op {
		case "read":
			k.varying[i] = !k.element(in.Access).coef[k.inner].Is(0)
		case "iota":
			k.varying[i] = in.Access.Map[0].Coef[k.inner] != 0
		default:
			k.varying[i] = slices.ContainsFunc(in.Args, k.varies)
		}
		if k.varying[i] && (in.DType == ir.Int || in.Op == "read" && in.DType != ir.Float) {
			return false
		}
	}
	return true
}

func (k *rowSite) varies(o plan.Operand) bool { return o.Kind == plan.OfInstr && k.varying[o.Index] }

// plain reports whether an access runs along a row, or stays where it is.
func (k *rowSite) plain(a *plan.Access) bool {
	if len(a.Picks) > 0 || conjunction(a.Guards, k.space, k.positions()) != "" {
		return false
	}
	if a.Buffer == nil {
		return true
	}
	s := k.element(a)
	return len(s.terms) == 0 && (s.coef[k.inner].Is(1) || s.coef[k.inner].Is(0))
}

// fits reports whether the writes and the reductions are such that the order
// along the row does not matter.
func (k *rowSite) fits() bool {
	s := k.stage
	any := false
	for i := range s.Writes {
		w := &s.Writes[i]
		if k.outside(&w.To) {
			continue
		}
		b := home(w.To.Buffer)
		if isNumber(b) || b.DType != ir.Float || w.Mode != plan.Store && w.Mode != plan.Add || !k.plain(&w.To) ||
			!k.element(&w.To).coef[k.inner].Is(1) || !k.apart(&w.To) || w.Value.Kind == plan.OfConst {
			return false
		}
		any = true
	}
	for _, r := range s.Reduces {
		if !k.wanted[r.Local] {
			continue
		}
		if r.Op == "argmax" || r.Value.DType != ir.Float || len(s.Inner) != 1 || !k.varies(r.Value) {
			return false
		}
		any = true
	}
	return any && len(s.Keeps) == 0
}

// apart reports whether what is written is read, if at all, at the same place.
func (k *rowSite) apart(to *plan.Access) bool {
	at := k.element(to).text(k.positions())
	for i := range k.stage.Body {
		a := k.stage.Body[i].Access
		if k.uses[i] == 0 || a == nil || a.Buffer == nil || !overlap(a.Buffer, to.Buffer) {
			continue
		}
		if !k.varying[i] || root(a.Buffer).Offset != root(to.Buffer).Offset || k.element(a).text(k.positions()) != at {
			return false
		}
	}
	return true
}

// bind computes what stays the same before the loop, and finds the parameters
// of the kernel in the order in which it uses them.
func (k *rowSite) bind() bool {
	for i := range k.stage.Body {
		in := &k.stage.Body[i]
		switch {
		case k.uses[i] == 0:
		case !k.varying[i]:
			k.values[i] = k.instr(i, k.uses[i], k.rounded[i])
		case in.Op == "read":
			fmt.Fprintf(&k.key, "%d row %d\n", i, k.rows.add(k.rowText(in.Access), k.frame.shortName(in.Access.Buffer), k.scope))
		default:
			fmt.Fprintf(&k.key, "%d %s %d", i, in.Op, in.DType)
			for _, a := range in.Args {
				if !k.operandKey(a) {
					return false
				}
			}
			k.key.WriteString("\n")
		}
	}
	for i := range k.stage.Writes {
		w := &k.stage.Writes[i]
		if k.outside(&w.To) {
			continue
		}
		fmt.Fprintf(&k.key, "write %d row %d", w.Mode, k.rows.add(k.rowText(&w.To), k.frame.shortName(w.To.Buffer), k.scope))
		if !k.operandKey(w.Value) {
			return false
		}
		k.key.WriteString("\n")
	}
	for _, r := range k.stage.Reduces {
		if k.wanted[r.Local] {
			fmt.Fprintf(&k.key, "%s %t", r.Op, long(k.stage.Inner))
			k.operandKey(r.Value)
			k.key.WriteString("\n")
		}
	}
	return true
}

// operandKey notes an operand, which becomes a parameter if it stays the same
// along the row and is no constant.
func (k *rowSite) operandKey(o plan.Operand) bool {
	if k.varies(o) {
		fmt.Fprintf(&k.key, " %%%d", o.Index)
		return true
	}
	x := k.operand(o)
	if x.fixed {
		fmt.Fprintf(&k.key, " %s", x.text)
		return true
	}
	if x.dtype != ir.Float || o.DType != ir.Float {
		return false
	}
	hint := k.hint(o)
	if identifier.FindString(x.text) == x.text {
		hint = x.text
	}
	fmt.Fprintf(&k.key, " number %d", k.numbers.add(x.text, hint, k.scope))
	return true
}

// rowText is the slice that an access runs along.
func (k *rowSite) rowText(a *plan.Access) string {
	text, _ := k.place(a, true)
	name, _, _ := strings.Cut(text, "[")
	return name
}

// results are the names of the reductions in the row.
func (k *rowSite) results(row *names) []string {
	var list []string
	for _, r := range k.stage.Reduces {
		if k.wanted[r.Local] {
			k.rowNames[r.Local] = row.pick(r.Op)
			list = append(list, k.rowNames[r.Local])
		}
	}
	return list
}

// kernel is the package's kernel that does what the loop does, by a name that
// nothing hides here.
func (k *rowSite) kernel() *rowKernel {
	key := k.key.String()
	known, ok := k.kernels[key]
	for ; ok && k.names.hides(known.name); known, ok = k.kernels[key] {
		key += "by another name\n"
	}
	if ok {
		return known
	}
	name := k.types.pick(k.title())
	for k.names.hides(name) {
		name = k.types.pick(name)
	}
	r := &rowKernel{name: name, rows: k.rows.names, numbers: k.numbers.names, makes: k.made()}
	for _, part := range []string{"", "Go", "Chunk", "AVX2", "AVX512"} {
		k.types.taken[name+part], k.kernelNames.taken[name+part] = true, true
	}
	for i := range k.stage.Writes {
		if w := &k.stage.Writes[i]; !k.outside(&w.To) {
			r.written = append(r.written, k.rowName(&w.To))
		}
	}
	for _, step := range k.stage.Reduces {
		if k.wanted[step.Local] {
			r.reduced = append(r.reduced, reduced{step.Op, k.scope.pick(step.Op), long(k.stage.Inner)})
		}
	}
	r.vector = k.vector(r)
	r.body = k.function(r)
	k.kernels[key] = r
	k.kernelList = append(k.kernelList, r)
	return r
}

// title names a kernel by what it makes last.
func (k *rowSite) title() string {
	name := "row"
	for i := range k.stage.Writes {
		name = k.frame.shortName(k.stage.Writes[i].To.Buffer) + "Row"
	}
	for _, r := range k.stage.Reduces {
		if k.wanted[r.Local] && len(k.stage.Writes) == 0 {
			name = r.Op + exported(k.hint(r.Value)) + "Row"
		}
	}
	return name
}

// made lists what the kernel makes, in its own names.
func (k *rowSite) made() string {
	var list []string
	for i := range k.stage.Writes {
		if w := &k.stage.Writes[i]; !k.outside(&w.To) {
			list = append(list, k.rowName(&w.To))
		}
	}
	for _, r := range k.stage.Reduces {
		if k.wanted[r.Local] {
			list = append(list, "a "+r.Op)
		}
	}
	return strings.Join(list, ", ")
}

// function is the loop, over the parameters.
func (k *rowSite) function(r *rowKernel) []jen.Code {
	b, loop := &block{}, &block{}
	n := &nest{scalars: scalars{generator: k.generator, names: k.scope, into: loop}, frame: k.frame, loop: k.loop,
		rowNames: make([]string, len(k.loop.Locals)), wanted: k.wanted}
	f := &site{nest: n, stage: k.stage, inner: 0, values: make([]expr, len(k.stage.Body))}
	k.fill(f)
	first := r.rows[0]
	for _, name := range r.rows[1:] {
		b.line("%[1]s = %[1]s[:len(%[2]s)]", name, first)
	}
	end := k.ends(f, b, r)
	b.nest(fmt.Sprintf("for i := range %s", first), loop)
	b.append(end)
	return b.code
}

// fill writes the body of a kernel's loop.
func (k *rowSite) fill(f *site) {
	for i, name := range k.rowNames {
		if n := k.numbers.of(name); n >= 0 {
			f.rowNames[i] = k.numbers.names[n]
		}
	}
	for i := range k.stage.Body {
		in := &k.stage.Body[i]
		switch {
		case k.uses[i] == 0:
		case !k.varying[i]:
			f.values[i] = k.values[i]
			if n := k.numbers.of(k.values[i].text); n >= 0 {
				f.values[i].text, f.values[i].prec = k.numbers.names[n], precAtom
			}
		case in.Op == "read":
			e := expr{text: k.rowName(in.Access) + "[i]", prec: precAtom, dtype: in.DType}
			if k.uses[i] > 1 || len(k.stage.Writes) > 1 {
				e = f.variable(k.hint(plan.Operand{Kind: plan.OfInstr, Index: i}), e)
			}
			f.values[i] = e
		default:
			f.values[i] = f.instr(i, k.uses[i], k.rounded[i])
		}
	}
	values := make([]expr, len(k.stage.Writes))
	for i := range k.stage.Writes {
		values[i] = f.operand(k.stage.Writes[i].Value)
	}
	for i := range k.stage.Writes {
		w := &k.stage.Writes[i]
		if k.outside(&w.To) {
			continue
		}
		sign := map[plan.Mode]string{plan.Store: "=", plan.Add: "+="}[w.Mode]
		f.into.line("%s[i] %s %s", k.rowName(&w.To), sign, values[i].text)
	}
}

// rowName is the parameter for an access.
func (k *rowSite) rowName(a *plan.Access) string { return k.rows.names[k.rows.of(k.rowText(a))] }

// kernelsFile is the package's row kernels; nil when it has none.
func (g *generator) kernelsFile(pkg string) *jen.File {
	if len(g.kernelList) == 0 {
		return nil
	}
	file := g.file(pkg)
	var list []jen.Code
	for _, k := range g.kernelList {
		list = append(list, k.code(g.Float))
	}
	addAll(file, list)
	return file
}

// code is the function.
func (k *rowKernel) code(float string) jen.Code {
	name := k.name
	if k.vector != nil {
		name += "Go" // what its assembly means, and what stands for it elsewhere
	}
	c := jen.Add(remark(name + " computes, along a row, " + k.makes + ".")).Line()
	params := []jen.Code{idents(k.rows).Index().Id(float)}
	if len(k.numbers) > 0 {
		params = append(params, idents(k.numbers).Id(float))
	}
	c.Func().Id(name).Params(params...)
	if text := k.resultTypes(float); text != "" {
		c.Id(text)
	}
	return c.Block(k.body...)
}

// idents are names with commas between them.
func idents(names []string) *jen.Statement {
	list := make([]jen.Code, len(names))
	for i, name := range names {
		list[i] = jen.Id(name)
	}
	return jen.List(list...)
}
