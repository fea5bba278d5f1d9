// Package attention computes scaled dot-product attention of several heads, and its gradients:
//
//	y = softmax(q·kᵀ/√dim + mask)·v
//
// for each sample and each head by itself. Core is the attention of projected queries, keys and values; MultiHead is
// the whole layer, with its four projections.
//
// Tensors are [N, T, heads·dim], one sample after the other: T is the number of queries, or S, the number of keys. The
// dim numbers of a head lie side by side, as in PyTorch's MultiheadAttention with batch_first.
//
// Vaswani et al., Attention Is All You Need, 2017, arXiv:1706.03762, section 3.2.
package attention

import (
	"math"

	"anneal/internal/kernels"
	"anneal/internal/kernels/gemm"
	"anneal/internal/parallel"
)

// Shape has the sizes of an attention.
type Shape struct {
	N, Heads      int
	Queries, Keys int // per sample
	Dim           int // of a head
	Causal        bool
}

// Rows are vectors in a larger matrix: the one of query or key t of sample n begins at (n·T + t)·Stride, and a head's
// part of it at head·dim.
type Rows[T kernels.Float] struct {
	Data   []T
	Stride int
}

// Masks say which queries see which keys. Each is added to q·kᵀ/√dim, so that −Inf hides a key; either may be nil.
type Masks[T kernels.Float] struct {
	Pairs []T // [T, S], or [N·heads, T, S]
	Keys  []T // [N, S]
}

// Core is the plan of an attention.
//
// A query that sees no key gets 0, as in PyTorch's scaled_dot_product_attention. In a Causal one, query t sees the keys
// 0 to t.
type Core[T kernels.Float] struct {
	Shape
	scale   T
	dropout *dropout[T] // nil: none
	weights []T         // [N·heads, T, S], after softmax and before dropout
	block   int         // queries that are computed together

	tables            tables
	scratch           [][]T // by slot
	forward, backward *parallel.Work
	together          int // heads that are one part
	args              arguments[T]
}

// arguments are those of the call at work.
type arguments[T kernels.Float] struct {
	y, q, k, v, dy, dq, dk, dv Rows[T]
	masks                      Masks[T]
}

const blockSize = 1 << 14 // weights of a block of queries

// NewCore returns a plan. Weights are dropped with probability p, 0 ≤ p < 1, by masks that key determines.
func NewCore[T kernels.Float](s Shape, p float64, key Key) *Core[T] {
	c := &Core[T]{Shape: s, scale: T(1 / math.Sqrt(float64(s.Dim)))}
	heads := s.N * s.Heads
	c.weights = kernels.Make[T](heads * s.Queries * s.Keys)
	c.block = min(max(blockSize/s.Keys, 16), s.Queries)
	products := 2 * s.Queries * s.Keys * s.Dim // multiplications of a head
	c.together = max(1, min(parallel.PartProducts/products, heads/kernels.MaxParts))
	if p > 0 {
		c.dropout = newDropout[T](len(c.weights), p, key)
	}
	size := 2*s.Dim*s.keysStride() + 2*c.block*s.Keys
	c.scratch = kernels.Scratch[T](min(parallel.MaxSlots, c.parts()), size)
	cost := heads * (products/parallel.PerElement + parallel.Smooth*s.Queries*s.Keys)
	c.forward = parallel.New(func(i, slot int) { c.part(i, slot, c.forwardHead) }).Costs(cost)
	c.backward = parallel.New(func(i, slot int) { c.part(i, slot, c.backwardHead) }).Costs(2 * cost)
	return c
}

// keysStride is the distance between rows of transposed keys.
func (s Shape) keysStride() int { return kernels.CeilDiv(s.Keys, kernels.Lanes) * kernels.Lanes }

func (c *Core[T]) parts() int { return kernels.CeilDiv(c.N*c.Heads, c.together) }

