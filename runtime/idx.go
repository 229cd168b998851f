package runtime

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
)

// idxArray is an array of the IDX format, as MNIST comes in
// (http://yann.lecun.com/exdb/mnist).
type idxArray struct {
	shape []int
	kind  byte
	data  []byte
}

// maxIDX is how many bytes of data are read at most.
const maxIDX = 1<<31 - 1

// idxSizes has the bytes of an element by type code.
var idxSizes = map[byte]int{0x08: 1, 0x09: 1, 0x0B: 2, 0x0C: 4, 0x0D: 4, 0x0E: 8}

// readIDX reads an IDX file, gzipped or not.
func readIDX(spec *DataSpec, file string) (*idxArray, error) {
	f, err := spec.open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	a, err := decodeIDX(bufio.NewReader(f))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return a, nil
}

func decodeIDX(r *bufio.Reader) (*idxArray, error) {
	in, err := unzipped(r, maxUnzipped)
	if err != nil {
		return nil, err
	}
	var head [4]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return nil, fmt.Errorf("too short for an IDX file")
	}
	size := idxSizes[head[2]]
	if head[0] != 0 || head[1] != 0 || size == 0 {
		return nil, fmt.Errorf("no IDX file: it begins with % x", head)
	}
	a := &idxArray{kind: head[2]}
	need := int64(size)
	for range head[3] {
		var n uint32
		if err := binary.Read(in, binary.BigEndian, &n); err != nil {
			return nil, fmt.Errorf("too short for %d dimensions", head[3])
		}
		if int64(n) > maxIDX || n > 0 && need > maxIDX/int64(n) { // whatever else is 0
			return nil, fmt.Errorf("more than %d bytes of data", int64(maxIDX))
		}
		need *= max(1, int64(n))
		a.shape = append(a.shape, int(n))
	}
	if slices.Contains(a.shape, 0) {
		need = 0
	}
	a.data, err = io.ReadAll(io.LimitReader(in, need+1))
	if err == nil && int64(len(a.data)) != need {
		err = fmt.Errorf("%d bytes or more of data, shape %v wants %d", len(a.data), a.shape, need)
	}
	return a, err
}

// at returns element i.
func (a *idxArray) at(i int) float64 {
	b, be := a.data, binary.BigEndian
	switch a.kind {
	case 0x08:
		return float64(b[i])
	case 0x09:
		return float64(int8(b[i]))
	case 0x0B:
		return float64(int16(be.Uint16(b[2*i:])))
	case 0x0C:
		return float64(int32(be.Uint32(b[4*i:])))
	case 0x0D:
		return float64(math.Float32frombits(be.Uint32(b[4*i:])))
	}
	return math.Float64frombits(be.Uint64(b[8*i:]))
}

// idxTable is a pair of files: images, and perhaps labels. Its columns are an
// image's values, then the label.
type idxTable struct {
	file, labelFile string
	images, labels  *idxArray
	size            int // values of an image
}

func openIDX(spec *DataSpec, images, labels string) (*idxTable, error) {
	t := &idxTable{file: images, labelFile: labels}
	var err error
	if t.images, err = readIDX(spec, images); err != nil {
		return nil, err
	}
	if len(t.images.shape) == 0 {
		return nil, fmt.Errorf("%s: a single number, wanted rows", images)
	}
	t.size = Elements(t.images.shape[1:])
	if t.size == 0 && t.rows() > 0 {
		return nil, fmt.Errorf("%s: %d images of shape %v hold nothing", images, t.rows(), t.images.shape[1:])
	}
	if labels == "" {
		return t, nil
	}
	if t.labels, err = readIDX(spec, labels); err != nil {
		return nil, err
	}
	if len(t.labels.shape) != 1 || t.labels.shape[0] != t.images.shape[0] {
		return nil, fmt.Errorf("%s: shape %v, wanted one label for each of %d images", labels, t.labels.shape, t.images.shape[0])
	}
	return t, nil
}

func (t *idxTable) rows() int { return t.images.shape[0] }

func (t *idxTable) resolve(c Columns) ([]int, error) {
	from, to := c.From, c.To
	switch {
	case len(c.Names) == 1 && c.Names[0] == "images":
		from, to = 0, t.size
	case len(c.Names) == 1 && c.Names[0] == "labels":
		if t.labels == nil {
			return nil, fmt.Errorf("no file of labels goes with %s", t.file)
		}
		from, to = t.size, t.size+1
	case len(c.Names) > 0:
		return nil, fmt.Errorf("IDX files have images and labels, no %s", c)
	}
	width := t.size
	if t.labels != nil {
		width++
	}
	if t.rows() == 0 {
		return nil, nil
	}
	if from < 0 || to <= from || to > width {
		return nil, fmt.Errorf("%s has columns 0..%d, wanted %s", t.file, width, c)
	}
	out := make([]int, to-from)
	for i := range out {
		out[i] = from + i
	}
	return out, nil
}

func (t *idxTable) load(b *block) {
	b.number = make([]float64, 0, len(b.at)*len(b.columns))
	for _, row := range b.at {
		for _, column := range b.columns {
			b.number = append(b.number, t.value(row, column))
		}
	}
}

func (t *idxTable) value(row, column int) float64 {
	if column == t.size {
		return t.labels.at(row)
	}
	return t.images.at(row*t.size + column)
}

func (t *idxTable) cell(row, column int) string {
	return strconv.FormatFloat(t.value(row, column), 'g', -1, 64)
}

func (t *idxTable) columnName(column int) string {
	if column == t.size {
		return "the labels in " + t.labelFile
	}
	return fmt.Sprintf("column %d of %s", column, t.file)
}

func (t *idxTable) place(row, column int) string {
	if column == t.size {
		return fmt.Sprintf("%s: label %d", t.labelFile, row)
	}
	return fmt.Sprintf("%s: image %d, value %d", t.file, row, column)
}
