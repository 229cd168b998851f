package parser

import "testing"

func TestBytes(t *testing.T) {
	for text, want := range map[string]float64{"4096": 4096, "8GB": 8e9, "1.5KiB": 1536, "2TiB": 2 << 40, "": -1, "8gb": -1, "GB": -1, "1.5": -1, "0.3KiB": -1, "-1KB": -1, "8GB ": -1, "1e3": -1} {
		if n, ok := Bytes(text); ok != (want >= 0) || ok && n != want {
			t.Errorf("%q: %v %v, want %v", text, n, ok, want)
		}
	}
}
