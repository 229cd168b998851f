package runtime

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// checksumKey is the metadata entry that holds the SHA-256 of the file, taken
// with zeros in the checksum's own place.
const checksumKey = "gtc.sha256"

var noChecksum = strings.Repeat("0", 2*sha256.Size)

// ErrDamaged is returned for a file whose checksum does not agree.
var ErrDamaged = errors.New("the file is damaged: its checksum does not agree")

// WriteTensors writes a safetensors file: tensors sorted by name, the header
// padded to eight bytes with spaces, a checksum in the metadata. The same
// tensors and metadata give the same bytes.
func WriteTensors[T Float](w io.Writer, tensors []Tensor[T], metadata map[string]string) error {
	sorted := slices.Clone(tensors)
	slices.SortFunc(sorted, func(a, b Tensor[T]) int { return strings.Compare(a.fileName(), b.fileName()) })
	for i := 1; i < len(sorted); i++ {
		if sorted[i].fileName() == sorted[i-1].fileName() {
			return fmt.Errorf("two tensors are called %q", sorted[i].fileName())
		}
	}
	header, err := tensorHeader(sorted, metadata)
	if err != nil {
		return err
	}
	buf := make([]byte, 1<<16)
	sum := sha256.New()
	if err := writeFile(sum, header, sorted, buf); err != nil {
		return err
	}
	header = []byte(strings.Replace(string(header), noChecksum, hex.EncodeToString(sum.Sum(nil)), 1))
	out := bufio.NewWriterSize(w, 1<<18)
	if err := writeFile(out, header, sorted, buf); err != nil {
		return err
	}
	return out.Flush()
}

func writeFile[T Float](w io.Writer, header []byte, tensors []Tensor[T], buf []byte) error {
	if _, err := w.Write(header); err != nil {
		return err
	}
	for _, t := range tensors {
		if err := writeFloats(w, t.Data, buf); err != nil {
			return err
		}
	}
	return nil
}

// tensorHeader builds the length and the JSON, with a checksum of zeros.
// Metadata comes first, its checksum first of all, so that the first run of
// zeros is the checksum's place.
func tensorHeader[T Float](tensors []Tensor[T], metadata map[string]string) ([]byte, error) {
	var b strings.Builder
	fmt.Fprintf(&b, `{"__metadata__":{%q:%q`, checksumKey, noChecksum)
	keys := make([]string, 0, len(metadata))
	for k := range metadata {
		if k != checksumKey {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		fmt.Fprintf(&b, ",%s:%s", quoteJSON(k), quoteJSON(metadata[k]))
	}
	b.WriteString("}")
	dtype := floatType[T]()
	offset := int64(0)
	for _, t := range tensors {
		if len(t.Data) != Elements(t.Shape) {
			return nil, fmt.Errorf("tensor %q: %d elements for shape %v", t.Name, len(t.Data), t.Shape)
		}
		end := offset + int64(len(t.Data))*dtype.size()
		shape, _ := json.Marshal(append([]int{}, t.Shape...))
		fmt.Fprintf(&b, `,%s:{"dtype":"%s","shape":%s,"data_offsets":[%d,%d]}`, quoteJSON(t.fileName()), dtype, shape, offset, end)
		offset = end
	}
	b.WriteString("}")
	b.WriteString(strings.Repeat(" ", (8-b.Len()%8)%8))
	if b.Len() > maxHeader {
		return nil, fmt.Errorf("a header of %d bytes, at most %d can be read back", b.Len(), maxHeader)
	}
	header := binary.LittleEndian.AppendUint64(nil, uint64(b.Len()))
	return append(header, b.String()...), nil
}

func quoteJSON(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// Verify checks the file against its checksum and returns an error wrapping
// ErrDamaged if they differ. A file of another program, without one, passes.
func (f *TensorFile) Verify() error {
	want, ok := f.Metadata[checksumKey]
	if !ok {
		if _, ours := f.Metadata[formatKey]; ours {
			return ErrDamaged
		}
		return nil
	}
	sum := sha256.New()
	sum.Write([]byte(strings.Replace(string(f.header), want, noChecksum, 1)))
	data := io.NewSectionReader(f.r, int64(len(f.header)), f.size-int64(len(f.header)))
	if _, err := io.Copy(sum, data); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != want {
		return ErrDamaged
	}
	return nil
}
