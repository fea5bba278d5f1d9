// Package torchfile reads the state dicts that PyTorch's torch.save writes (.pt, .pth): a zip archive of a pickle,
// data.pkl, and of one record for each storage, data/0, data/1 and so on.
//
// It runs no code. It knows only the pickle opcodes that a dict of tensors needs, and only the globals OrderedDict, the
// functions that make tensors, and the storage types. It refuses every other opcode and global by name. It checks sizes
// against the file before it allocates memory, and every record against its CRC-32.
package torchfile

import (
	"fmt"
	"os"

	"anneal/internal/safetensors"
)

// maxPickle bounds data.pkl, which has some 150 bytes for each tensor.
const maxPickle = 4 << 20

// advice ends the errors about files that hold something other than a state dict.
const advice = "save model.state_dict() by itself"

// Read reads the file at path. It returns the tensors in the state dict's order, row-major and little-endian whatever
// their strides and byte order were.
func Read(path string) (*safetensors.File, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f, err := Parse(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// Parse reads the content of a file. The tensors' Data are parts of b where they can be.
func Parse(b []byte) (*safetensors.File, error) {
	a, err := open(b)
	if err != nil {
		return nil, err
	}
	pickle, err := a.record(a.pickle)
	if err != nil {
		return nil, err
	}
	if len(pickle) > maxPickle {
		return nil, fmt.Errorf("%s: got %d bytes, want at most %d", a.pickle, len(pickle), maxPickle)
	}
	s, err := newStorages(a)
	if err != nil {
		return nil, err
	}
	f, err := state(pickle, s, 4*len(b)+1<<20)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.pickle, err)
	}
	return f, nil
}

// state reads a pickled dict of tensors. It copies the elements of views, room bytes of them at most; see copier.
func state(pickle []byte, s *storages, room int) (*safetensors.File, error) {
	value, err := unpickle(pickle, s.load)
	if err != nil {
		return nil, err
	}
	state, ok := value.(*dict)
	if !ok {
		return nil, fmt.Errorf("it holds %s, want a dict of tensors: %s", describe(value), advice)
	}
	f := &safetensors.File{}
	c := copier{room: room, swap: s.bigEndian}
	for _, name := range state.keys {
		v, ok := state.values[name].(*view)
		if !ok {
			return nil, fmt.Errorf("%q is %s, want a tensor: %s", name, describe(state.values[name]), advice)
		}
		data, err := c.data(v)
		if err != nil {
			return nil, fmt.Errorf("tensor %q: %w", name, err)
		}
		f.Tensors = append(f.Tensors, safetensors.Tensor{
			Name: name, DType: v.storage.dtype, Shape: v.shape, Data: data,
		})
	}
	return f, nil
}
