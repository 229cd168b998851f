package main

// peak writes the loop that products are measured against: as many
// multiply-adds as a tile has accumulators, which depend only on those of the
// round before. The argument is the number of rounds.
func (a *asm) peak() {
	a.begin(a.name("peak"), "Multiplies and adds in registers.")
	for i := range a.registers() {
		a.zero(a.vector(i))
	}
	a.Label("round")
	for i := range a.most {
		a.fma(a.vector(a.most), a.vector(a.most+1), a.vector(i))
	}
	a.again(args, "round")
	a.end()
}
