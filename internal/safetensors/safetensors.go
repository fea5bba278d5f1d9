// Package safetensors reads and writes named tensors in the format of Hugging Face's safetensors, which PyTorch, NumPy
// and others read: the header's length in 8 bytes, little-endian, a JSON header, and the tensors' bytes one after the
// other without gaps.
//
// Format: https://huggingface.co/docs/safetensors. This reader is stricter than the original where
// only a damaged file would differ: it refuses a name or key that is given twice, an unknown key, and text that is not
// UTF-8.
package safetensors

import (
	"fmt"
	"slices"

	"anneal/internal/plural"
)

// Tensor is a named array, row-major. A scalar has an empty Shape and one element.
type Tensor struct {
	Name  string
	DType DType
	Shape []int
	Data  []byte // the elements, little-endian
}

// check returns an error if t's type, shape and data do not fit together.
func (t Tensor) check() error {
	size, err := byteSize(t.DType, t.Shape)
	if err != nil {
		return err
	}
	if len(t.Data) != size {
		return fmt.Errorf("data: got %s, want %d (%s %v)", plural.Of(len(t.Data), "byte"), size, t.DType, t.Shape)
	}
	return nil
}

// File is the content of a safetensors file.
type File struct {
	Tensors  []Tensor // in the order of their bytes
	Metadata map[string]string
}

// Lookup returns the tensor of that name.
func (f *File) Lookup(name string) (Tensor, bool) {
	i := slices.IndexFunc(f.Tensors, func(t Tensor) bool { return t.Name == name })
	if i < 0 {
		return Tensor{}, false
	}
	return f.Tensors[i], true
}
