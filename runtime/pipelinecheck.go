package runtime

import (
	"cmp"
	"fmt"
)

// A pipeline may come out of a damaged or a forged file: what follows is known
// of it before memory is taken for its rows.

// widest is how many numbers a row of an input may have on its way.
const widest = 1 << 26

// mostNumbers is how many numbers all rows of a port may have.
const mostNumbers = 1 << 40

// check returns an error for data that cannot be loaded with a pipeline that is
// not fitted yet.
func (s *DataSpec) check(p *Pipeline, ports []Port) error {
	if !(s.Validation >= 0 && s.Validation < 1) {
		return fmt.Errorf("a share of %v for validation, wanted 0 or more and less than 1", s.Validation)
	}
	if err := p.check(ports, false); err != nil {
		return err
	}
	return p.Format.paired(cmp.Or(s.Labels, s.ValidationLabels))
}

// check returns an error for a pipeline that cannot make the rows of ports. A
// fitted one must have learned all that there is to learn.
func (p *Pipeline) check(ports []Port, fitted bool) error {
	if err := p.Format.check(fitted); err != nil {
		return err
	}
	for i := range p.Inputs {
		in := &p.Inputs[i]
		for j := range in.Ops {
			if err := in.Ops[j].check(fitted); err != nil {
				return fmt.Errorf("%s: %w", in.Port, err)
			}
		}
	}
	for _, port := range ports {
		if p.Find(port.Name) == nil {
			return fmt.Errorf("nothing says what %s is made of", port.Name)
		}
	}
	return nil
}

func (f *Format) check(fitted bool) error {
	switch f.Kind {
	case KindCSV, KindIDX, "":
		return nil
	case KindText:
	default:
		return fmt.Errorf("unknown kind of data %q", f.Kind)
	}
	if f.Window < 1 || f.Stride < 0 {
		return fmt.Errorf("windows of %d tokens, stride %d", f.Window, f.Stride)
	}
	if fitted && f.By != ByBytes && len(f.Vocabulary) == 0 {
		return fmt.Errorf("a text by characters without a vocabulary")
	}
	for i, r := range f.Vocabulary {
		if i > 0 && r <= f.Vocabulary[i-1] {
			return fmt.Errorf("the vocabulary is not in order: %q comes after %q", r, f.Vocabulary[i-1])
		}
	}
	return nil
}

// paired returns an error for a file of labels beside one that holds its own.
func (f *Format) paired(labels string) error {
	if labels == "" || f.Kind == KindIDX {
		return nil
	}
	return fmt.Errorf("labels in %s: only those of IDX files have a file of their own, and the data is %s", labels, cmp.Or(f.Kind, KindCSV))
}

// columnsOf returns the columns of an input in a source, and how many numbers
// a row has in the end.
func (in *Input) columnsOf(src raw) (columns []int, width int, err error) {
	columns, err = src.resolve(in.Columns)
	if err == nil {
		width, err = in.widen(len(columns))
	}
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", in.Port, err)
	}
	return columns, width, nil
}

// widen returns how many numbers a row of so many columns has after the ops,
// or an error when an op has learned of another number of columns, or the row
// gets too wide.
func (in *Input) widen(columns int) (int, error) {
	width := columns
	for i := range in.Ops {
		op := &in.Ops[i]
		if op.Center != nil && len(op.Center) != width {
			return 0, fmt.Errorf("%s was fitted on %d columns, there are %d", op.Kind, len(op.Center), width)
		}
		if op.Kind == opOneHot {
			if width > widest/op.Count {
				return 0, fmt.Errorf("%d columns of %d positions are more than %d numbers a row", width, op.Count, widest)
			}
			width *= op.Count
		}
	}
	return width, nil
}

// room returns an error when rows of a port do not have the width that the
// port takes, or are too many to keep.
func (in *Input) room(port Port, rows, width int) error {
	if size := port.Size(); width != size {
		return fmt.Errorf("%s takes %d numbers a row, %s give %d", port.Name, size, in.Columns, width)
	}
	if width > 0 && int64(rows) > mostNumbers/int64(width) {
		return fmt.Errorf("%s: %d rows of %d numbers are too many", port.Name, rows, width)
	}
	return nil
}

// rowsAtOnce is how many rows of a width go through the ops at a time.
func rowsAtOnce(width int) int { return max(1, min(blockRows, blockNumbers/max(width, 1))) }
