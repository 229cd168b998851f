package cpu

import "testing"

func TestChoose(t *testing.T) {
	for _, c := range []struct {
		value      string
		best, want Set
		fails      bool
	}{
		{"", AVX512, AVX512, false},
		{"avx512", AVX512, AVX512, false},
		{"avx512", AVX2, AVX2, false}, // held down, never raised
		{"avx2", AVX512, AVX2, false},
		{"go", AVX512, Go, false},
		{"avx2", Go, Go, false},
		{"AVX2", AVX512, AVX512, true},
		{"sse", AVX2, AVX2, true},
	} {
		got, err := choose(c.value, c.best)
		if got != c.want || (err != nil) != c.fails {
			t.Errorf("%q on %v: %v, %v; want %v", c.value, c.best, got, err, c.want)
		}
	}
}

func TestForceNeverRaises(t *testing.T) {
	former := Use()
	for s := Go; s <= AVX512; s++ {
		restore := Force(s)
		if Use() != min(s, Best()) {
			t.Errorf("forced %v: %v", s, Use())
		}
		restore()
	}
	if Use() != former {
		t.Errorf("%v is not brought back: %v", former, Use())
	}
}
