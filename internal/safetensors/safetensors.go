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
	"math"
	"slices"
	"strings"

	"anneal/internal/plural"
)

// DType is the type of a tensor's elements.
type DType string

// The element types that are read and written.
const (
	Bool DType = "BOOL"
	U8   DType = "U8"
	I8   DType = "I8"
	I16  DType = "I16"
	U16  DType = "U16"
	F16  DType = "F16"
	BF16 DType = "BF16"
	I32  DType = "I32"
	U32  DType = "U32"
	F32  DType = "F32"
	F64  DType = "F64"
	I64  DType = "I64"
	U64  DType = "U64"
)

// dtypes lists them all, larger elements first.
var dtypes = []DType{F64, I64, U64, F32, I32, U32, BF16, F16, I16, U16, Bool, I8, U8}

// Size returns the number of bytes per element, 0 for a type that is not one of the above.
func (d DType) Size() int {
	switch d {
	case Bool, U8, I8:
		return 1
	case I16, U16, F16, BF16:
		return 2
	case I32, U32, F32:
		return 4
	case F64, I64, U64:
		return 8
	}
	return 0
}

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

// byteSize returns the number of bytes of a tensor.
func byteSize(d DType, shape []int) (int, error) {
	size := d.Size()
	if size == 0 {
		return 0, fmt.Errorf("dtype: got %q, want one of %s", d, strings.Trim(fmt.Sprint(dtypes), "[]"))
	}
	for _, n := range shape {
		if n < 0 {
			return 0, fmt.Errorf("shape: got %v, want no negative dimension", shape)
		}
	}
	if slices.Contains(shape, 0) {
		return 0, nil
	}
	for _, n := range shape {
		if n > math.MaxInt/size {
			return 0, fmt.Errorf("shape: got %v, want fewer than 2^63 bytes", shape)
		}
		size *= n
	}
	return size, nil
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
