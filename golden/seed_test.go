package golden

import (
	"context"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/gtc-lang/gtc/examples/digits/digits"
)

// TestGoAndCommandGiveTheSameBits trains a program by the command and from Go,
// neither of which is told a seed: weights, draws, the validation rows and the
// order of the others are the same.
func TestGoAndCommandGiveTheSameBits(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("runs a shell")
	}
	gtc, w := command(t), newWorkplace(t)
	w.env = append(w.env, "XDG_CACHE_HOME="+w.dir)
	w.copyExamples()
	if out, err := w.run("'" + gtc + "' train examples/digits/digits.gt -set stop.epoch=2 -progress=none -o model"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	byCommand := digits.New()
	if err := byCommand.Load(filepath.Join(w.dir, "model")); err != nil {
		t.Fatal(err)
	}
	m, cfg := digits.New(), digits.FitDefaults()
	cfg.Stop.Epoch = 2
	fit := m.Fit(cfg)
	data, err := fit.Load(digits.FitData().In("../examples/digits"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fit.Run(context.Background(), data); err != nil {
		t.Fatal(err)
	}
	for i, want := range byCommand.Tensors() {
		if !slices.Equal(m.Tensors()[i].Data, want.Data) {
			t.Errorf("%s differs", want.Name)
		}
	}
}
