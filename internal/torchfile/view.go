package torchfile

import (
	"fmt"
	"slices"

	"anneal/internal/safetensors"
)

// view is a tensor: element [i, j, …] is the storage's element offset + i·stride[0] + j·stride[1] + …
type view struct {
	storage       *storage
	dtype         safetensors.DType // of the elements; the storage may be untyped
	offset        int
	shape, stride []int
	negative      bool // the elements are those of the storage with the other sign
}

// elements returns how many elements of v's type its storage has.
func (v *view) elements() int { return v.storage.count * v.storage.dtype.Size() / v.dtype.Size() }

// check returns an error if v reaches beyond its storage.
func (v *view) check() error {
	if v.offset < 0 || slices.ContainsFunc(v.shape, negative) || slices.ContainsFunc(v.stride, negative) {
		return fmt.Errorf("offset %d, sizes %v, strides %v: want none negative", v.offset, v.shape, v.stride)
	}
	if slices.Contains(v.shape, 0) {
		return nil
	}
	inside, room := v.offset < v.elements(), v.elements()-1-v.offset
	for i, n := range v.shape {
		if n > 1 {
			inside = inside && v.stride[i] <= room/(n-1)
			room -= (n - 1) * v.stride[i]
		}
	}
	if !inside {
		return fmt.Errorf("offset %d, sizes %v, strides %v: want all within the storage's %d elements",
			v.offset, v.shape, v.stride, v.elements())
	}
	return nil
}

func negative(n int) bool { return n < 0 }

// contiguous reports whether v's elements lie in row-major order without gaps.
func (v *view) contiguous() bool {
	next := 1
	for i, n := range slices.Backward(v.shape) {
		if n > 1 && v.stride[i] != next {
			return false
		}
		next *= n
	}
	return true
}

// copier gathers the elements of views.
type copier struct {
	room int  // bytes that may still be copied: an expanded view names one element many times
	swap bool // the storages are big-endian
}

// data returns v's elements in row-major order and little-endian. They are a part of the file if they are there like
// that.
func (c *copier) data(v *view) ([]byte, error) {
	if slices.Contains(v.shape, 0) {
		return nil, nil
	}
	size := v.dtype.Size()
	whole := v.contiguous() && !c.swap && !v.negative
	total := size
	for _, n := range v.shape {
		if !whole && n > c.room/total {
			return nil, fmt.Errorf("sizes %v, strides %v: want fewer repeated elements: "+
				"tensors that are not contiguous may take four times the file's size", v.shape, v.stride)
		}
		total *= n
	}
	if whole {
		at := v.offset * size
		return v.storage.data[at : at+total : at+total], nil
	}
	c.room -= total
	data := make([]byte, 0, total)
	index := make([]int, len(v.shape))
	for at := v.offset; len(data) < total; {
		element := v.storage.data[at*size : (at+1)*size]
		data = append(data, element...)
		if c.swap {
			slices.Reverse(data[len(data)-size:])
		}
		if v.negative {
			data[len(data)-1] ^= 0x80 // only floating numbers have it
		}
		for i := len(index) - 1; i >= 0; i-- {
			index[i]++
			at += v.stride[i]
			if index[i] < v.shape[i] {
				break
			}
			at -= v.shape[i] * v.stride[i]
			index[i] = 0
		}
	}
	return data, nil
}
