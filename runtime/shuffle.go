package runtime

// Shuffler gives each epoch its own order of the rows: a pure function of the
// seed, the epoch and the number of rows.
type Shuffler struct{ order []int32 }

// shufflePath keys the draws of shuffling, apart from every program's own.
var shufflePath = PathHash("gtc.shuffle")

// NewShuffler makes a shuffler of n rows (n < 2^31), in order for now.
func NewShuffler(n int) *Shuffler {
	s := &Shuffler{order: make([]int32, n)}
	s.InOrder()
	return s
}

// InOrder puts the rows back in their own order.
func (s *Shuffler) InOrder() {
	for i := range s.order {
		s.order[i] = int32(i)
	}
}

// Shuffle sets the order of an epoch, by Fisher and Yates' method with 32-bit
// draws. It allocates nothing.
func (s *Shuffler) Shuffle(seed uint64, epoch int) { s.shuffle(seed, uint32(epoch)) }

func (s *Shuffler) shuffle(seed uint64, epoch uint32) {
	s.InOrder()
	d := Draw{Seed: seed, Path: shufflePath, Step: epoch}
	var words [4]uint32
	for i, drawn := len(s.order)-1, 0; i > 0; i, drawn = i-1, drawn+1 {
		if drawn%4 == 0 {
			words = d.Block(uint32(drawn / 4))
		}
		j := uint64(words[drawn%4]) * uint64(i+1) >> 32
		s.order[i], s.order[j] = s.order[j], s.order[i]
	}
}

// Row returns the row at a position of the epoch.
func (s *Shuffler) Row(position int) int { return int(s.order[position]) }

// Len returns the number of rows.
func (s *Shuffler) Len() int { return len(s.order) }
