package attention

import (
	"math"

	"anneal/internal/kernels"
	"anneal/internal/kernels/activation"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/kernels/gemm"
)

// of returns the vectors of a head from row t of its sample on, where a sample has length rows.
func (c *Core[T]) of(r Rows[T], head, length, t int) []T {
	n, h := head/c.Heads, head%c.Heads
	return r.Data[(n*length+t)*r.Stride+h*c.Dim:]
}

// forwardHead computes a head of a sample, block by block of its queries.
func (c *Core[T]) forwardHead(head, slot int) {
	a, none := &c.args, kernels.LowerBound[T](false)
	width := c.keysStride()
	keysT, free := c.scratch[slot][:c.Dim*width], c.scratch[slot][2*c.Dim*width:]
	gemm.Transpose(keysT, width, c.of(a.k, head, c.Keys, 0), c.tables.keyRows, c.Dim)
	values := c.of(a.v, head, c.Keys, 0)
	for t := 0; t < c.Queries; t += c.block {
		rows := min(c.block, c.Queries-t)
		w := c.weights[(head*c.Queries+t)*c.Keys:][:rows*c.Keys]
		gemm.NN(w, c.Keys, c.of(a.q, head, c.Queries, t), a.q.Stride, keysT, c.tables.scores, rows, c.Keys, nil, nil, none)
		c.softmax(w, head, t, rows)
		if c.dropout != nil {
			kept := free[:len(w)]
			elementwise.Dropout(kept, w, c.dropout.mask(head, t, w, slot, c.Shape))
			w = kept
		}
		gemm.NN(c.of(a.y, head, c.Queries, t), a.y.Stride, w, c.Keys, values, c.tables.values, rows, c.Dim, nil, nil, none)
	}
}

// softmax turns the products q·kᵀ of the rows from query t on into weights.
func (c *Core[T]) softmax(w []T, head, t, rows int) {
	m := &c.args.masks
	if m.Pairs == nil && m.Keys == nil && !c.Causal {
		activation.SoftmaxRows(w, w, rows, c.Keys, c.Keys, c.scale)
		return
	}
	pairs := m.Pairs
	if size := c.Queries * c.Keys; len(pairs) > size {
		pairs = pairs[head*size:][:size]
	}
	for i := range rows {
		row, seen := w[i*c.Keys:][:c.Keys], c.Keys
		if c.Causal {
			seen = min(t+i+1, seen)
			clear(row[seen:])
		}
		row = row[:seen]
		if m.Pairs == nil && m.Keys == nil {
			activation.SoftmaxRows(row, row, 1, seen, seen, c.scale)
			continue
		}
		for s := range row {
			row[s] *= c.scale
		}
		if pairs != nil {
			add(row, pairs[(t+i)*c.Keys:])
		}
		if m.Keys != nil {
			add(row, m.Keys[head/c.Heads*c.Keys:])
		}
		if hidden(row) {
			clear(row)
			continue
		}
		activation.SoftmaxRows(row, row, 1, seen, seen, 1)
	}
}

// add adds the first elements of x to y.
func add[T kernels.Float](y, x []T) {
	x = x[:len(y)]
	for i, v := range x {
		y[i] += v
	}
}

// hidden reports whether all of row is −Inf.
func hidden[T kernels.Float](row []T) bool {
	for _, v := range row {
		if !math.IsInf(float64(v), -1) {
			return false
		}
	}
	return true
}

// backwardHead computes the gradients of a head of a sample:
//
//	dv = weightsᵀ·dy,  dscores = weights∘(dy·vᵀ − Σ weights∘(dy·vᵀ))/√dim,  dq = dscores·k,  dk = dscoresᵀ·q
//
// where dropout masks the weights of dv, and dy·vᵀ.
func (c *Core[T]) backwardHead(head, slot int) {
	a, none := &c.args, kernels.LowerBound[T](false)
	width := c.keysStride()
	valuesT, free := c.scratch[slot][c.Dim*width:][:c.Dim*width], c.scratch[slot][2*c.Dim*width:]
	gemm.Transpose(valuesT, width, c.of(a.v, head, c.Keys, 0), c.tables.valueRows, c.Dim)
	keys := c.of(a.k, head, c.Keys, 0)
	dk, dv := c.of(a.dk, head, c.Keys, 0), c.of(a.dv, head, c.Keys, 0)
	for t := 0; t < c.Queries; t += c.block {
		rows := min(c.block, c.Queries-t)
		w := c.weights[(head*c.Queries+t)*c.Keys:][:rows*c.Keys]
		q, dy := c.of(a.q, head, c.Queries, t), c.of(a.dy, head, c.Queries, t)
		dscores := free[:len(w)]
		gemm.NN(dscores, c.Keys, dy, a.dy.Stride, valuesT, c.tables.dscores, rows, c.Keys, nil, nil, none)
		kept := w
		if c.dropout != nil {
			mask := c.dropout.masks[(head*c.Queries+t)*c.Keys:][:len(w)]
			kept = free[len(w):][:len(w)]
			elementwise.Dropout(kept, w, mask)
			elementwise.Dropout(dscores, dscores, mask)
		}
		gemm.AddNN(dv, a.dv.Stride, kept, 1, dy, c.tables.weightsT[:rows], c.Keys, c.Dim, t > 0)
		activation.SoftmaxRowsBackward(dscores, dscores, w, rows, c.Keys, c.Keys, c.scale)
		dq := c.of(a.dq, head, c.Queries, t)
		gemm.NN(dq, a.dq.Stride, dscores, c.Keys, keys, c.tables.keys, rows, c.Dim, nil, nil, none)
		gemm.AddNN(dk, a.dk.Stride, dscores, 1, q, c.tables.dscoresT[:rows], c.Keys, c.Dim, t > 0)
	}
}
