package ir

import (
	"math"
	"strconv"

	"github.com/gtc-lang/gtc/dsl"
)

// binder matches the arguments of a call with the formals of a declaration.
type binder struct {
	l     *lowerer
	scope *scope // of the callee
	decl  *dsl.Callable
	back  map[string]string // the caller's label for each of the callee's
	lacks bool              // a setting is missing; what the list of inputs has too much may be meant
	taken []*actual         // what is given for each input
	rest  []dsl.Dim         // what `...` stands for
	known bool              // rest is known
}

// settings binds the settings: compile-time integers and booleans, and floats
// that become settings of the program. Those that fail are poison, and not all
// are good then.
func (k *binder) settings(c *configured) (good bool) {
	taken, good := k.assign("setting", c.args, k.decl.Settings)
	paired := good
	for i, formal := range k.decl.Settings {
		value := thing(poison{})
		good = k.l.attempt(func() {
			arg, from := taken[i], c.from
			if arg == nil {
				arg, from = formal.Default, k.scope
			}
			switch {
			case arg != nil:
				value = k.within("setting", formal, arg, k.setting(formal, arg, from))
			case paired: // else it may be what another argument meant
				k.lacks = true
				k.l.fail("GT0213", k.call(c), k.title()+" needs the setting "+quote(formal.Name.Name), "", k.usage(formal),
					dsl.Label{At: formal.At, Text: "declared here"})
			}
		}) && good
		k.bind(formal, value)
	}
	return good
}

func (k *binder) call(c *configured) dsl.Node {
	if n := len(k.l.calls); n > 0 {
		return dsl.Place{At: k.l.calls[n-1]}
	}
	return k.decl.Name
}

// usage shows how a setting is given.
func (k *binder) usage(formal *dsl.Param) string {
	call := k.decl.Name.Name + "(" + formal.Name.Name + ": …)"
	if k.decl.Kind == dsl.Model {
		return "give it a default where it is declared: a model is also run by itself"
	}
	if len(k.decl.Inputs) == 0 || lonelySettings(&callable{decl: k.decl}) {
		return "write " + call
	}
	first := k.decl.Inputs[0].Name.Name
	return "write " + first + " |> " + call + ", or " + call + "(" + first + "); a lone list holds inputs"
}

// listed is "its settings are out and bias".
func listed(what string, formals []*dsl.Param) string {
	var names []string
	for _, f := range formals {
		names = append(names, f.Name.Name)
	}
	switch len(names) {
	case 0:
		return "it has no " + what + "s"
	case 1:
		return "its " + what + " is " + names[0]
	}
	return "its " + what + "s are " + listText(names)
}

// listed says of a layer, too, what is none of its settings.
func (k *binder) listed(what string, formals []*dsl.Param) string {
	list := listed(what, formals)
	if k.decl.Kind == dsl.Layer {
		list += "; the size of its inputs is not written, it follows from what it is called with"
	}
	return list
}

func (k *binder) title() string { return string(k.decl.Kind) + " " + k.decl.Name.Name }

func (k *binder) bind(formal *dsl.Param, value thing) *binding {
	b := k.scope.bind(formal.Name.Name, value, formal.Name.At)
	b.used = true
	return b
}

