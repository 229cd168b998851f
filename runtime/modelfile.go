package runtime

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
)

// Metadata entries of a model file; what the loop adds is in checkpoint.go.
const (
	formatKey    = "gtc.format"
	structureKey = "gtc.structure"
	kernelsKey   = "gtc.kernels"
	pipelineKey  = "gtc.pipeline"
	layersKey    = "gtc.layer_settings"
	sourceKey    = "gtc.source"
	nameKey      = "gtc.source_name"
	trainKey     = "gtc.train"
)

const fileFormat = "1"

// ModelInfo is what a model file says beside its tensors.
type ModelInfo struct {
	Structure string    // hash of the model's structure, "" if the file has none
	Kernels   string    // kernel set that it was trained with
	Pipeline  *Pipeline // what was done to the raw data, nil if nothing

	Source     string // text of the program, "" if the file has none
	SourceName string // its base name, "digits.gt"
	Train      string // the train block that made the weights

	Settings map[string]float64 // numbers of layers by path, such as an epsilon

	Double bool // the weights are float64; set by reading
}

// metadata returns the info as a file's metadata.
func (m ModelInfo) metadata() (map[string]string, error) {
	meta := map[string]string{"format": "pt", formatKey: fileFormat, structureKey: m.Structure, kernelsKey: m.Kernels}
	for key, text := range map[string]string{sourceKey: m.Source, nameKey: m.SourceName, trainKey: m.Train} {
		if text != "" {
			meta[key] = text
		}
	}
	for key, part := range map[string]any{pipelineKey: m.Pipeline, layersKey: m.Settings} {
		text, err := json.Marshal(part)
		if err != nil {
			return nil, err
		}
		if string(text) != "null" {
			meta[key] = string(text)
		}
	}
	return meta, nil
}

func readInfo(meta map[string]string) (m ModelInfo, err error) {
	if v, ok := meta[formatKey]; ok && v != fileFormat {
		return m, fmt.Errorf("a file of format %s; this program reads %s", v, fileFormat)
	}
	m.Structure, m.Kernels = meta[structureKey], meta[kernelsKey]
	m.Source, m.SourceName, m.Train = meta[sourceKey], meta[nameKey], meta[trainKey]
	if text, ok := meta[pipelineKey]; ok {
		m.Pipeline = new(Pipeline)
		if err := json.Unmarshal([]byte(text), m.Pipeline); err != nil {
			return m, fmt.Errorf("preprocessing: %w", err)
		}
	}
	if text, ok := meta[layersKey]; ok {
		if err := json.Unmarshal([]byte(text), &m.Settings); err != nil {
			return m, fmt.Errorf("settings: %w", err)
		}
	}
	return m, nil
}

// SaveModel writes tensors as a safetensors file, atomically. Weights stand
// under their plain names; Optimizer tensors are left out.
func SaveModel[T Float](path string, tensors []Tensor[T], info ModelInfo) error {
	meta, err := info.metadata()
	if err != nil {
		return err
	}
	kept := slices.DeleteFunc(slices.Clone(tensors), func(t Tensor[T]) bool { return t.Role == Optimizer })
	return WriteFileAtomic(path, func(w io.Writer) error { return WriteTensors(w, kept, meta) })
}

// LoadOptions says how a file's tensors are matched with a model's.
type LoadOptions struct {
	// Partial leaves tensors alone that the file does not have, and ignores
	// those that only the file has; strict loading is an error in both cases.
	Partial bool
	// Rename maps a model's tensor names to the file's.
	Rename map[string]string
	// AnyStructure loads a file whose structure hash is another model's.
	AnyStructure bool
}

