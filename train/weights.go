package train

import (
	"fmt"
	"slices"
	"strings"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/internal/safetensors"
)

// Save writes every parameter and buffer to a safetensors file under its name: PyTorch's load_state_dict takes it as it
// is. The file at path is replaced as a whole or not at all.
func Save(path string, params *graph.Params) error {
	f := &safetensors.File{}
	for _, p := range params.All() {
		f.Tensors = append(f.Tensors, encode(p))
	}
	if err := safetensors.Write(path, f); err != nil {
		return fmt.Errorf("train: save: %w", err)
	}
	return nil
}

func encode(p *graph.Param) safetensors.Tensor {
	shape := fileShape(p)
	switch v := p.Value().Data().(type) {
	case []float64:
		return safetensors.Float64(p.Name(), shape, v)
	case []int64:
		return safetensors.Int64(p.Name(), shape, v)
	default:
		return safetensors.Float32(p.Name(), shape, v.([]float32))
	}
}

// fileShape is the shape of a parameter in a file, where PyTorch's counters are scalars.
func fileShape(p *graph.Param) []int {
	if p.Kind() == graph.Counter {
		return []int{}
	}
	return p.Value().Shape()
}

// Load reads a safetensors file, such as Save or PyTorch writes, into params, which must hold the model's parameters
// already (Compile and NewEvaluator create them). Numbers of any floating type are converted to that of params. The file
// must hold just these names in these shapes: the error lists all that are missing, extra or different, and then
// nothing has been changed.
func Load(path string, params *graph.Params) error {
	f, err := safetensors.Read(path)
	if err != nil {
		return fmt.Errorf("train: load: %w", err)
	}
	var wrong []string
	var set []func()
	for _, p := range params.All() {
		t, ok := f.Lookup(p.Name())
		if !ok {
			wrong = append(wrong, fmt.Sprintf("%s %v is missing", p.Name(), fileShape(p)))
			continue
		}
		assign, err := decode(t, p)
		if err != nil {
			wrong = append(wrong, err.Error())
		}
		set = append(set, assign)
	}
	for _, t := range f.Tensors {
		if params.Lookup(t.Name) == nil {
			wrong = append(wrong, fmt.Sprintf("%s %v is not in the model", t.Name, t.Shape))
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("train: load: %s does not fit the model: %s", path, strings.Join(wrong, "; "))
	}
	for _, assign := range set {
		assign()
	}
	return nil
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
