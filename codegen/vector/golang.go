package vector

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// goOps is each operation in Go: $0, $1 and $2 stand for its operands. What
// has a name is a function of the package that the code is for.
var goOps = map[string]goOp{
	"add": {"$0 + $1", goAdd}, "sub": {"$0 - $1", goAdd}, "div": {"$0 / $1", goMul}, "neg": {"-$0", goUnary},
	"mul":  {"float32($0 * $1)", goCall}, // which Go does not fuse with what it is added to
	"fma":  {"fma($0, $1, $2)", goCall},
	"sqrt": {"sqrt($0)", goCall}, "abs": {"abs($0)", goCall}, "min": {"lesser($0, $1)", goCall}, "max": {"greater($0, $1)", goCall},
	"floor": {"floor($0)", goCall}, "ceil": {"ceil($0)", goCall}, "round": {"round($0)", goCall}, "scale": {"scale($0, $1)", goCall},
	"lt": {"$0 < $1", goCompare}, "le": {"$0 <= $1", goCompare}, "eq": {"$0 == $1", goCompare},
	"and": {"$0 && $1", goAnd}, "or": {"$0 || $1", goOr}, "not": {"!$0", goUnary},
	"bits": {"bits($0)", goCall}, "from_bits": {"fromBits($0)", goCall}, "float": {"float32($0)", goCall},
	"int_add": {"$0 + $1", goAdd}, "int_sub": {"$0 - $1", goAdd}, "int_lt": {"$0 < $1", goCompare}, "int_eq": {"$0 == $1", goCompare},
	"bit_and": {"$0 & $1", goMul}, "bit_or": {"$0 | $1", goAdd}, "bit_xor": {"$0 ^ $1", goAdd},
	"shift_left": {"$0 << $1", goMul}, "shift_right": {"$0 >> $1", goMul},
}

// goOp is an operation's text, and how tightly it binds.
type goOp struct {
	text string
	prec int
}

// Precedences of Go. Operands of a call need no parentheses.
const (
	goOr = iota + 1
	goAnd
	goCompare
	goAdd
	goMul
	goUnary
	goCall
)

var goTypes = map[byte]string{'f': "float32", 'i': "int32", 'm': "bool"}

// goWriter writes a program as statements: what has a name, or is used more
// than once, is a variable; anything else stands where it is used.
type goWriter struct {
	*Program
	used   []int
	last   []Value // of each value: the statement that reads it last
	names  []string
	held   map[string]Value // variables, and what they hold
	tables []Value          // in the order of their numbers
	out    strings.Builder
}

// Go writes a program of one result as a Go function. A function that leaves elements to
// scalar code calls NAMEFar, which is written by hand.
func (p *Program) Go() string {
	w := &goWriter{Program: p, used: p.uses(), names: make([]string, len(p.Instrs)), held: map[string]Value{}}
	w.lifetimes()
	name := exported(p.Name)
	fmt.Fprintf(&w.out, "func %s(", name)
	for i, v := range p.Params {
		if i > 0 {
			w.out.WriteString(", ")
		}
		w.names[v] = p.Instrs[v].Name
		w.held[w.names[v]] = v
		w.out.WriteString(w.names[v])
	}
	w.out.WriteString(" float32) float32 {\n")
	for v := range p.Instrs {
		if w.statement(Value(v)) {
			w.assign(Value(v))
		}
		if Value(v) == p.Leave {
			fmt.Fprintf(&w.out, "\tif %s {\n\t\treturn %sFar(%s)\n\t}\n", w.expr(p.Leave, 0), local(name), w.list(p.Params))
		}
	}
	w.result(p.Results[0])
	w.out.WriteString("}\n")
	w.writeTables()
	return w.out.String()
}

// rows is how many numbers the tables have: those of the longest one.
func (w *goWriter) rows() (n int) {
	for _, in := range w.Instrs {
		n = max(n, len(in.Table))
	}
	return n
}

// writeTables writes the numbers of all tables, those of an index together.
func (w *goWriter) writeTables() {
	if len(w.tables) == 0 {
		return
	}
	fmt.Fprintf(&w.out, "\nvar %sTable = [%d][%d]float32{\n", local(w.Name), w.rows(), len(w.tables))
	for k := range w.rows() {
		var row []string
		for _, v := range w.tables {
			table := w.Instrs[v].Table
			row = append(row, strconv.FormatFloat(float64(table[k%len(table)]), 'g', -1, 32))
		}
		fmt.Fprintf(&w.out, "\t{%s},\n", strings.Join(row, ", "))
	}
	w.out.WriteString("}\n")
}