// LoadModel reads a model file into tensors (Optimizer ones are left alone),
// and its settings into those of the same path, all of them or, on an error,
// none. float32 and float64 files convert.
func LoadModel[T Float](path string, structure string, tensors []Tensor[T], settings []Setting, o LoadOptions) (ModelInfo, error) {
	kept := slices.DeleteFunc(slices.Clone(tensors), func(t Tensor[T]) bool { return t.Role == Optimizer })
	file, err := os.Open(path)
	if err != nil {
		return ModelInfo{}, err
	}
	defer file.Close()
	f, info, err := openModel(file)
	if err == nil {
		err = checkStructure(structure, info.Structure, o)
	}
	if err == nil {
		err = checkSaved(settings, info.Settings)
	}
	if err == nil {
		err = loadTensors(f, kept, o)
	}
	if err != nil {
		return info, fmt.Errorf("%s: %w", path, err)
	}
	for _, s := range settings {
		if v, ok := info.Settings[s.Path]; ok {
			*s.Value = v
		}
	}
	return info, nil
}

// checkSaved refuses saved values that settings cannot have.
func checkSaved(settings []Setting, values map[string]float64) error {
	for i := range settings {
		if v, ok := values[settings[i].Path]; ok {
			if err := settings[i].Check(v); err != nil {
				return err
			}
		}
	}
	return nil
}

// ReadModelInfo reads what a model file says beside its tensors, and checks
// that it is whole.
func ReadModelInfo(path string) (ModelInfo, error) {
	file, err := os.Open(path)
	if err != nil {
		return ModelInfo{}, err
	}
	defer file.Close()
	_, info, err := openModel(file)
	if err != nil {
		return info, fmt.Errorf("%s: %w", path, err)
	}
	return info, nil
}

func openModel(file *os.File) (*TensorFile, ModelInfo, error) {
	stat, err := file.Stat()
	if err != nil {
		return nil, ModelInfo{}, err
	}
	f, err := ReadTensors(file, stat.Size())
	if err != nil {
		return nil, ModelInfo{}, err
	}
	if err := f.Verify(); err != nil {
		return nil, ModelInfo{}, err
	}
	info, err := readInfo(f.Metadata)
	info.Double = slices.ContainsFunc(f.Tensors, func(t TensorInfo) bool { return t.DType == F64 })
	return f, info, err
}

func checkStructure(want, got string, o LoadOptions) error {
	if o.AnyStructure || o.Partial || len(o.Rename) > 0 || want == "" || got == "" || want == got {
		return nil
	}
	return fmt.Errorf("the file holds a model of another structure (%s, this one is %s): its parameters could be mixed up; load it partially or with a renaming", got, want)
}

// loadTensors checks every name and shape before it reads the first value.
func loadTensors[T Float](f *TensorFile, tensors []Tensor[T], o LoadOptions) error {
	unused := map[string]bool{}
	for _, t := range f.Tensors {
		if !strings.HasPrefix(t.Name, "gtc.") {
			unused[t.Name] = true
		}
	}
	names := make([]string, len(tensors))
	for i := range tensors {
		name, err := matchTensor(f, &tensors[i], o)
		if err != nil {
			return err
		}
		names[i] = name
		delete(unused, name)
	}
	if len(unused) > 0 && !o.Partial {
		extra := slices.Sorted(maps.Keys(unused))
		return fmt.Errorf("the file has %d tensors that the model has not, the first is %q", len(extra), extra[0])
	}
	for i, t := range tensors {
		if names[i] == "" {
			continue
		}
		if err := ReadFloats(f, names[i], t.Data); err != nil {
			return err
		}
	}
	return nil
}

// matchTensor returns the name in the file of a model's tensor, "" if it is
// missing and may be.
func matchTensor[T Float](f *TensorFile, t *Tensor[T], o LoadOptions) (string, error) {
	name := t.fileName()
	if renamed, ok := o.Rename[t.Name]; ok {
		name = renamed
	}
	info := f.Find(name)
	if info == nil {
		if o.Partial {
			return "", nil
		}
		return "", fmt.Errorf("the file has no tensor %q", name)
	}
	if !slices.Equal(info.Shape, t.Shape) {
		return "", fmt.Errorf("tensor %q is %v in the file, %v in the model", name, info.Shape, t.Shape)
	}
	return name, nil
}
