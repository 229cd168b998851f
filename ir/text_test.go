package ir_test

import (
	"math/rand"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/irtest"
)

// sample has each kind of line. It is written as Print writes it.
const sample = `package "digits"
dim B <= 256
dim T <= 64
var "MLP.W" param f[64, 10]  // digits.gt:3
var "L.*.W" param f[4, 8, 8] stacked from 1
var "Fit.m" slot f[64, 10] of "MLP.W" train "Fit"
setting "Fit.lr" 0.01 in 0..1  // digits.gt:7
setting "step" 1 driven

func step "Fit" {  // digits.gt:9
  %0 x f[B, 64] = input "x"  // digits.gt:9
  %1 y i[B] = input "y"
  %2 W f[64, 10] = var "MLP.W"
  %3 "the logits" f[B, 10] = contract %0 %2 {i0<B i1<10 i2<64} [i0, i2] [i2, i1] -> [i0, i1]  // digits.gt:10
  %4 f[B, 2*T-1] = view %3 [i0, (2*i1-T+1)/2]
  %5 f[B, 12] = fold %3 [i0, i1+2]
  %6 f[] = sum %3 {0, 1}
  %7 i[] = argmax %3 {0, 1}
  %8 i[] = const_int -3
  %9 f[] = const +Inf
  %10 b[] = const_bool 1
  %11 f[] = setting "Fit.lr"
  %12 f[10, 64] = uniform %8 %7 "MLP.\"dropout\""
  %13 f[B, 64] = gather %12 %1 0
  %14 f[10, 64] = scatter %13 %1 0
  %15 i[T] = iota 2*B-1
  %16 i[] = size B*T+3
  %17 f[640] = reshape %14
  %18 = grad %6 %2 %0
  %19 f[64, 10] = out %18 0
  %20 h f[10] = sum %3 {0}
  %21 W f[4, 8, 8] = var "L.*.W"
  %22 layers = loop 4 reverse "layers" {  // digits.gt:12
    %23 i i[] = number
    %24 h f[10] = carried %20
    %25 f[8, 8] = row %21
    %26 f[] = whole %6
    %27 f[10] = view %26 []
    %28 f[10] = add %24 %27
    %29 = loop T {
      %30 i[] = number
      %31 f[10] = whole %28
      stack %31
    }
    %32 f[T, 10] = out %29 0
    next %28
    stack %25 %32
  }
  %33 f[10] = out %22 0
  inputs %0 %1
  result "loss" %6
  result "a" %4
  result "b" %5
  result "h" %33
  result "c" %17
  result "d" %16
  result "e" %15
  result "f" %10
  update "MLP.W" %19
  finite %6 %9 %11
}

func eval "E" {
}
`

