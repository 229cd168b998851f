package ir_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gtc-lang/gtc/ir"
)

// TestLayers holds the table of layers to counts that are known: ResNet-20 for
// CIFAR-10 has 0.27 million parameters (He et al., 2016).
func TestLayers(t *testing.T) {
	for name, want := range map[string]string{
		"digits":   "MLP×1=0 dense1×1=8320 dropout1×1=0 dense2×1=1290 in all 9610",
		"resnet20": "ResNet20×1=0 conv1×1=432 batch_norm1×1=32 residual1×9=0 conv1×9=122112 batch_norm1×9=672 conv2×9=145152 batch_norm2×9=672 conv3×2=2560 batch_norm3×2=192 dense1×1=650 in all 272474",
		"lstm":     "Tagger×1=0 lstm1×1=1344 dense1×1=34 in all 1378",
	} {
		p, err := lowerFile(t, "../golden/programs/"+name+".gt")
		if err != nil {
			t.Fatal(err)
		}
		total, params := 0, p.Parameters()
		var b strings.Builder
		for _, y := range p.Models[0].Layers {
			n := params[y.Path]
			total += n
			fmt.Fprintf(&b, "%s×%d=%d ", y.Path[strings.LastIndexByte(y.Path, '.')+1:], y.Count, n)
		}
		fmt.Fprintf(&b, "in all %d", total)
		if b.String() != want {
			t.Errorf("%s:\n%s\nwanted\n%s", name, b.String(), want)
		}
	}
}

// TestLayerWork counts a layer's operations by hand: in a for, in a scan, and
// of a model that calls another.
func TestLayerWork(t *testing.T) {
	p := lowered(t, `package p

const D = 8
dim B <= 4, T <= 6

layer Cell(x: [B, D]) -> [B, D] {
    x |> Dense(D, bias: false) |> tanh
}

model Inner(x: [B, T, D]) -> [B, D] {
    h = zeros(B, D)
    scan t over T {
        h = Cell(h + x[:, t])
    }
    h
}

model Outer(x: [B, T, D]) -> [B, 3] {
    y = Inner(x)
    blocks: for i in 0..5 {
        y = y + Cell(y)
    }
    y |> Dense(3)
}
`)
	want := "Inner [B, D=8] ×1 144*B*T; Inner.cell1 [B, D=8] ×1 136*B*T; Inner.cell1.dense1 [B, D=8] ×1 128*B*T; " +
		"Outer [B, 3] ×1 771*B+144*B*T; Inner [B, D=8] ×1 144*B*T; Inner.cell1 [B, D=8] ×1 136*B*T; Inner.cell1.dense1 [B, D=8] ×1 128*B*T; " +
		"Outer.blocks.*.cell1 [B, D=8] ×5 680*B; Outer.blocks.*.cell1.dense1 [B, D=8] ×5 640*B; Outer.dense1 [B, 3] ×1 51*B; "
	var b strings.Builder
	for _, m := range p.Models {
		for _, y := range m.Layers {
			fmt.Fprintf(&b, "%s %s ×%d %s; ", y.Path, y.Output(), y.Count, y.FLOPs)
		}
	}
	if b.String() != want {
		t.Errorf("got\n%s\nwanted\n%s", b.String(), want)
	}
}

// TestLayerWorkInAll: what the calls of a model have done, added up call by
// call, is the work of the model's function counted value by value.
func TestLayerWorkInAll(t *testing.T) {
	shared := lowered(t, `package p

dim B <= 4

layer Both(x: [B, 4]) {
    a, b = split(x |> Dense(8), 2)
    split(concat(a * b, tanh(b), axis: 1), 2)
}

layer Same(x: [B, 4]) -> [B, 4] { x }

layer First(x: [B, 4]) -> [B, 4] {
    a, b = Both(Same(2 * x))
    Same(Same(a)) + 0 * b
}

model M(x: [B, 4]) -> [B, 4] {
    h = First(x)
    a, b = Both(First(h) + h)
    Same(a + b)
}
`)
	programs := []*ir.Program{shared}
	paths, err := filepath.Glob("../golden/programs/*.gt")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if p, err := lowerFile(t, path); err == nil { // some stand for what is not there yet
			programs = append(programs, p)
		}
	}
	models := 0
	for _, p := range programs {
		for _, m := range p.Models {
			models++
			var results []*ir.Value
			for _, r := range p.FuncOf(m.Name, ir.ForwardFunc).Results {
				results = append(results, r.Value)
			}
			if got, want := m.Layers[0].FLOPs.String(), ir.WholeWork(results).String(); got != want {
				t.Errorf("%s.%s: %s, want %s", p.Source.Name, m.Name, got, want)
			}
		}
	}
	if models < 10 {
		t.Errorf("%d models", models)
	}
}
