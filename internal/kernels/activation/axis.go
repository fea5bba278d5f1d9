package activation

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/gemm"
	"anneal/internal/parallel"
)

// Softmax is the plan of softmax, or of its logarithm, along the middle axis of x, [outer, size, inner].
type Softmax[T kernels.Float] struct {
	outer, size, inner int
	logarithm          bool
	forward, backward  *parallel.Work
	parts, items       int // an item is a line, or columns of an outer block

	lines   []int32 // where the lines of columns start
	rows    []int32 // where those begin that a line has in an outer block
	scratch [][]T   // columns as rows, by slot

	y, x, dx, dy []T // the arguments of the call at work
}

// columns is how many lines along an axis that is not the last are computed together.
const columns = 64

// NewSoftmax returns a plan.
func NewSoftmax[T kernels.Float](outer, size, inner int, logarithm bool) *Softmax[T] {
	s := &Softmax[T]{outer: outer, size: size, inner: inner, logarithm: logarithm, items: outer}
	work := smooth * size
	if inner > 1 {
		s.items = outer * kernels.CeilDiv(inner, columns)
		work *= min(inner, columns)
		for i := range size {
			s.rows = append(s.rows, int32(i*inner))
		}
		for i := range min(inner, columns) {
			s.lines = append(s.lines, int32(i*size))
		}
	}
	s.parts = max(1, min(s.items, s.items*work/parallel.PartSize))
	if inner > 1 {
		s.scratch = kernels.Scratch[T](min(s.parts, parallel.MaxSlots), 2*len(s.lines)*size)
	}
	s.forward = parallel.New(func(i, slot int) { s.part(i, slot, s.forwardItem, s.forwardRows) })
	s.backward = parallel.New(func(i, slot int) { s.part(i, slot, s.backwardItem, s.backwardRows) })
	return s
}

// part computes the items of a part: rows together, and columns one block after the other.
func (s *Softmax[T]) part(i, slot int, item func(at, cols int, scratch []T), rows func(from, to int)) {
	from, to := parallel.Range(i, s.parts, s.items)
	if s.inner == 1 {
		rows(from, to)
		return
	}
	blocks := kernels.CeilDiv(s.inner, columns)
	for ; from < to; from++ {
		column := from % blocks * columns
		item(from/blocks*s.size*s.inner+column, min(columns, s.inner-column), s.scratch[slot])
	}
}

// Forward sets y. y may be x.
func (s *Softmax[T]) Forward(y, x []T) {
	s.check("Softmax.Forward", y, x)
	s.y, s.x = y, x
	s.forward.Run(s.parts)
	s.y, s.x = nil, nil
}

// Backward sets dx, where y is Forward's result. dx may be dy.
func (s *Softmax[T]) Backward(dx, dy, y []T) {
	s.check("Softmax.Backward", dx, dy, y)
	s.dx, s.dy, s.y = dx, dy, y
	s.backward.Run(s.parts)
	s.dx, s.dy, s.y = nil, nil, nil
}

func (s *Softmax[T]) check(op string, slices ...[]T) {
	for _, v := range slices {
		kernels.CheckLen(op, "a tensor", len(v), s.outer*s.size*s.inner)
	}
}

func (s *Softmax[T]) forwardRows(from, to int) {
	s.softmax(s.y[from*s.size:], s.x[from*s.size:], to-from)
}

func (s *Softmax[T]) softmax(y, x []T, rows int) {
	if s.logarithm {
		LogSoftmaxRows(y, x, rows, s.size, s.size)
	} else {
		SoftmaxRows(y, x, rows, s.size, s.size, 1)
	}
}

func (s *Softmax[T]) backwardRows(from, to int) {
	from, to = from*s.size, to*s.size
	s.gradient(s.dx[from:to], s.dy[from:to], s.y[from:to], (to-from)/s.size)
}

func (s *Softmax[T]) gradient(dx, dy, y []T, rows int) {
	if s.logarithm {
		LogSoftmaxRowsBackward(dx, dy, y, rows, s.size, s.size)
	} else {
		SoftmaxRowsBackward(dx, dy, y, rows, s.size, s.size, 1)
	}
}

// forwardItem computes cols lines, the first of which begins at an element.
func (s *Softmax[T]) forwardItem(at, cols int, scratch []T) {
	gemm.Transpose(scratch, s.size, s.x[at:], s.rows, cols)
	s.softmax(scratch, scratch, cols)
	gemm.Transpose(s.y[at:], s.inner, scratch, s.lines[:cols], s.size)
}

func (s *Softmax[T]) backwardItem(at, cols int, scratch []T) {
	dy, y := scratch[:cols*s.size], scratch[cols*s.size:]
	gemm.Transpose(dy, s.size, s.dy[at:], s.rows, cols)
	gemm.Transpose(y, s.size, s.y[at:], s.rows, cols)
	s.gradient(dy, dy, y, cols)
	gemm.Transpose(s.dx[at:], s.inner, dy, s.lines[:cols], s.size)
}
