package torchfile

import (
	"fmt"

	"anneal/internal/safetensors"
)

// The globals that a state dict may name, and storageTypes.
const (
	orderedDict      global = "collections.OrderedDict"
	rebuildTensor    global = "torch._utils._rebuild_tensor_v2"
	rebuildParameter global = "torch._utils._rebuild_parameter"
)

var storageTypes = map[global]safetensors.DType{
	"torch.DoubleStorage": safetensors.F64, "torch.FloatStorage": safetensors.F32,
	"torch.HalfStorage": safetensors.F16, "torch.BFloat16Storage": safetensors.BF16,
	"torch.LongStorage": safetensors.I64, "torch.IntStorage": safetensors.I32, "torch.ShortStorage": safetensors.I16,
	"torch.CharStorage": safetensors.I8, "torch.ByteStorage": safetensors.U8, "torch.BoolStorage": safetensors.Bool,
}

// storage is the memory that one or more tensors are views of.
type storage struct {
	dtype safetensors.DType
	count int // of elements
	data  []byte
}

// storages loads the records data/0, data/1 and so on.
type storages struct {
	archive   *archive
	loaded    map[string]*storage
	bigEndian bool
}

func newStorages(a *archive) (*storages, error) {
	s := &storages{archive: a, loaded: make(map[string]*storage)}
	if name := a.beside("byteorder"); a.records[name] != nil { // written since PyTorch 2.1
		order, err := a.record(name)
		if err != nil {
			return nil, err
		}
		if s.bigEndian = string(order) == "big"; !s.bigEndian && string(order) != "little" {
			return nil, fmt.Errorf("%s: got %.20q, want little or big", name, order)
		}
	}
	return s, nil
}

// load returns the storage of a persistent id: ("storage", type, key, device, number of elements).
func (s *storages) load(id tuple) (*storage, error) {
	var kind, key, device string
	var of global
	var count int
	if err := id.scan(&kind, &of, &key, &device, &count); err != nil {
		return nil, fmt.Errorf("persistent id: %w", err)
	}
	dtype, ok := storageTypes[of]
	if kind != "storage" || !ok {
		return nil, fmt.Errorf("persistent id: got %.20q of %s, want a storage", kind, of)
	}
	found := s.loaded[key]
	if found == nil {
		data, err := s.archive.record(s.archive.beside("data/" + key))
		if err != nil {
			return nil, err
		}
		found = &storage{dtype: dtype, count: count, data: data}
		s.loaded[key] = found
	}
	size, length := dtype.Size(), len(found.data)
	if found.dtype != dtype || found.count != count || length%size != 0 || length/size != count {
		return nil, fmt.Errorf("storage %q: %d elements of %s in %d bytes", key, count, dtype, length)
	}
	return found, nil
}

// reduce calls one of the three functions that a state dict needs.
func (m *machine) reduce() error {
	args, err := pop[tuple](m)
	if err != nil {
		return err
	}
	f, err := pop[global](m)
	if err != nil {
		return err
	}
	var result any
	switch f {
	case orderedDict:
		result, err = &dict{}, args.scan()
	case rebuildTensor:
		result, err = rebuild(args)
	case rebuildParameter: // of a tensor, whether it needs a gradient, and hooks
		var v *view
		err = args.scan(&v, new(bool), new(*dict))
		result = v
	default:
		return fmt.Errorf("%s is not a function", f)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", f, err)
	}
	m.push(result)
	return nil
}

// rebuild returns the tensor that (storage, offset, shape, strides, whether it needs a gradient, hooks) describe.
func rebuild(args tuple) (*view, error) {
	v := &view{}
	var shape, stride tuple
	if err := args.scan(&v.storage, &v.offset, &shape, &stride, new(bool), new(*dict)); err != nil {
		return nil, err
	}
	const most = 16 // dimensions; no layer has tensors of more
	if len(shape) != len(stride) || len(shape) > most {
		return nil, fmt.Errorf("%d sizes and %d strides, want as many, at most %d", len(shape), len(stride), most)
	}
	v.shape, v.stride = make([]int, len(shape)), make([]int, len(stride))
	for i := range shape {
		if err := (tuple{shape[i], stride[i]}).scan(&v.shape[i], &v.stride[i]); err != nil {
			return nil, err
		}
	}
	return v, v.check()
}
