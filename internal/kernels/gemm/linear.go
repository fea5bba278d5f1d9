package gemm

import (
	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// Linear is the plan of a linear layer y = x·wᵀ + bias for n samples: x is [n, in], w [out, in], y [n, out].
//
// y is computed by NT, dx = dy·w and dw = dyᵀ·x by NN.
type Linear[T kernels.Float] struct {
	n, in, out   int
	rowsOfW      []int32 // where they start
	rowsOfDy     []int32
	steps        []Pair // from one row of w or x to the next
	sumOfDy      []Pair // db is 1·dy
	one          []T
	columnsOfDy  [][]T // some of them as rows, by slot
	y, dx, dw    grid
	forwardWork  *parallel.Work
	backwardWork *parallel.Work
	args         linearArgs[T]
}

// linearArgs are the arguments of the call at work.
type linearArgs[T kernels.Float] struct {
	y, x, w, bias  []T
	lower          T
	dx, dw, db, dy []T
}

// NewLinear returns a plan for n samples of in inputs and out outputs, all at least 1.
func NewLinear[T kernels.Float](n, in, out int) *Linear[T] {
	l := &Linear[T]{
		n: n, in: in, out: out, one: []T{1},
		y: newGrid(n, out, in, 48), dx: newGrid(n, in, out, 48), dw: newGrid(out, in, n, 192),
	}
	for o := range out {
		l.rowsOfW = append(l.rowsOfW, int32(o*in))
	}
	for i := range n {
		l.rowsOfDy = append(l.rowsOfDy, int32(i*out))
		l.sumOfDy = append(l.sumOfDy, Pair{0, int32(i * out)})
	}
	for k := range max(n, out) {
		l.steps = append(l.steps, Pair{int32(k), int32(k * in)})
	}
	parts := l.dx.parts() + l.dw.parts() + 1
	l.columnsOfDy = kernels.Scratch[T](min(parts, parallel.MaxSlots), n*kernels.CeilDiv(out, l.dw.down))
	l.forwardWork = parallel.New(l.forwardPart)
	l.backwardWork = parallel.New(l.backwardPart).Costs(2 * n * in * out / parallel.PerElement)
	return l
}

// Forward sets y to x·wᵀ + bias, and then to max(0, y) if relu. bias may be nil.
func (l *Linear[T]) Forward(y, x, w, bias []T, relu bool) {
	const op = "Linear.Forward"
	kernels.CheckLen(op, "y", len(y), l.n*l.out)
	kernels.CheckLen(op, "x", len(x), l.n*l.in)
	kernels.CheckLen(op, "w", len(w), l.out*l.in)
	kernels.CheckLenOrNil(op, "bias", bias, l.out)
	l.args = linearArgs[T]{y: y, x: x, w: w, bias: bias, lower: kernels.LowerBound[T](relu)}
	l.forwardWork.Run(l.y.parts())
	l.args = linearArgs[T]{}
}

func (l *Linear[T]) forwardPart(i, _ int) {
	r, a := l.y.part(i), &l.args
	var bias []T
	if a.bias != nil {
		bias = a.bias[r.col:]
	}
	NT(a.y[r.row*l.out+r.col:], l.out, a.x[r.row*l.in:], l.in, a.w, l.rowsOfW[r.col:][:r.cols], r.rows, l.in, bias, 0,
		a.lower)
}

// Backward sets dx, dw and db, each unless nil, to the gradients given dy, that of the layer's result (before any
// ReLU). x and w are those of the last Forward.
func (l *Linear[T]) Backward(dx, dw, db, dy, x, w []T) {
	const op = "Linear.Backward"
	kernels.CheckLen(op, "dy", len(dy), l.n*l.out)
	kernels.CheckLen(op, "x", len(x), l.n*l.in)
	kernels.CheckLen(op, "w", len(w), l.out*l.in)
	kernels.CheckLenOrNil(op, "dx", dx, l.n*l.in)
	kernels.CheckLenOrNil(op, "dw", dw, l.out*l.in)
	kernels.CheckLenOrNil(op, "db", db, l.out)
	l.args = linearArgs[T]{x: x, w: w, dx: dx, dw: dw, db: db, dy: dy}
	l.backwardWork.Run(l.dx.parts() + l.dw.parts() + 1)
	l.args = linearArgs[T]{}
}

func (l *Linear[T]) backwardPart(i, slot int) {
	a, none := &l.args, kernels.LowerBound[T](false)
	inputs, weights := l.dx.parts(), l.dw.parts()
	switch {
	case i < inputs:
		if r := l.dx.part(i); a.dx != nil {
			NN(a.dx[r.row*l.in+r.col:], l.in, a.dy[r.row*l.out:], l.out, a.w[r.col:], l.steps[:l.out], r.rows, r.cols, nil, nil,
				none)
		}
	case i < inputs+weights:
		if r := l.dw.part(i - inputs); a.dw != nil {
			columns := l.columnsOfDy[slot]
			Transpose(columns, l.n, a.dy[r.row:], l.rowsOfDy, r.rows)
			NN(a.dw[r.row*l.in+r.col:], l.in, columns, l.n, a.x[r.col:], l.steps[:l.n], r.rows, r.cols, nil, nil, none)
		}
	case a.db != nil:
		NN(a.db, 0, l.one, 0, a.dy, l.sumOfDy, 1, l.out, nil, nil, none)
	}
}
