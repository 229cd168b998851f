package parser_test

import (
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/parser"
)

func BenchmarkParse(b *testing.B) {
	texts, size := programs(b), 0
	for _, text := range texts {
		size += len(text)
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		for name, text := range texts {
			if _, err := parser.Parse(dsl.NewSource(name, text)); err != nil {
				b.Fatal(err)
			}
		}
	}
}
