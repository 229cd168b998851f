package runtime

import "fmt"

// Source gives rows by number. A user's own type may be one: it is asked for
// any row at any time, by one goroutine, and must not keep the slices. One that
// also has Fingerprint(port int) uint64, a hash of all values of a port, lets a
// resumed run tell that they are other ones.
type Source[T Float] interface {
	// Len returns the number of rows.
	Len() int
	// Row fills one row of one port: floats if the port holds numbers, ints
	// if it holds integers; the other is nil. It should not allocate.
	Row(row, port int, floats []T, ints []int32) error
}

// Data is what a program trains on. Ports are numbered as in Program.Ports.
type Data[T Float] struct {
	Train      Source[T]
	Validation Source[T] // nil for none
	Pipeline   *Pipeline // what made it from raw data; saved with the model; nil if nothing did

	drawn bool // the validation part was drawn by seed
	seed  uint64
}

// checker is a source that can tell before training that a row is not allowed.
type checker interface{ Check(ports []Port) error }

// Table is a Source in memory: for port i either Floats[i] or Ints[i] holds
// all rows, one after the other.
type Table[T Float] struct {
	Rows   int
	Floats [][]T
	Ints   [][]int32
}

// Len returns the number of rows.
func (t *Table[T]) Len() int { return t.Rows }

// Row copies a row of a port.
func (t *Table[T]) Row(row, port int, floats []T, ints []int32) error {
	if ints != nil {
		copy(ints, t.Ints[port][row*len(ints):])
		return nil
	}
	copy(floats, t.Floats[port][row*len(floats):])
	return nil
}

// Check returns an error that names the first port whose columns have the
// wrong kind or length, or the first row with an integer outside its limit.
func (t *Table[T]) Check(ports []Port) error {
	for i, p := range ports {
		n := 0
		if p.Int && i < len(t.Ints) {
			n = len(t.Ints[i])
		} else if !p.Int && i < len(t.Floats) {
			n = len(t.Floats[i])
		}
		if want := t.Rows * p.Size(); n != want {
			return fmt.Errorf("data for %s: %d elements, wanted %d rows of %d", p.Name, n, t.Rows, p.Size())
		}
		if p.Int {
			if err := checkLimit(p, t.Ints[i], func(row int) int { return row }); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkLimit checks integers of consecutive rows; name maps a row to its
// number in the source.
func checkLimit(p Port, ints []int32, name func(row int) int) error {
	if p.Limit == 0 {
		return nil
	}
	for i, v := range ints {
		if v < 0 || int(v) >= p.Limit {
			return fmt.Errorf("data for %s, row %d: %d is outside 0 to %d", p.Name, name(i/p.Size()), v, p.Limit-1)
		}
	}
	return nil
}

// SliceTable makes a Table of Go slices by port name: []T for numbers and
// []int32 or []int for integers, row after row. The slices are kept, but for
// []int, which is converted.
func SliceTable[T Float](ports []Port, columns map[string]any) (*Table[T], error) {
	t := &Table[T]{Floats: make([][]T, len(ports)), Ints: make([][]int32, len(ports))}
	for i, p := range ports {
		n := 0
		switch x := columns[p.Name].(type) {
		case []T:
			t.Floats[i], n = x, len(x)
		case []int32:
			t.Ints[i], n = x, len(x)
		case []int:
			t.Ints[i], n = make([]int32, len(x)), len(x)
			for j, v := range x {
				if int(int32(v)) != v {
					return nil, fmt.Errorf("data for %s: %d does not fit 32 bits", p.Name, v)
				}
				t.Ints[i][j] = int32(v)
			}
		case nil:
			return nil, fmt.Errorf("no data for %s", p.Name)
		default:
			return nil, fmt.Errorf("data for %s is %T", p.Name, x)
		}
		if i == 0 && p.Size() > 0 {
			t.Rows = n / p.Size()
		}
	}
	return t, t.Check(ports)
}

// feeder fills batches from a source.
type feeder[T Float] struct {
	source Source[T]
	ports  []Port
	batch  *Batch[T]
	loaded bool // the batch holds rows lo to hi in their own order
	lo, hi int
	order  *Shuffler // nil: rows in their own order
	base   int       // first position in the batch, for rowName
	name   func(row int) int
}

func newFeeder[T Float](source Source[T], ports []Port, rows int, order *Shuffler) *feeder[T] {
	f := &feeder[T]{source: source, ports: ports, order: order}
	f.batch = NewBatch[T](ports, min(rows, source.Len()))
	f.name = f.rowName
	return f
}

// fill loads the rows at positions lo to hi of the epoch. What is there
// already, as when every batch is all of the data, is not loaded again.
func (f *feeder[T]) fill(lo, hi, first int) (*Batch[T], error) {
	b := f.batch
	b.Rows, b.First = hi-lo, first
	if f.loaded && f.order == nil && f.lo == lo && f.hi == hi {
		return b, nil
	}
	f.loaded, f.base = false, lo
	for i, p := range f.ports {
		size := p.Size()
		if p.Int {
			b.Ints[i] = b.Ints[i][:b.Rows*size]
		} else {
			b.Floats[i] = b.Floats[i][:b.Rows*size]
		}
		if err := f.fillPort(i, p, size); err != nil {
			return nil, err
		}
	}
	f.loaded, f.lo, f.hi = true, lo, hi
	return b, nil
}

func (f *feeder[T]) fillPort(i int, p Port, size int) error {
	for j := range f.batch.Rows {
		var floats []T
		var ints []int32
		if p.Int {
			ints = f.batch.Ints[i][j*size : (j+1)*size]
		} else {
			floats = f.batch.Floats[i][j*size : (j+1)*size]
		}
		if err := f.source.Row(f.rowName(j), i, floats, ints); err != nil {
			return fmt.Errorf("data for %s, row %d: %w", p.Name, f.rowName(j), err)
		}
	}
	if p.Int {
		return checkLimit(p, f.batch.Ints[i], f.name)
	}
	return nil
}

// rowName returns the row in the source of row j of the batch.
func (f *feeder[T]) rowName(j int) int {
	if f.order == nil {
		return f.base + j
	}
	return f.order.Row(f.base + j)
}
