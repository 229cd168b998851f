package vector

// MostChunk is how many elements a loop goes through at most in one call: what
// a short body does with them takes a few microseconds. It is a power of two,
// as the runs of reductions are (runtime.VectorChunk).
const MostChunk = 1 << 13

// A call is to take no more than about 50 µs, since a goroutine cannot be
// stopped meanwhile, if an instruction takes a nanosecond and those that divide
// or take roots eight.
const (
	mostWork  = 50_000
	slowWork  = 8
	leastWide = 8 // elements that an instruction is for, in the narrowest vectors
)

// Chunk is how many elements the loop goes through in one call, a power of two.
func (l *Loop) Chunk() int {
	n := MostChunk
	for n > lanes && n/leastWide*l.Body.work() > mostWork {
		n /= 2
	}
	return n
}

// work is about how many nanoseconds a vector of elements takes.
func (p *Program) work() int {
	total := 0
	for _, in := range p.Instrs {
		switch in.Op {
		case "param", "const":
		case "call":
			total += in.Callee.work()
		case "div", "sqrt":
			total += slowWork
		default:
			total++
		}
	}
	return total
}
