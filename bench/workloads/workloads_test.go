package workloads

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	rt "github.com/gtc-lang/gtc/runtime"

	"github.com/gtc-lang/gtc/bench/wire"
)

// What the peers read is what ours trains on.
func TestFileHoldsWeightsAndBatches(t *testing.T) {
	for i := range All {
		w := &All[i]
		path := filepath.Join(t.TempDir(), w.Name)
		if err := w.WriteFile(path); err != nil {
			t.Fatal(err)
		}
		tensors, err := wire.ReadTensors(path)
		if err != nil {
			t.Fatal(err)
		}
		program := w.New().Job.Program()
		count := len(program.Ports)
		for _, tensor := range program.Tensors {
			if tensor.Role == rt.Weight {
				count++
				if got := tensors[tensor.Name]; !slices.Equal(got.Data, tensor.Data) || !slices.Equal(got.Shape, tensor.Shape) {
					t.Errorf("%s: %s differs in the file", w.Name, tensor.Name)
				}
			}
		}
		if len(tensors) != count {
			t.Errorf("%s: %d tensors in the file, want %d", w.Name, len(tensors), count)
		}
		for i, p := range program.Ports {
			if got := batchesTogether(w.MakeBatches(program.Ports), i); !slices.Equal(got, tensors[p.Name].Data) {
				t.Errorf("%s: the file's %s is not what the batches hold", w.Name, p.Name)
			}
		}
	}
}

// batchesTogether are the values of a port in all batches.
func batchesTogether(batches []*rt.Batch[float32], port int) (values []float32) {
	for _, b := range batches {
		values = append(values, b.Floats[port]...)
		for _, v := range b.Ints[port] {
			values = append(values, float32(v))
		}
	}
	return values
}

func TestEverySourceIsThere(t *testing.T) {
	for _, w := range All {
		if _, err := os.Stat(w.Source); err != nil {
			t.Error(err)
		}
		if w.Rows < 1 || w.Batches < 1 || w.Unit < 1 {
			t.Errorf("%s: %d rows, %d batches, %d steps", w.Name, w.Rows, w.Batches, w.Unit)
		}
	}
	if Find("mlp-mnist") == nil || Find("nothing") != nil {
		t.Error("Find finds what is not there, or does not what is")
	}
}

func TestMLPFlops(t *testing.T) {
	// 2 layers forward, 2 gradients of weights, 1 of the second's input
	if got, want := mlpFlops(3, 5, 7, 2), float64(2*3*(5*7*2+7*2*3)); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
