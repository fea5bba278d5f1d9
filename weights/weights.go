// Package weights saves a model's parameters to files and loads them: whole or in part, with or without the model at
// hand, in safetensors' format or from PyTorch's own.
//
// A file has each parameter and buffer under its name, in PyTorch's names, shapes and layouts, so that it goes either
// way: PyTorch's load_state_dict takes what Save writes, and Load takes what safetensors.torch.save_file or torch.save
// writes. The checkpoints of package train are such files, too, with more in them. A file of ours has a checksum, by
// which every reader finds damage.
package weights

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/internal/safetensors"
)

// What a checkpoint holds beyond the parameters: the solver's state and the moving or the equal average of the
// parameters, as tensors with a prefix before their names, and in the metadata, as JSON, the run's settings (a
// runs.Record) and its runs.Progress. PyTorch has no names with a slash.
const (
	ownPrefix    = "anneal/"
	SolverPrefix = ownPrefix + "solver/"
	EMAPrefix    = ownPrefix + "ema/"
	SWAPrefix    = ownPrefix + "swa/"
	RecordKey    = "anneal.config"
	ProgressKey  = "anneal.progress"
)

// DataKey is the key in the metadata of a file that says what its network was trained with, as a runs.DataRecord in
// JSON. A file with a runs.Record needs none: the record says so.
const DataKey = "anneal.data"

// Tensors returns the parameters as tensors of a file, with prefix before their names.
func Tensors(params *graph.Params, prefix string) []safetensors.Tensor {
	var list []safetensors.Tensor
	for _, p := range params.All() {
		list = append(list, Tensor(prefix+p.Name(), fileShape(p), p.Value().Data()))
	}
	return list
}

// Tensor returns a tensor of a file. data is a []float32, []float64 or []int64.
func Tensor(name string, shape []int, data any) safetensors.Tensor {
	switch v := data.(type) {
	case []float64:
		return safetensors.Float64(name, shape, v)
	case []int64:
		return safetensors.Int64(name, shape, v)
	default:
		return safetensors.Float32(name, shape, v.([]float32))
	}
}

// Part returns the tensors of f whose names begin with prefix, without it.
func Part(f *safetensors.File, prefix string) *safetensors.File {
	part := new(safetensors.File)
	for _, t := range f.Tensors {
		if name, ok := strings.CutPrefix(t.Name, prefix); ok {
			t.Name = name
			part.Tensors = append(part.Tensors, t)
		}
	}
	return part
}

// fileShape returns the shape of a parameter in a file, where PyTorch's counters are scalars.
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
	if !t.DType.Numeric() {
		return nil, fmt.Errorf("%s has type %s, want numbers that are neither complex nor packed", t.Name, t.DType)
	}
	value := p.Value()
	switch value.Dtype() {
	case tensor.Int64:
		v, err := whole(t)
		return func() { copy(value.Int64s(), v) }, err
	case tensor.Float64:
		v, err := t.Float64s()
		return func() { copy(value.Float64s(), v) }, err
	default:
		v, err := t.Float32s()
		return func() { copy(value.Float32s(), v) }, err
	}
}

// whole returns the elements of t, without what stands behind the point.
func whole(t safetensors.Tensor) ([]int64, error) {
	if t.DType == safetensors.I64 {
		return t.Int64s()
	}
	v, err := t.Float64s()
	list := make([]int64, len(v))
	for i, x := range v {
		if !(math.Abs(x) < 1<<63) {
			return nil, fmt.Errorf("%s: got %v, want a number that int64 can hold", t.Name, x)
		}
		list[i] = int64(x)
	}
	return list, err
}
