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

// load reads the data of a train block, prepared as for a saved model's where
// that was made in the same way.
func load[T rt.Float](f files, block Train[T], saved *rt.Pipeline, ports []rt.Port, seed uint64) (rt.Data[T], error) {
	if block.Data == nil && f.data == "" {
		return rt.Data[T]{}, fmt.Errorf("train %s has no data line, and no other data is given", block.Name)
	}
	var spec rt.DataSpec
	if block.Data != nil {
		spec = *block.Data
	}
	if err := f.place(&spec); err != nil {
		return rt.Data[T]{}, err
	}
	if fitted, same := spec.Pipeline.Fitted(saved); same {
		spec.Pipeline = *fitted
	}
	return rt.Load[T](spec, ports, seed)
}

// place makes the names of the files such as the process can open.
func (f files) place(spec *rt.DataSpec) error {
	if f.data == "" {
		*spec = spec.In(f.folder)
		return nil
	}
	info, err := os.Stat(f.data)
	switch {
	case err != nil:
		return err
	case !info.IsDir():
		*spec = spec.In(f.folder)
		spec.File = f.data
		return nil
	case spec.File == "":
		return fmt.Errorf("%s is a folder, and no data line names the file in it", f.data)
	}
	for _, name := range []*string{&spec.File, &spec.Labels, &spec.ValidationFile, &spec.ValidationLabels} {
		if *name != "" {
			*name = filepath.Join(f.data, filepath.Base(*name))
		}
	}
	return nil
}