func exported(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

func local(name string) string { return strings.ToLower(name[:1]) + name[1:] }

// statement reports whether a value becomes a variable.
func (w *goWriter) statement(v Value) bool {
	switch in := w.Instrs[v]; {
	case in.Op == "param" || in.Op == "const" || w.used[v] == 0 || w.returned(v):
		return false
	default:
		return in.Name != "" || w.used[v] > 1 || in.Op == "where"
	}
}

// returned reports whether a value is what the function returns, or what a
// choice returns that is: its operands are not read by anything else.
func (w *goWriter) returned(v Value) bool {
	for r := w.Results[0]; w.used[r] == 1; r = w.Instrs[r].Args[2] {
		if r == v {
			return true
		}
		if w.Instrs[r].Op != "where" {
			return false
		}
	}
	return false
}

// lifetimes finds out which statement reads a value last.
func (w *goWriter) lifetimes() {
	end := Value(len(w.Instrs))
	w.last = make([]Value, end)
	at := make([]Value, end) // where a value is written: its own statement, or the one that it is part of
	for v := end - 1; v >= 0; v-- {
		switch {
		case w.statement(v):
			at[v] = v
		case v == w.Leave:
			at[v] = v
		case w.returned(v):
			at[v] = end
		default:
			at[v] = w.last[v] // all that read it have been seen
		}
		for _, a := range w.Instrs[v].Args {
			w.last[a] = max(w.last[a], at[v])
		}
		if v == w.Leave {
			for _, p := range w.Params {
				w.last[p] = max(w.last[p], v)
			}
		}
	}
	w.last[w.Results[0]] = end
}

// assign writes the statement of a value.
func (w *goWriter) assign(v Value) {
	in := w.Instrs[v]
	hint := in.Name
	if hint == "" {
		hint = "t"
	}
	if in.Op != "where" {
		text := w.expr(v, 0)
		fmt.Fprintf(&w.out, "\t%s %s\n", w.variable(v, v, hint), text)
		return
	}
	cond, yes := w.expr(in.Args[0], 0), w.expr(in.Args[1], 0)
	if old := w.names[in.Args[2]]; old != "" && w.last[in.Args[2]] == v {
		w.names[v] = old
		w.held[old] = v
	} else {
		no := w.expr(in.Args[2], 0)
		if w.Instrs[in.Args[2]].Op == "const" {
			no = goTypes[in.Kind] + "(" + no + ")"
		}
		fmt.Fprintf(&w.out, "\t%s %s\n", w.variable(v, v-1, hint), no) // cond and yes are read after it
	}
	fmt.Fprintf(&w.out, "\tif %s {\n\t\t%s = %s\n\t}\n", cond, w.names[v], yes)
}

// variable gives a value a variable, an old one if that is not read after
// another value: "p :=" or "p =".
func (w *goWriter) variable(v, after Value, hint string) string {
	for k := 1; ; k++ {
		name := hint
		if k > 1 {
			name += strconv.Itoa(k)
		}
		old, taken := w.held[name]
		switch {
		case !taken && goOps[name].text == "" && name != "bits" && name != "scale":
			w.names[v], w.held[name] = name, v
			return name + " :="
		case taken && w.last[old] <= after && w.kind(old) == w.kind(v):
			w.names[v], w.held[name] = name, v
			return name + " ="
		}
	}
}

// result returns a value; a choice returns one of two.
func (w *goWriter) result(v Value) {
	in := w.Instrs[v]
	if in.Op == "where" && w.returned(v) {
		fmt.Fprintf(&w.out, "\tif %s {\n\t\treturn %s\n\t}\n", w.expr(in.Args[0], 0), w.expr(in.Args[1], 0))
		w.result(in.Args[2])
		return
	}
	fmt.Fprintf(&w.out, "\treturn %s\n", w.expr(v, 0))
}

// expr is a value where something of a precedence stands around it.
func (w *goWriter) expr(v Value, prec int) string {
	in := w.Instrs[v]
	switch {
	case w.names[v] != "":
		return w.names[v]
	case in.Op == "const":
		return goConst(in)
	case in.Op == "call":
		return exported(in.Callee.Name) + "(" + w.list(in.Args) + ")"
	case in.Op == "table":
		w.tables = append(w.tables, v)
		return fmt.Sprintf("%sTable[%s&%d][%d]", local(w.Name), w.expr(in.Args[0], goMul), w.rows()-1, len(w.tables)-1)
	}
	op := goOps[in.Op]
	text := op.text
	for i, a := range in.Args {
		inner := op.prec
		switch {
		case op.prec == goCall && in.Op != "mul":
			inner = 0
		case in.Op == "mul":
			inner = goMul
		}
		if i == 1 && inner != 0 {
			inner++ // a - (b - c)
		}
		text = strings.ReplaceAll(text, "$"+strconv.Itoa(i), w.expr(a, inner))
	}
	if op.prec < prec {
		return "(" + text + ")"
	}
	return text
}

func (w *goWriter) list(args []Value) string {
	var list []string
	for _, a := range args {
		list = append(list, w.expr(a, 0))
	}
	return strings.Join(list, ", ")
}

// goConst is a constant as Go writes it.
func goConst(in Instr) string {
	if in.Kind == 'i' {
		return strconv.Itoa(int(int32(in.Bits)))
	}
	switch x := float64(math.Float32frombits(in.Bits)); {
	case math.IsNaN(x):
		return "nan"
	case math.IsInf(x, 1):
		return "inf"
	case math.IsInf(x, -1):
		return "-inf"
	case x == math.Trunc(x) && math.Abs(x) < 1<<31 && !(x == 0 && math.Signbit(x)):
		return strconv.Itoa(int(x))
	default:
		return strconv.FormatFloat(x, 'g', -1, 32)
	}
}
