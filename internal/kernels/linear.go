package kernels

// Linear is the plan of a linear layer y = x·wᵀ + bias for n samples: x is [n, in], w [out, in], y [n, out].
//
// dx = dy·w and dw = dyᵀ·x are outer products. So is y of a large layer, whose wᵀ is made a panel of columns at a time; a
// smaller one's are inner products, which need no wᵀ.
type Linear[T Float] struct {
	n, in, out int
	rowsOfW    []int32 // offsets, of inner products
	forward    product // only for a large layer
	input      product
	weight     product
	sumOfDy    []pair // db is 1·dy
	one        []T
	panels     [][]T // by slot

	forwardGrid               grid
	forwardWork, backwardWork *work

	y, x, w, bias  []T
	floor          T
	dx, dw, db, dy []T
}

// NewLinear returns a plan for n samples of in inputs and out outputs, all at least 1.
func NewLinear[T Float](n, in, out int) *Linear[T] {
	l := &Linear[T]{n: n, in: in, out: out, one: []T{1}}
	for o := range out {
		l.rowsOfW = append(l.rowsOfW, int32(o*in))
	}
	for i := range n {
		l.sumOfDy = append(l.sumOfDy, pair{0, int32(i * out)})
	}
	l.input = newProduct(n, in, out, 1, in)
	l.weight = newProduct(out, in, n, out, in)
	l.forwardGrid = newGrid(n, out, in)
	panel := max(l.input.panel(), l.weight.panel())
	// Ten rows of inner products do not stay in the first cache together, and the samples are worth a wᵀ.
	if 10*in > 8192 && n >= 128 {
		l.forward = newProduct(n, out, in, 1, out)
		l.forward.pack()
		l.forwardGrid = l.forward.grid
		panel = max(panel, l.forward.panel())
	}
	parts := max(l.forwardGrid.parts(), l.input.grid.parts()+l.weight.grid.parts()+1)
	l.panels = scratch[T](min(parts, maxSlots), panel)
	l.forwardWork = newWork(l.forwardPart)
	l.backwardWork = newWork(l.backwardPart)
	return l
}

// Forward sets y to x·wᵀ + bias, and then to max(0, y) if relu. bias may be nil.
func (l *Linear[T]) Forward(y, x, w, bias []T, relu bool) {
	const op = "Linear.Forward"
	checkLen(op, "y", len(y), l.n*l.out)
	checkLen(op, "x", len(x), l.n*l.in)
	checkLen(op, "w", len(w), l.out*l.in)
	checkLenOrNil(op, "bias", bias, l.out)
	l.y, l.x, l.w, l.bias, l.floor = y, x, w, bias, floorOf[T](relu)
	l.forwardWork.run(l.forwardGrid.parts())
	l.y, l.x, l.w, l.bias = nil, nil, nil, nil
}

func (l *Linear[T]) forwardPart(i, slot int) {
	r := l.forwardGrid.part(i)
	if l.forward.packed {
		panel := l.panels[slot]
		for col := r.col; col < r.col+r.cols; col += panelWidth {
			cols := min(panelWidth, l.out-col)
			transpose(panel, l.w[col*l.in:], cols, l.in)
			outer(l.y[r.row*l.out+col:], l.out, l.x[r.row*l.in:], l.in, panel, l.forward.table, r.rows, cols, nil, l.biasFrom(col), l.floor)
		}
		return
	}
	inner(l.y[r.row*l.out+r.col:], l.out, l.x[r.row*l.in:], l.in, l.w, l.rowsOfW[r.col:][:r.cols], r.rows, l.in, l.biasFrom(r.col), 0, l.floor)
}

func (l *Linear[T]) biasFrom(col int) []T {
	if l.bias == nil {
		return nil
	}
	return l.bias[col:]
}

// Backward sets dx, dw and db, each unless nil, to the gradients given dy, that of the layer's result (before any ReLU).
// x and w are those of the last Forward.
func (l *Linear[T]) Backward(dx, dw, db, dy, x, w []T) {
	const op = "Linear.Backward"
	checkLen(op, "dy", len(dy), l.n*l.out)
	checkLen(op, "x", len(x), l.n*l.in)
	checkLen(op, "w", len(w), l.out*l.in)
	checkLenOrNil(op, "dx", dx, l.n*l.in)
	checkLenOrNil(op, "dw", dw, l.out*l.in)
	checkLenOrNil(op, "db", db, l.out)
	l.dx, l.dw, l.db, l.dy, l.x, l.w = dx, dw, db, dy, x, w
	l.backwardWork.run(l.input.grid.parts() + l.weight.grid.parts() + 1)
	l.dx, l.dw, l.db, l.dy, l.x, l.w = nil, nil, nil, nil, nil, nil
}

func (l *Linear[T]) backwardPart(i, slot int) {
	inputs, weights := l.input.grid.parts(), l.weight.grid.parts()
	switch {
	case i < inputs:
		if l.dx != nil {
			multiply(&l.input, i, l.dx, l.in, l.dy, l.out, l.w, l.panels[slot])
		}
	case i < inputs+weights:
		if l.dw != nil {
			multiply(&l.weight, i-inputs, l.dw, l.in, l.dy, 1, l.x, l.panels[slot])
		}
	case l.db != nil:
		outer(l.db, 0, l.one, 0, l.dy, l.sumOfDy, 1, l.out, nil, nil, floorOf[T](false))
	}
}
