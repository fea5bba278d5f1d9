package train

import (
	"unsafe"

	"gorgonia.org/gorgonia"

	"anneal/graph"
)

// gradientSlices cut the gradient of all parameters, one after the other, into a slice for each rank, which adds those
// of the update's batches.
type gradientSlices interface {
	bytes() int // of a slice
	// deal writes each rank's slice of a batch's gradient into the bytes that to returns.
	deal(gradients []gorgonia.ValueGrad, to func(rank int) []byte) error
	// begin sets the sum to a slice as it is, for an update of one batch alone.
	begin(slice []byte)
	// add adds the slice of a batch of n samples to the sum, or begins a sum with it, as meanGradient does.
	add(slice []byte, n int, begin bool)
	divide(samples int)
	sum() []byte // the slice of the update's gradient
	// collect copies the slices of all ranks into the gradients of an update.
	collect(slices []byte, to []*meanGradient)
}

type slicesOf[T graph.Float] struct {
	length int // of a slice
	total  []T
}

// newGradientSlices returns the slices of a gradient of so many elements. A slice has a multiple of 8 bytes.
func newGradientSlices[T graph.Float](elements, ranks int) gradientSlices {
	length := (elements + ranks - 1) / ranks
	length += length % 2
	return &slicesOf[T]{length, make([]T, length)}
}

func (s *slicesOf[T]) bytes() int { return s.length * int(unsafe.Sizeof(T(0))) }

func (s *slicesOf[T]) deal(gradients []gorgonia.ValueGrad, to func(rank int) []byte) error {
	at := 0
	for _, g := range gradients {
		value, err := g.Grad()
		if err != nil {
			return err
		}
		for x := graph.Floats[T](value); len(x) > 0; {
			n := copy(view[T](to(at / s.length))[at%s.length:], x)
			x = x[n:]
			at += n
		}
	}
	return nil
}

func (s *slicesOf[T]) begin(slice []byte) { copy(s.total, view[T](slice)) }

func (s *slicesOf[T]) add(slice []byte, n int, begin bool) {
	addScaled(s.total, view[T](slice), T(n), begin)
}

func (s *slicesOf[T]) divide(samples int) { divide(s.total, T(samples)) }

func (s *slicesOf[T]) sum() []byte { return bytesOf(s.total) }

func (s *slicesOf[T]) collect(slices []byte, to []*meanGradient) {
	all := view[T](slices)
	for _, g := range to {
		all = all[copy(graph.Floats[T](g.mean), all):]
	}
}

// view returns the numbers in b, which begins where a number may begin in memory, in the order of bytes of this
// machine.
func view[T graph.Float](b []byte) []T {
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(T(0))))
}

// bytesOf returns the bytes of x.
func bytesOf[T graph.Float | int64](x []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*int(unsafe.Sizeof(T(0))))
}