// assign pairs arguments with formals, by name or in order; good says whether
// each has one of its own.
func (k *binder) assign(what string, args []*dsl.Arg, formals []*dsl.Param) (taken []dsl.Expr, good bool) {
	taken, good = make([]dsl.Expr, len(formals)), true
	next := 0
	for _, a := range args {
		good = k.l.attempt(func() {
			i := next
			if a.Name != nil {
				i = k.formal(what, a.Name, formals)
			} else {
				next++
			}
			if i > len(formals) {
				panic(bail{}) // the first of what is too much is told
			}
			if i == len(formals) {
				k.l.fail("GT0214", a, k.title()+" has "+plural(len(formals), what), "one too many", k.listed(what, formals))
			}
			if taken[i] != nil {
				k.l.fail("GT0214", a, quote(formals[i].Name.Name)+" is given twice", "", listed(what, formals)+"; the first of them are given by position")
			}
			taken[i] = a.Value
		}) && good
	}
	return taken, good
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

func (k *binder) formal(what string, name *dsl.Ident, formals []*dsl.Param) int {
	var names []string
	for i, f := range formals {
		if f.Name.Name == name.Name {
			return i
		}
		names = append(names, f.Name.Name)
	}
	help := listed(what, formals)
	if near := dsl.SettingMeant(name.Name, names); near != "" {
		help = "did you mean " + near + "?"
	} else if hint := dsl.HintFor(name.Name, false); hint != "" {
		help = hint
	}
	k.l.fail("GT0214", name, k.title()+" has no "+what+" "+quote(name.Name), "", help)
	return 0
}

// setting lowers one setting in the scope it is written in.
func (k *binder) setting(formal *dsl.Param, arg dsl.Expr, from *scope) thing {
	l, name := k.l, formal.Name.Name
	switch kindOf(formal) {
	case "int":
		if label := labelOf(arg); label != "" && from != k.scope {
			k.back[name] = label
		}
		return dimension{d: l.dim(from, arg), name: name, from: k.setBy(formal, arg)}
	case "bool":
		v := l.expr(from, arg)
		if _, ok := v.(truth); !ok {
			l.fail("GT0215", arg, "the setting "+quote(name)+" is true or false, known at compile time", "this is "+describe(v), k.listed("setting", k.decl.Settings))
		}
		return v
	}
	if sched := k.schedule(from, arg); sched != nil {
		path := join(k.scope.body.pattern, name)
		b := &body{path: join(k.scope.body.path, name), pattern: path, draws: path, kind: dsl.Schedule}
		return l.invokeAs(from, sched, arg, nil, b)
	}
	v := l.expr(from, arg)
	if n, ok := v.(number); ok && !l.fn.initial && k.decl.Kind != dsl.Func && k.decl.Kind != dsl.Initializer {
		return scalarOf(l.setting(k.settingPath(name, n.f, arg), n.f, arg.Span(), false))
	}
	return v
}

// settingPath is the path of a setting that begins with a number: one for all
// iterations of the loops around, but for those that have another number,
// which have settings of their own. A model is one wherever it is called, and
// so are its settings.
func (k *binder) settingPath(name string, first float64, arg dsl.Expr) string {
	b := k.scope.body
	path := join(b.pattern, name)
	if !k.l.isOther(path, first) {
		return path
	}
	path = join(b.path, name)
	right := k.l.diags.Err() == nil // else names may clash that are wrong themselves
	if right && k.l.isOther(path, first) {
		known := k.l.settings[path]
		k.l.fail("GT0247", arg, quote(path)+" is "+shortest(first)+" here and "+shortest(known.Default)+" elsewhere", "",
			"a model has one number for each setting, wherever it is called: give it where the model is declared, or set it for a run with -set "+path+"="+shortest(first),
			dsl.Label{At: known.At, Text: "here it is " + shortest(known.Default)})
	}
	return path
}

// isOther reports whether there is a setting of another number.
func (l *lowerer) isOther(path string, first float64) bool {
	known := l.settings[path]
	return known != nil && math.Float64bits(known.Default) != math.Float64bits(first)
}

// setBy says what set a setting: "MLP(hidden: 128) at digits.gt:21".
func (k *binder) setBy(formal *dsl.Param, arg dsl.Expr) string {
	at := arg.Span()
	if arg == formal.Default || !at.Valid() {
		return ""
	}
	return k.decl.Name.Name + "(" + formal.Name.Name + ": " + at.Text() + ") at " + at.Source.Name + ":" + strconv.Itoa(at.Line())
}

// schedule is the schedule that an argument calls, or nil.
func (k *binder) schedule(from *scope, arg dsl.Expr) *configured {
	e, args := arg, []*dsl.Arg(nil)
	if c, ok := arg.(*dsl.Call); ok {
		e, args = c.Fn, c.Args
	}
	n, ok := e.(*dsl.Name)
	if !ok {
		return nil
	}
	b := from.find(n.Name)
	if b == nil {
		return nil
	}
	if c, ok := b.value.(*callable); ok && c.decl.Kind == dsl.Schedule {
		b.used = true
		return &configured{callable: c, args: args, from: from}
	}
	return nil
}

// kindOf is the word a formal is typed by: "int", "bool", or "".
func kindOf(formal *dsl.Param) string {
	if formal.Type == nil || formal.Type.Shape != nil {
		return ""
	}
	return formal.Type.Elem
}

// inputs binds the inputs, matching shapes. Those that fail are poison, and so
// are the names that only their shapes bind.
func (k *binder) inputs(at dsl.Node, given []actual) {
	taken, good := k.pair(given)
	k.taken = taken
	k.l.each(len(taken), func(j int) {
		formal := k.decl.Inputs[j]
		value := thing(poison{})
		defer func() {
			b := k.bind(formal, value)
			b.used = k.decl.Kind != dsl.Model && k.decl.Kind != dsl.Eval // what is run by itself reads all that it is given
			if _, bad := value.(poison); bad {
				k.unbound(formal)
			}
		}()
		if taken[j] == nil && formal.Default == nil && !good {
			panic(bail{}) // it may be what another argument meant
		}
		given := at
		if taken[j] != nil {
			given = taken[j].at
		} else if formal.Default != nil {
			given = formal.Default
		}
		value = k.within("input", formal, given, k.input(at, formal, taken[j]))
	})
	if !good {
		panic(bail{})
	}
}

// pair pairs what is given with the formals; good says whether each has one of
// its own.
func (k *binder) pair(given []actual) (taken []*actual, good bool) {
	formals := k.decl.Inputs
	taken, good = make([]*actual, len(formals)), true
	next := 0
	for i := range given {
		a := &given[i]
		good = k.l.attempt(func() {
			j := next
			if k.lacks && (a.name != "" || j >= len(formals)) {
				panic(bail{})
			}
			if a.name != "" {
				j = k.formal("input", &dsl.Ident{Place: dsl.Place{At: a.at.Span()}, Name: a.name}, formals)
			} else {
				next++
			}
			if j > len(formals) {
				panic(bail{}) // the first of what is too much is told
			}
			if j == len(formals) {
				k.l.fail("GT0214", a.at, k.title()+" has "+plural(len(formals), "input"), "one too many", k.settingsHelp())
			}
			if taken[j] != nil {
				k.l.fail("GT0214", a.at, quote(formals[j].Name.Name)+" is given twice", "", "")
			}
			taken[j] = a
		}) && good
	}
	return taken, good
}

func (k *binder) settingsHelp() string {
	if len(k.decl.Settings) == 0 {
		return ""
	}
	n := k.decl.Name.Name
	return "a lone list holds inputs; settings go to the right of |> or before a second list: x |> " + n + "(…), " + n + "(…)(x)"
}

func (k *binder) input(at dsl.Node, formal *dsl.Param, a *actual) thing {
	l := k.l
	if a == nil {
		if formal.Default == nil {
			l.fail("GT0213", at, k.title()+" needs the input "+quote(formal.Name.Name), "", k.settingsHelp(), dsl.Label{At: formal.At, Text: "declared here"})
		}
		if formal.Name.Name == "axes" {
			return k.defaultAxes(formal)
		}
		return l.expr(k.scope, formal.Default)
	}
	sound(a.value)
	switch {
	case kindOf(formal) == "int":
		return dimension{d: l.dimOf(a.value, a.at), name: formal.Name.Name}
	case kindOf(formal) == "bool":
		if _, ok := a.value.(truth); !ok {
			l.fail("GT0215", a.at, "the input "+quote(formal.Name.Name)+" is true or false, known at compile time", "this is "+describe(a.value), "")
		}
		return a.value
	case formal.Type == nil || formal.Type.Shape == nil:
		return k.untyped(a.value)
	}
	return k.shaped(formal, a)
}

// untyped passes a value as it is; a tensor's labels become the caller's.
func (k *binder) untyped(v thing) thing {
	switch v := v.(type) {
	case tensor:
		return tensor{v: v.v, ax: foreign(v.ax)}
	case tuple:
		out := make(tuple, len(v))
		for i, x := range v {
			out[i] = k.untyped(x)
		}
		return out
	}
	return v
}

// foreign puts a tick before the labels of a caller's own scope. Capitals are
// the file's and mean the same everywhere.
func foreign(ax []string) []string {
	out := make([]string, len(ax))
	for i, label := range ax {
		out[i] = label
		if label != "" && !capital(label) {
			out[i] = "'" + label
		}
	}
	return out
}

func capital(label string) bool { return label[0] >= 'A' && label[0] <= 'Z' }
