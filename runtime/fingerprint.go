package runtime

import (
	"fmt"
	"maps"
	"math"
	"math/bits"
	"slices"
	"strings"
)

// fingerprinted is a source that can tell its values from others.
type fingerprinted interface{ Fingerprint(port int) uint64 }

// dataPrint is what a checkpoint remembers of the data, so that the run does
// not go on with other data unnoticed.
type dataPrint struct {
	Train      partPrint `json:"train"`
	Validation partPrint `json:"validation"` // of no rows where there is none
}

// partPrint is the fingerprint of one part.
type partPrint struct {
	Rows   int               `json:"rows"`
	Values map[string]string `json:"values,omitempty"` // hashes by port; none of a source that cannot tell
}

// fingerprint looks at all values, when it is first asked for.
func (l *loop[T]) fingerprint() *dataPrint {
	if l.print == nil {
		l.print = &dataPrint{Train: printOf(l.data.Train, l.p.Ports), Validation: printOf(l.data.Validation, l.p.Ports)}
	}
	return l.print
}

func printOf[T Float](s Source[T], ports []Port) (p partPrint) {
	if s == nil || s.Len() == 0 {
		return p
	}
	p.Rows = s.Len()
	if f, ok := s.(fingerprinted); ok {
		p.Values = map[string]string{}
		for i, port := range ports {
			p.Values[port.Name] = fmt.Sprintf("%016x", f.Fingerprint(i))
		}
	}
	return p
}

// sameData refuses other data than a run began with, as far as both can tell.
// A checkpoint without a fingerprint is of an older version of this package.
func (l *loop[T]) sameData(run *savedRun) error {
	was := run.loop.Data
	if l.anyData || was == nil {
		return nil
	}
	is := l.fingerprint()
	differs := was.Train.differs("training", is.Train)
	if differs == "" {
		differs = was.Validation.differs("validation", is.Validation)
	}
	if differs == "" && run.pipeline != l.pipelineText() {
		differs = "the same numbers are made in another way (names of classes, means, characters)"
	}
	if differs == "" {
		return nil
	}
	return fmt.Errorf("other data than the run began with: %s; go on with the same data, or allow other data (-any-data, in Go AnyData)", differs)
}

// pipelineText is the pipeline as a checkpoint of this run has it.
func (l *loop[T]) pipelineText() string {
	meta, _ := ModelInfo{Pipeline: l.data.Pipeline}.metadata() // saving tells the error
	return meta[pipelineKey]
}

// differs says what another part has that this one had not; "" for nothing.
func (p partPrint) differs(part string, is partPrint) string {
	if p.Rows != is.Rows {
		return fmt.Sprintf("the %s part had %d rows and has %d", part, p.Rows, is.Rows)
	}
	var others []string
	for _, port := range slices.Sorted(maps.Keys(p.Values)) {
		if now, known := is.Values[port]; known && now != p.Values[port] {
			others = append(others, port)
		}
	}
	if others == nil {
		return ""
	}
	return fmt.Sprintf("the %s part has other values of %s, or has them in another order", part, strings.Join(others, ", "))
}

// Fingerprint is a hash of all values of a port, in their order.
func (t *Table[T]) Fingerprint(port int) uint64 {
	if port < len(t.Ints) && t.Ints[port] != nil {
		return hash(t.Ints[port])
	}
	return hash(t.Floats[port])
}

// Fingerprint is a hash of what a port's windows are cut from, and how.
func (w *Windows) Fingerprint(port int) uint64 {
	return hash([]int32{int32(w.Window), int32(w.Stride), int32(w.Shifts[port])}, hash(w.Tokens))
}

// hash hashes the bits of x, and what is given besides. It is no protection
// against those who look for two of the same hash. Four chains, each of every
// fourth value, keep the processor from waiting for one product after another.
func hash[E Number](x []E, more ...uint64) uint64 {
	var block [512]uint64
	chains := [4]uint64{1, 2, 3, 4}
	for lo := 0; lo < len(x); lo += len(block) {
		n := copyBits(block[:], x[lo:])
		for ; n%4 != 0; n++ {
			block[n] = 0
		}
		a, b, c, d := chains[0], chains[1], chains[2], chains[3]
		for i := 0; i < n; i += 4 {
			four := block[i : i+4 : i+4]
			a, b, c, d = mix(a, four[0]), mix(b, four[1]), mix(c, four[2]), mix(d, four[3])
		}
		chains = [4]uint64{a, b, c, d}
	}
	h := mix(0, uint64(len(x)))
	for _, v := range append(chains[:], more...) {
		h = mix(h, v)
	}
	return h ^ h>>32
}

// mix adds a value to a hash; the rotation lets a change of the highest bit
// reach all others.
func mix(h, v uint64) uint64 { return bits.RotateLeft64(h^v, 31) * 0x9e3779b97f4a7c15 }

// copyBits fills dst with the bits of the first values and returns how many.
func copyBits[E Number](dst []uint64, x []E) int {
	x = x[:min(len(x), len(dst))]
	switch x := any(x).(type) {
	case []float32:
		for i, v := range x {
			dst[i] = uint64(math.Float32bits(v))
		}
	case []float64:
		for i, v := range x {
			dst[i] = math.Float64bits(v)
		}
	case []int32:
		for i, v := range x {
			dst[i] = uint64(uint32(v))
		}
	}
	return len(x)
}
