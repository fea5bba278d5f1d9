package torchfile

import (
	"fmt"
	"slices"

	"anneal/internal/safetensors"
)

// floats lists the types whose sign is one bit, which a view may turn over.
var floats = []safetensors.DType{safetensors.F64, safetensors.F32, safetensors.F16, safetensors.BF16}

// rebuild returns the tensor that (storage, offset, shape, strides, whether it needs a gradient, hooks, facts)
// describe. Before PyTorch 0.4 the last three are missing. For a type that PyTorch 2 brought, the type comes before the
// facts.
func rebuild(f global, args tuple) (*view, error) {
	least, most := 6, 7
	switch f {
	case rebuildEarly:
		least, most = 4, 4
	case rebuildTyped:
		least, most = 7, 8
	}
	if len(args) < least || len(args) > most {
		return nil, fmt.Errorf("got %d values, want %d", len(args), least)
	}
	v := &view{}
	var shape, stride tuple
	if err := args[:4].scan(&v.storage, &v.offset, &shape, &stride); err != nil {
		return nil, err
	}
	v.dtype = v.storage.dtype
	if f == rebuildTyped {
		name, err := as[global](args[6])
		if err != nil {
			return nil, err
		}
		if v.dtype = elementTypes[name]; v.dtype == "" || v.storage.dtype != safetensors.U8 {
			return nil, fmt.Errorf("got type %s on a storage of %s", name, v.storage.dtype)
		}
	}
	if len(args) == most && f != rebuildEarly {
		facts, err := as[*dict](args[most-1])
		if err != nil {
			return nil, err
		}
		v.negative = facts.get("neg") == true
		if v.negative && !slices.Contains(floats, v.dtype) {
			return nil, fmt.Errorf("the negative of %s", v.dtype)
		}
	}
	const maxRank = 16 // no layer has tensors of more dimensions
	if len(shape) != len(stride) || len(shape) > maxRank {
		return nil, fmt.Errorf("%d sizes and %d strides, want as many, at most %d", len(shape), len(stride), maxRank)
	}
	v.shape, v.stride = make([]int, len(shape)), make([]int, len(stride))
	for i := range shape {
		if err := (tuple{shape[i], stride[i]}).scan(&v.shape[i], &v.stride[i]); err != nil {
			return nil, err
		}
	}
	return v, v.check()
}