// part computes the heads of a part.
func (c *Core[T]) part(i, slot int, head func(head, slot int)) {
	for h := i * c.together; h < min((i+1)*c.together, c.N*c.Heads); h++ {
		head(h, slot)
	}
}

// Forward sets y.
func (c *Core[T]) Forward(y, q, k, v Rows[T], masks Masks[T]) {
	const op = "attention.Core.Forward"
	c.check(op, "y", y, c.Queries)
	c.checkInputs(op, q, k, v)
	pairs := c.Queries * c.Keys
	if len(masks.Pairs) != pairs {
		kernels.CheckLenOrNil(op, "masks.Pairs", masks.Pairs, c.N*c.Heads*pairs)
	}
	kernels.CheckLenOrNil(op, "masks.Keys", masks.Keys, c.N*c.Keys)
	c.tables.set(c.Shape, c.block, q.Stride, k.Stride, v.Stride, y.Stride)
	if c.dropout != nil {
		c.dropout.next()
	}
	c.args = arguments[T]{y: y, q: q, k: k, v: v, masks: masks}
	c.forward.Run(c.parts())
	c.args = arguments[T]{}
}

// Backward sets dq, dk and dv, whose rows are as far apart as those of q, k and v, from dy, whose rows are as far apart
// as those of y. q, k and v are those of the last Forward.
func (c *Core[T]) Backward(dq, dk, dv, dy, q, k, v Rows[T]) {
	const op = "attention.Core.Backward"
	c.check(op, "dy", dy, c.Queries)
	c.checkInputs(op, q, k, v)
	c.checkInputs(op, dq, dk, dv)
	c.tables.set(c.Shape, c.block, q.Stride, k.Stride, v.Stride, dy.Stride)
	c.args = arguments[T]{dy: dy, q: q, k: k, v: v, dq: dq, dk: dk, dv: dv}
	c.backward.Run(c.parts())
	c.args = arguments[T]{}
}

func (c *Core[T]) checkInputs(op string, q, k, v Rows[T]) {
	c.check(op, "q", q, c.Queries)
	c.check(op, "k", k, c.Keys)
	c.check(op, "v", v, c.Keys)
}

// check panics unless rows hold length vectors per sample.
func (c *Core[T]) check(op, name string, r Rows[T], length int) {
	if least := (c.N*length-1)*r.Stride + c.Heads*c.Dim; len(r.Data) < least {
		kernels.CheckLen(op, name, len(r.Data), least)
	}
}

// tables are the offsets that products read by.
type tables struct {
	strides            [4]int
	keyRows, valueRows []int32     // where they start in a sample
	scores, dscores    []gemm.Pair // q·kᵀ and dy·vᵀ, by the transposed keys and values
	values, keys       []gemm.Pair // weights·v and dscores·k
	weightsT, dscoresT []gemm.Pair // weightsᵀ·dy and dscoresᵀ·q, of a block of queries
}

// set makes the tables for rows of these distances, if they are others than those of the last call.
func (t *tables) set(s Shape, block, q, k, v, y int) {
	if strides := [4]int{q, k, v, y}; t.strides == strides {
		return
	} else {
		*t = tables{strides: strides}
	}
	for d := range s.Dim {
		t.scores = append(t.scores, gemm.Pair{A: int32(d), B: int32(d * s.keysStride())})
	}
	t.dscores = t.scores
	for i := range s.Keys {
		t.keyRows, t.valueRows = append(t.keyRows, int32(i*k)), append(t.valueRows, int32(i*v))
		t.values = append(t.values, gemm.Pair{A: int32(i), B: int32(i * v)})
		t.keys = append(t.keys, gemm.Pair{A: int32(i), B: int32(i * k)})
	}
	for i := range block {
		t.weightsT = append(t.weightsT, gemm.Pair{A: int32(i * s.Keys), B: int32(i * y)})
		t.dscoresT = append(t.dscoresT, gemm.Pair{A: int32(i * s.Keys), B: int32(i * q)})
	}
}
