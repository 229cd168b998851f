package main

import (
	"fmt"
	"go/format"
	"strings"

	"github.com/mmcloughlin/avo/build"
)

// gemmFiles are the files of package gemm: for each target its kernels and
// their declarations.
func gemmFiles() (files []file, err error) {
	for _, t := range targets {
		base := fmt.Sprintf("gemm/%s_%s_amd64", strings.ToLower(t.set), t.typ())
		code, err := assemble(t.kernels)
		if err != nil {
			return nil, err
		}
		table, err := format.Source([]byte(t.table()))
		if err != nil {
			return nil, err
		}
		files = append(files, file{base + ".s", code}, file{base + ".go", table})
	}
	return files, nil
}

// kernels writes all functions of a target.
func (t target) kernels(c *build.Context) {
	a := &asm{c, t}
	for _, s := range t.shapes() {
		a.product(s, "product")
	}
	for _, s := range t.packingShapes() {
		a.packing(s)
	}
	for _, l := range layouts {
		for _, s := range t.roundShapes() {
			a.rounds(s, l)
		}
	}
	if t.masks() {
		narrow := &asm{c, t.half()}
		for mr := 1; mr <= t.most; mr++ {
			narrow.product(shape{mr, 1}, "half")
		}
	}
	a.sweep()
	a.copyRows()
	if !t.masks() {
		a.copyPanels()
	}
	a.transpose()
	a.peak()
}

func (t target) variable() string { return fmt.Sprintf("%sF%d", strings.ToLower(t.set), 8*t.size) }
