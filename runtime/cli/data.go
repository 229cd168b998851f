package cli

import (
	"fmt"
	"os"
	"path/filepath"

	rt "github.com/gtc-lang/gtc/runtime"
)

// files says where the data is.
type files struct {
	data   string // file instead of the data line's, or folder that has its files; "" for neither
	folder string // that the data line's files are relative to
}

// load reads the data of a train block.
func load[T rt.Float](f files, block Train[T], ports []rt.Port, seed uint64) (rt.Data[T], error) {
	if block.Data == nil && f.data == "" {
		return rt.Data[T]{}, fmt.Errorf("train %s has no data line, and no other data is given", block.Name)
	}
	spec := inOrder(ports)
	if block.Data != nil {
		spec = *block.Data
	}
	if err := f.place(&spec); err != nil {
		return rt.Data[T]{}, err
	}
	return rt.Load[T](spec, ports, seed)
}

// inOrder is a CSV file whose columns are the inputs' in their order.
func inOrder(ports []rt.Port) rt.DataSpec {
	spec := rt.DataSpec{Pipeline: rt.Pipeline{Format: rt.Format{Kind: rt.KindCSV}}}
	at := 0
	for _, p := range ports {
		spec.Pipeline.Inputs = append(spec.Pipeline.Inputs, rt.Input{Port: p.Name, Columns: rt.ColumnRange(at, at+p.Size())})
		at += p.Size()
	}
	return spec
}

// place makes the names of the files such as the process can open.
func (f files) place(spec *rt.DataSpec) error {
	names := []*string{&spec.File, &spec.Labels, &spec.ValidationFile, &spec.ValidationLabels}
	if f.data != "" {
		info, err := os.Stat(f.data)
		if err != nil {
			return err
		}
		if !info.IsDir() {
			spec.File, names = f.data, names[1:]
		} else if spec.File == "" {
			return fmt.Errorf("%s is a folder, and no data line names the file in it", f.data)
		}
		if info.IsDir() {
			for _, name := range names {
				if *name != "" {
					*name = filepath.Join(f.data, filepath.Base(*name))
				}
			}
			return nil
		}
	}
	for _, name := range names {
		if *name != "" && !filepath.IsAbs(*name) {
			*name = filepath.Join(f.folder, *name)
		}
	}
	return nil
}
