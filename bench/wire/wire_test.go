package wire

import (
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// counter is work that counts.
type counter struct{ from int }

func (c *counter) Check(n int) ([]float64, error) {
	if n > 3 {
		return nil, errors.New("too\nmany")
	}
	values := make([]float64, n)
	for i := range values {
		values[i] = float64(c.from) + 1.0/3
	}
	return values, nil
}

func (c *counter) Run(n int) (time.Duration, error) { return time.Duration(n) * time.Millisecond, nil }

func TestServe(t *testing.T) {
	server := Server{
		About: "a counter,\nversion 1",
		Load: func(r Row) (Work, error) {
			if r["kind"] != "count" {
				return nil, NotHere("only counting")
			}
			return &counter{r.Int("from")}, nil
		},
	}
	for _, c := range []struct{ in, want string }{
		{"about", "ok a counter, version 1"},
		{"load kind=count from=2\ncheck 2", "ok\nok 2.3333333333333335 2.3333333333333335"},
		{"load kind=count\nrun 20", "ok\nok 0.020000000"},
		{"load kind=sing", "no only counting"},
		{"load nothing", `error "nothing" is no key=value`},
		{"run 1", "error no row is loaded"},
		{"load kind=count\ncheck 4", "ok\nerror too many"},
		{"load kind=count\nrun x\nrun 0\nrun", "ok\nerror run takes a number from 1 up, not \"x\"\nerror run takes a number from 1 up, not \"0\"\nerror run takes one number"},
		{"\ndance", "error an empty request\nerror unknown request \"dance\""},
		{"load kind=count\nload kind=sing\nrun 1", "ok\nno only counting\nerror no row is loaded"},
	} {
		var out strings.Builder
		if err := Serve(strings.NewReader(c.in), &out, server); err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(out.String()); got != c.want {
			t.Errorf("%q: answered\n%s\nwant\n%s", c.in, got, c.want)
		}
	}
}

func TestReadTensors(t *testing.T) {
	header := `{"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}`
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	file = append(file, header...)
	file = binary.LittleEndian.AppendUint32(file, math.Float32bits(1.5))
	file = binary.LittleEndian.AppendUint32(file, math.Float32bits(-2))
	path := filepath.Join(t.TempDir(), "x.safetensors")
	read := func(file []byte) (map[string]Tensor, error) {
		if err := os.WriteFile(path, file, 0o644); err != nil {
			t.Fatal(err)
		}
		return ReadTensors(path)
	}
	tensors, err := read(file)
	if err != nil {
		t.Fatal(err)
	}
	w := tensors["w"]
	if len(tensors) != 1 || len(w.Shape) != 2 || len(w.Data) != 2 || w.Data[0] != 1.5 || w.Data[1] != -2 {
		t.Errorf("read %+v", tensors)
	}
	for cut := range file {
		if _, err := read(file[:cut]); err == nil {
			t.Errorf("a file cut to %d of %d bytes is read", cut, len(file))
		}
	}
}