func parse(t *testing.T, text string) *ir.Program {
	t.Helper()
	p, err := ir.Parse(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return p
}

func TestTextOfEveryLine(t *testing.T) {
	p := parse(t, sample)
	if again := p.String(); again != sample {
		t.Errorf("printed again:\n%s", again)
	}
	if w := p.Vars[0]; w.At.String() != "digits.gt:3:1" {
		t.Errorf("the place of a variable is %s", w.At)
	}
}

// TestTextOfLoops prints, reads and prints random loops with derivatives, and
// compares the texts.
func TestTextOfLoops(t *testing.T) {
	T := &dsl.Sym{Name: "T", Bound: 3}
	for n := int64(0); n < 100; n++ {
		g := &irtest.Loops{Rng: rand.New(rand.NewSource(n)), Grads: true}
		c := g.New(T.Dim(), dsl.Sizes{T: 2}, true)
		for k, r := range [][]*ir.Value{{c.Y}, irtest.Grads(c.Y, c.Xs...)} {
			p, f, err := c.Func(r...)
			if err != nil {
				t.Fatal(err)
			}
			p.Syms = append(p.Syms, T)
			for _, v := range ir.Order(f.Roots()...) {
				if l, ok := v.Attr.(*ir.Leaf); ok && l.Kind == ir.InputLeaf {
					f.Inputs = append(f.Inputs, v)
				}
			}
			if err := ir.Verify(p); err != nil {
				t.Fatalf("case %d.%d: %v", n, k, err)
			}
			once := p.String()
			if twice := parse(t, once).String(); twice != once {
				t.Fatalf("case %d.%d: printed again:\n%s\nbefore:\n%s", n, k, twice, once)
			}
		}
	}
}

// derived declares a variable that is derived for F, and what else there is.
const derived = "var \"W\" param f[3]\nvar \"m\" slot f[3] of \"W\"\nvar \"d\" derived f[3] train \"F\"\nsetting \"step\" 1 driven\n"

// wrong is texts that are refused, with a part of the message.
var wrong = []struct{ text, want string }{
	{"dam B", `line 1: "dam" is no declaration`},
	{"dim B <= 3\ndim B <= 4", "line 2: dim B is declared twice"},
	{"dim i0 <= 3", `dim "i0"`},
	{"dim B <= 99999999999999999999", "a number is expected"},
	{"var \"W\" param f[N]", `no dimension "N"`},
	{"dim N <= 3\nvar \"W\" param f[N]", "not known at compile time"},
	{"var \"W\" param f[3]\nvar \"W\" param f[3]", "there twice"},
	{"var \"W\" param f[99999999, 99999999]", "too large"},
	{"var \"m\" slot f[3] of \"W\"", `no variable "W"`},
	{"setting \"a\" x", "a number is expected"},
	{"func step \"F\" {", "has no end"},
	{"func step \"F\" { 3", `"3" is left over`},
	{"var \"d\" derived f[3] train \"F\"", "no function makes it"},
	{derived + "func derive \"G\" {\n%0 f[3] = var \"W\"\nupdate \"d\" %0\n}", `an update of "d"`},
	{derived + "func eval \"F\" {\n%0 f[3] = var \"W\"\nupdate \"d\" %0\n}", `an update of "d"`},
	{derived + "func derive \"F\" {\n%0 f[3] = var \"W\"\nupdate \"W\" %0\n}", `an update of "W"`},
	{derived + "func derive \"F\" {\n%0 f[3] = input \"x\"\ninputs %0\nupdate \"d\" %0\n}", "inputs, results or checks"},
	{derived + "func derive \"F\" {\n%0 f[3] = var \"m\"\nupdate \"d\" %0\n}", "of one that is slot"},
	{derived + "func derive \"F\" {\n%0 f[3] = var \"d\"\nupdate \"d\" %0\n}", "of one that is derived"},
	{derived + "func derive \"F\" {\n%0 f[] = setting \"step\"\n%1 f[3] = view %0 []\nupdate \"d\" %1\n}", "the training loop changes"},
	{derived + "func eval \"E\" {\n%0 f[3] = var \"d\"\nresult \"y\" %0\n}", `derived for "F"`},
	{"func step \"F\" {\n}\nfunc step \"F\" {\n}", "there twice"},
}

// wrongBodies is lines of a function with an input %0 f[2, 3] and %1 i[] that
// are refused.
var wrongBodies = []struct{ text, want string }{
	{"%2 = jump %0", `no operation "jump"`},
	{"%2 f[] = add %0 %7", "no value %7"},
	{"%1 f[] = const 1", "defined twice"},
	{"%2 f[3] = const 1", "not a scalar"},
	{"%2 f[2, 3] = exp", "needs operands"},
	{"%2 f[2, 3] = add %0", "1 operands, not 2"},
	{"%2 i[2, 3] = exp %0", "the result is i, not f"},
	{"%2 f[3, 2] = exp %0", "the operands [2 3]"},
	{"%2 f[2, 3] = not %0", "operand x is f"},
	{"%2 f[2] = sum %0 {2}", "axes {2} of rank 2"},
	{"%2 f[3] = sum %0 {1}", "result [3] where [2] follows"},
	{"%2 f[3] = view %0 [i0]", "1 positions for rank 2"},
	{"%2 f[3] = view %0 [i1, 0]", `no dimension "i1"`},
	{"%2 f[3] = view %0 [i0*i0, 0]", `no dimension "i0"`},
	{"%2 f[3] = view %0 [(i0)/0, 0]", "division by 0"},
	{"%2 f[3] = view %0 [70368744177665*i0, 0]", "number is expected"},
	{"%2 f[3] = view %0 [70368744177664*i0+70368744177664*i0, 0]", "too large"},
	{"%2 f[2] = contract %0 %0 {i1<2} [0, 0] [0, 0] -> [0]", "out of order"},
	{"%2 f[2] = contract %0 %0 {i0<2} [0] [0, 0] -> [0]", "1 positions for rank 2"},
	{"%2 f[4] = reshape %0", "6 elements as 4"},
	{"%2 i[2, 2] = iota 0", "not a vector"},
	{"%2 f[3] = gather %0 %1 1", "share 1 axes"},
	{"%2 f[2, 3] = param \"x\"", "not declared"},
	{"%2 f[2, 3] = input \"x\"", "not declared"},
	{"%2 f[] = out %0 0", "neither a loop nor a grad"},
	{"%2 = grad %0 %0\n%3 f[2, 3] = out %2 0", "of a float scalar"},
	{"%2 = grad %2", "no value %2"},
	{"%2 = loop 3 {\n%3 i[] = number\n}\n%4 f[] = out %2 0", "result 0 of 0"},
	{"%2 = loop 3 {\n%3 f[] = number\n}\nresult \"y\" %2", "a whole loop is a root"},
	{"%2 = loop 3 {\n%3 f[] = number\n%4 f[] = float %3\nstack %4\n}\n%5 f[3] = out %2 0", "number is an integer"},
	{"%2 = loop 3 {\n%4 f[3] = row %0\n%5 i[] = number", "order number"},
	{"%2 = loop 3 {\n%3 i[] = number\n%4 f[3] = row %0\nstack %4\n}\n%5 f[3, 3] = out %2 0", "the operand is f[2, 3]"},
	{"%2 = loop 2 {\n%3 i[] = number\n%4 f[3] = row %0\nstack %4\n}\n%5 f[3, 3] = out %2 0", "result 0 is f[2, 3]"},
	{"%2 = loop 2 {\n%3 i[] = number\n%4 f[2] = whole %0\nstack %4\n}\n%5 f[2, 2] = out %2 0", "the operand is f[2, 3]"},
	{"%2 = loop 2 {\n%3 i[] = number\n%4 i[] = carried %1\n}", "1 values are carried, 0 come next"},
	{"%2 = loop 2 {\n%3 i[] = number\n%4 i[] = carried %1\n%5 f[] = const 0\nnext %5\n}\n%6 f[] = out %2 0", "f[] is carried as i[]"},
	{"%2 = loop 2 {\n%3 i[] = number\nstack %0\n}", "no value %0"},
	{"%2 = loop 2 {\n%3 i[] = number\n%4 i[] = input \"n\"\nstack %4\n}\n%6 i[2] = out %2 0", "not among its parameters"},
	{"%2 = loop 2 {", "line 7: a loop has no end"},
	{"finite %1", "finite is i"},
	{"update \"W\" %1", `the update of "W", f[2, 3], is i[]`},
	{"update \"W\" %0\nupdate \"W\" %0", "two updates"},
	{"result \"y\" %0\nresult \"y\" %0", "there twice"},
	{"inputs %0", "there twice"},
}

func TestTextRefused(t *testing.T) {
	check := func(text, want string) {
		t.Helper()
		if _, err := ir.Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\nsays %v, not %q", text, err, want)
		}
	}
	for _, w := range wrong {
		check(w.text, w.want)
	}
	for _, w := range wrongBodies {
		text := "var \"W\" param f[2, 3]\nfunc eval \"F\" {\n%0 f[2, 3] = input \"x\"\n%1 i[] = input \"n\"\ninputs %0 %1\n" + w.text + "\n"
		last := w.text[strings.LastIndexByte(w.text, '\n')+1:]
		if number, rest, ok := strings.Cut(last, " "); ok && number[0] == '%' && rest[0] != '=' {
			text += "result \"last\" " + number + "\n"
		}
		if !strings.HasSuffix(w.text, "{") {
			text += "}"
		}
		check(text, w.want)
	}
}

// FuzzText reads anything: it ends, without a panic, and what it accepts it
// prints so that it reads the same.
func FuzzText(f *testing.F) {
	f.Add(sample)
	for _, w := range append(wrong, wrongBodies...) {
		f.Add(w.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ir.Parse(text)
		if err != nil {
			return
		}
		once := p.String()
		q, err := ir.Parse(once)
		if err != nil {
			t.Fatalf("%v\n%s", err, once)
		}
		if twice := q.String(); twice != once {
			t.Fatalf("printed again:\n%s\nbefore:\n%s", twice, once)
		}
	})
}
