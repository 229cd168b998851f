package wire

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
)

// Tensor is one tensor of a file: row-major float32.
type Tensor struct {
	Shape []int
	Data  []float32
}

// ReadTensors reads the float32 tensors of a safetensors file.
func ReadTensors(path string) (map[string]Tensor, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(raw) < 8 || binary.LittleEndian.Uint64(raw) > uint64(len(raw)-8) {
		return nil, fmt.Errorf("%s: not a safetensors file", path)
	}
	data := raw[8+binary.LittleEndian.Uint64(raw):]
	var header map[string]json.RawMessage
	if err := json.Unmarshal(raw[8:len(raw)-len(data)], &header); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	delete(header, "__metadata__")
	tensors := map[string]Tensor{}
	for name, entry := range header {
		tensors[name], err = readTensor(entry, data)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", path, name, err)
		}
	}
	return tensors, nil
}

func readTensor(entry json.RawMessage, data []byte) (Tensor, error) {
	var e struct {
		DType   string `json:"dtype"`
		Shape   []int  `json:"shape"`
		Offsets [2]int `json:"data_offsets"`
	}
	if err := json.Unmarshal(entry, &e); err != nil {
		return Tensor{}, err
	}
	from, to := e.Offsets[0], e.Offsets[1]
	if e.DType != "F32" || from < 0 || to < from || to > len(data) {
		return Tensor{}, fmt.Errorf("%s at bytes %d to %d of %d: not float32 inside the file", e.DType, from, to, len(data))
	}
	t := Tensor{Shape: e.Shape, Data: make([]float32, (to-from)/4)}
	for i := range t.Data {
		t.Data[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[from+4*i:]))
	}
	return t, nil
}
