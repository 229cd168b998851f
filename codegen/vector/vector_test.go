package vector_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/codegen/vector"
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/parser"
)

// definitions are the functions of a text.
func definitions(t *testing.T, text string) vector.Functions {
	t.Helper()
	file, err := parser.Parse(dsl.NewSource("test.gt", text))
	if err != nil {
		t.Fatal(err)
	}
	list := vector.Functions{}
	for _, d := range file.Decls {
		fn := d.(*dsl.Callable)
		list[fn.Name.Name] = fn
	}
	return list
}

func TestGo(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"func f(x) {\n    y = x * 2\n    y - x * (x - 1)\n}\n",
			"func F(x float32) float32 {\n\ty := float32(x * 2)\n\treturn y - float32(x * (x - 1))\n}\n"},
		{"func f(x) {\n    p = poly(x, 1, 2, 3)\n    where(x < 0 and not (p == 1), -p, where(x > 5, inf, p))\n}\n",
			"func F(x float32) float32 {\n\tp := fma(3, x, 2)\n\tp = fma(p, x, 1)\n\tif x < 0 && !(p == 1) {\n\t\treturn -p\n\t}\n\tif 5 < x {\n\t\treturn inf\n\t}\n\treturn p\n}\n"},
		{"func f(x, y) {\n    a = where(x < y, x, 0)\n    from_bits(bit_or(bits(a), shift_left(bits(y) - 1, 23) + 7))\n}\n",
			"func F(x, y float32) float32 {\n\ta := float32(0)\n\tif x < y {\n\t\ta = x\n\t}\n\treturn fromBits(bits(a) | ((bits(y) - 1) << 23 + 7))\n}\n"},
		{"func f(x) {\n    g(x) - g(-x)\n}\nfunc g(x) {\n    leave(x > 9)\n    x + 1\n}\n",
			"func F(x float32) float32 {\n\treturn G(x) - G(-x)\n}\n"},
		{"func f(x) {\n    a = where(x < 1, 2, x) + x\n    a + where(x < a, where(a < 3, a, 0) * a, 1)\n}\n",
			"func F(x float32) float32 {\n\tt := x\n\tif x < 1 {\n\t\tt = 2\n\t}\n\ta := t + x\n\tt = float32(0)\n\tif a < 3 {\n\t\tt = a\n\t}\n\tt2 := float32(1)\n\tif x < a {\n\t\tt2 = float32(t * a)\n\t}\n\treturn a + t2\n}\n"},
		{"func f(x) {\n    leave(abs(x) > 9)\n    x + 1\n}\n",
			"func F(x float32) float32 {\n\tif 9 < abs(x) {\n\t\treturn fFar(x)\n\t}\n\treturn x + 1\n}\n"},
	} {
		p, err := definitions(t, c.text).Define("f", false)
		if err != nil {
			t.Errorf("%s%v", c.text, err)
			continue
		}
		if got := p.Go(); got != c.want {
			t.Errorf("%s\nis\n%s\nnot\n%s", c.text, got, c.want)
		}
	}
}

func TestWrongDefinitions(t *testing.T) {
	for text, want := range map[string]string{
		"func g(x) {\n    x\n}\n":                        "no definition of f",
		"func f(x) {\n    y\n}\n":                        "no value y",
		"func f(x) {\n    y = x\n}\n":                    "no result",
		"func f(x) {\n    x < 1\n}\n":                    "a value of kind m where f belongs",
		"func f(x) {\n    sqrt(x, 1)\n}\n":               "an operation over 2 operands",
		"func f(x) {\n    x + bits(x)\n}\n":              "a value of kind f where i belongs",
		"func f(x) {\n    from_bits(bits(x) + 0.5)\n}\n": "0.5 is no number of kind i",
		"func f(x) {\n    g(x)\n}\n":                     "no call of g",
		"func f(x) {\n    f(x)\n}\n":                     "no call of f",
		"func f(x) {\n    poly(x)\n}\n":                  "poly of 1 operands",
		"func f(x) {\n    leave(x)\n    x\n}\n":          "a value of kind f where m belongs",
		"func f(x) {\n    table(bits(x), 1, 2)\n}\n":     "a table of 2 numbers, not of 8 or 16",
		"func f(x) {\n    x @ x\n}\n":                    "no operation @",
	} {
		if _, err := definitions(t, text).Define("f", true); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s%v, want %s", text, err, want)
		}
	}
}

// TestRegisters: a body that needs more registers than there are is an error,
// one that needs just as many reads its constants from memory.
func TestRegisters(t *testing.T) {
	sum := func(n int) string {
		text := "func f(x) {\n"
		last := "x"
		for i := range n {
			name := "a" + strings.Repeat("a", i)
			text += "    " + name + " = sqrt(" + last + ") + 0.5\n"
			last = name
		}
		for i := range n {
			last += " * a" + strings.Repeat("a", i)
		}
		return text + "    " + last + "\n}\n"
	}
	for n, fits := range map[int]bool{2: true, 13: true, 40: false} {
		for _, set := range vector.Sets {
			body, err := definitions(t, sum(n)).Define("f", true)
			if err != nil {
				t.Fatal(err)
			}
			_, err = vector.Assembly(set, []*vector.Loop{{Name: "f", Body: body, Slices: 1}})
			if (err == nil) != fits {
				t.Errorf("%d values at once in %s: %v", n, set, err)
			}
		}
	}
}

// TestTables: AVX2 finds one of eight numbers by one instruction, one of sixteen
// by two, and reads them by others; AVX-512 has them twice, or once.
func TestTables(t *testing.T) {
	for n, want := range map[int]map[string]int{8: {"AVX2": 1, "AVX512": 1}, 16: {"AVX2": 2, "AVX512": 1}} {
		text := "func f(x) {\n    table(bits(x)" + strings.Repeat(", 1.5", n) + ")\n}\n"
		body, err := definitions(t, text).Define("f", true)
		if err != nil {
			t.Fatal(err)
		}
		if got := body.Go(); !strings.Contains(got, fmt.Sprintf("fTable[bits(x)&%d][0]", n-1)) || strings.Count(got, "{1.5}") != n {
			t.Errorf("a table of %d numbers is\n%s", n, got)
		}
		for set, times := range want {
			text, err := vector.Assembly(set, []*vector.Loop{{Name: "f", Body: body, Slices: 1}})
			if err != nil {
				t.Fatal(err)
			}
			// once in the loop, once for the last elements
			if got := strings.Count(text, "VPERMPS"); got != 2*times || strings.Contains(text, "VPERMPS constants") {
				t.Errorf("a table of %d numbers in %s takes %d VPERMPS, want %d, none of memory:\n%s", n, set, got, 2*times, text)
			}
		}
	}
}

// TestChunk cuts loops of long bodies into shorter calls, powers of two.
func TestChunk(t *testing.T) {
	for times, want := range map[int]int{1: 8192, 40: 8192, 100: 2048, 4000: 64} {
		b := vector.Functions{}.Build("f")
		y := b.Param("x")
		for range times {
			y = b.Add(y, b.Param("x"))
		}
		if got := b.Loop([]vector.Value{y}, 1, 0).Chunk(); got != want {
			t.Errorf("%d additions: calls of %d elements, want %d", times, got, want)
		}
	}
}
