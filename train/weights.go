package train

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/internal/atomicfile"
	"anneal/internal/safetensors"
	"anneal/runs"
)

// Save writes every parameter and buffer to a safetensors file under its name: PyTorch's load_state_dict takes it as it
// is. The file at path is replaced as a whole or not at all. It has a checksum, with which Load and Inspect find damage.
func Save(path string, params *graph.Params) error { return save(path, params, nil) }

// SaveWith is Save for a file that also says which run's settings its weights come from (record, nil if none) and what else
// is to be said of it. Inspect tells both of a file.
func SaveWith(path string, params *graph.Params, record *runs.Record, metadata map[string]string) error {
	all := maps.Clone(metadata)
	if record != nil {
		if all == nil {
			all = make(map[string]string)
		}
		all[configKey] = record.JSON()
	}
	return save(path, params, all)
}

func save(path string, params *graph.Params, metadata map[string]string) error {
	content, err := (&safetensors.File{Tensors: tensors(params), Metadata: metadata}).EncodeChecked()
	if err == nil {
		err = atomicfile.Write(path, content)
	}
	if err != nil {
		return fmt.Errorf("train: save: %w", err)
	}
	return nil
}

// saveFinal saves the parameters with the run's settings, and likewise their moving average.
func (r *run) saveFinal() error {
	if r.Dir == "" {
		return nil
	}
	metadata := map[string]string{configKey: r.settings.JSON()}
	err := save(filepath.Join(r.Dir, runs.FinalFile), r.Params, metadata)
	if err == nil && r.ema != nil {
		err = save(filepath.Join(r.Dir, runs.EMAFile), r.ema.params, metadata)
	}
	return err
}

func tensors(params *graph.Params) []safetensors.Tensor {
	var list []safetensors.Tensor
	for _, p := range params.All() {
		list = append(list, encode(p.Name(), fileShape(p), p.Value().Data()))
	}
	return list
}

// encode makes a tensor of a []float32, []float64 or []int64.
func encode(name string, shape []int, data any) safetensors.Tensor {
	switch v := data.(type) {
	case []float64:
		return safetensors.Float64(name, shape, v)
	case []int64:
		return safetensors.Int64(name, shape, v)
	default:
		return safetensors.Float32(name, shape, v.([]float32))
	}
}

// fileShape is the shape of a parameter in a file, where PyTorch's counters are scalars.
func fileShape(p *graph.Param) []int {
	if p.Kind() == graph.Counter {
		return []int{}
	}
	return p.Value().Shape()
}

// decode checks that t can be p's value and returns the function that makes it so.
func decode(t safetensors.Tensor, p *graph.Param) (assign func(), err error) {
	counter := p.Kind() == graph.Counter
	if want := fileShape(p); !slices.Equal(t.Shape, want) && !(counter && slices.Equal(t.Shape, []int{1})) {
		return nil, fmt.Errorf("%s has shape %v, want %v", t.Name, t.Shape, want)
	}
	types := []safetensors.DType{safetensors.F32, safetensors.F64, safetensors.F16, safetensors.BF16}
	if counter {
		types = []safetensors.DType{safetensors.I64}
	}
	if !slices.Contains(types, t.DType) {
		return nil, fmt.Errorf("%s has type %s, want %v", t.Name, t.DType, types)
	}
	value := p.Value()
	switch value.Dtype() {
	case tensor.Int64:
		v, err := t.Int64s()
		return func() { copy(value.Int64s(), v) }, err
	case tensor.Float64:
		v, err := t.Float64s()
		return func() { copy(value.Float64s(), v) }, err
	default:
		v, err := t.Float32s()
		return func() { copy(value.Float32s(), v) }, err
	}
}
