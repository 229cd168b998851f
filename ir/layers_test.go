package ir_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestLayers holds the table of layers to counts that are known: ResNet-20 for
// CIFAR-10 has 0.27 million parameters (He et al., 2016).
func TestLayers(t *testing.T) {
	for name, want := range map[string]string{
		"digits":   "dense1×1=8320 dropout1×1=0 dense2×1=1290 in all 9610",
		"resnet20": "conv1×1=432 batch_norm1×1=32 residual1×9=0 conv1×9=122112 batch_norm1×9=672 conv2×9=145152 batch_norm2×9=672 conv3×2=2560 batch_norm3×2=192 dense1×1=650 in all 272474",
		"lstm":     "lstm1×1=1344 dense1×1=34 in all 1378",
	} {
		p, err := lowerFile(t, "../golden/programs/"+name+".gt")
		if err != nil {
			t.Fatal(err)
		}
		m := p.Models[0]
		total := p.Parameters(m.Name)
		var b strings.Builder
		for _, y := range m.Layers {
			n := p.Parameters(y.Path)
			total += n
			fmt.Fprintf(&b, "%s×%d=%d ", y.Path[strings.LastIndexByte(y.Path, '.')+1:], y.Count, n)
		}
		fmt.Fprintf(&b, "in all %d", total)
		if b.String() != want {
			t.Errorf("%s:\n%s\nwanted\n%s", name, b.String(), want)
		}
	}
}
