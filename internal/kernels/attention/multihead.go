package attention

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/gemm"
)

// MultiHead is the plan of a layer of PyTorch's MultiheadAttention: queries, keys and values are projected to width
// heads·dim, attend, and are projected once more:
//
//	y = Core(query·Wqᵀ + bq, key·Wkᵀ + bk, value·Wvᵀ + bv)·Woᵀ + bo
//
// The rows of Wq, Wk and Wv are one matrix, [3·width, width]. Where query, key and value are one tensor, or key and
// value are, one product projects them. Keys or values of other widths have a matrix of their own.
type MultiHead[T kernels.Float] struct {
	core        *Core[T]
	more        *moreKeys[T] // nil: none
	width       int
	projections []projection[T]
	context     []T // of the core
	dcontext    []T
	out         *gemm.Linear[T]
}

// projection is the product of one input with some of the rows of the matrix.
type projection[T kernels.Float] struct {
	input int // place among the inputs
	row   int // the first row
	rows  int
	width int // of the input
	own   int // 1: its matrix is the key's own; 2: the value's own; 0: rows of the common one
	plan  *gemm.Linear[T]
	y, dy []T
}

// Inputs says what a MultiHead takes.
type Inputs struct {
	Of     [3]int // which inputs are the query, the key and the value: {0, 0, 0} for one, {0, 1, 1} for two, {0, 1, 2}
	Widths [2]int // of the key's and the value's vectors, where they have matrices of their own; 0: heads·dim
	More   More
}

// Apart reports whether keys and values have matrices of their own. Of then is {0, 1, 2}.
func (in Inputs) Apart() bool { return in.Widths != [2]int{} }

// NewMultiHead returns a plan. p and key are those of NewCore.
func NewMultiHead[T kernels.Float](s Shape, in Inputs, p float64, key Key) *MultiHead[T] {
	width, of := s.Heads*s.Dim, in.Of
	m := &MultiHead[T]{width: width}
	all := s
	if more := in.More.Count(); more > 0 {
		m.more = newMoreKeys[T](s, in.More)
		all.Keys, all.Causal = s.Keys+more, false
	}
	m.core = NewCore[T](all, p, key)
	for i := 0; i < 3; {
		end := i + 1
		for end < 3 && of[end] == of[i] {
			end++
		}
		from, own := width, 0
		if in.Apart() && i > 0 {
			from, own = in.Widths[i-1], i
		}
		n := s.N * s.Keys
		if i == 0 {
			n = s.N * s.Queries
		}
		rows := (end - i) * width
		j := projection[T]{input: of[i], row: i * width, rows: rows, width: from, own: own}
		j.plan = gemm.NewLinear[T](n, from, rows)
		j.y, j.dy = kernels.Make[T](n*rows), kernels.Make[T](n*rows)
		m.projections = append(m.projections, j)
		i = end
	}
	n := s.N * s.Queries
	m.context, m.dcontext = kernels.Make[T](n*width), kernels.Make[T](n*width)
	m.out = gemm.NewLinear[T](n, width, width)
	return m
}

// Weights are the parameters of the layer or their gradients. A bias may be nil.
type Weights[T kernels.Float] struct {
	In, InBias   []T // [3·width, width], [3·width]
	Out, OutBias []T // [width, width], [width]

	Key, Value         []T // [width, Widths[0]] and [width, Widths[1]], where they are apart: In then is the query's
	KeyBias, ValueBias []T // [width], of the key that More.Bias adds
}

// Forward sets y to the result for inputs, which NewMultiHead's Inputs describe.
func (m *MultiHead[T]) Forward(y []T, inputs [][]T, w Weights[T], masks Masks[T]) {
	for i := range m.projections {
		j := &m.projections[i]
		weights, bias := j.part(&w)
		j.plan.Forward(j.y, inputs[j.input], weights, bias, false)
	}
	q, k, v := m.rows(func(j *projection[T]) []T { return j.y })
	if m.more != nil {
		m.more.join(m.more.k, k, w.KeyBias)
		m.more.join(m.more.v, v, w.ValueBias)
		k, v, masks = m.more.rows(m.more.k), m.more.rows(m.more.v), m.more.masks(masks)
	}
	m.core.Forward(Rows[T]{m.context, m.width}, q, k, v, masks)
	m.out.Forward(y, m.context, w.Out, w.OutBias, false)
}

// Backward sets the gradients of the inputs, each unless nil, and of the parameters, each unless nil. inputs and w are
// those of the last Forward.
func (m *MultiHead[T]) Backward(dinputs [][]T, dw Weights[T], dy []T, inputs [][]T, w Weights[T]) {
	m.out.Backward(m.dcontext, dw.Out, dw.OutBias, dy, m.context, w.Out)
	q, k, v := m.rows(func(j *projection[T]) []T { return j.y })
	dq, dk, dv := m.rows(func(j *projection[T]) []T { return j.dy })
	if m.more == nil {
		m.core.Backward(dq, dk, dv, Rows[T]{m.dcontext, m.width}, q, k, v)
	} else {
		more := m.more
		m.core.Backward(dq, more.rows(more.dk), more.rows(more.dv), Rows[T]{m.dcontext, m.width},
			q, more.rows(more.k), more.rows(more.v))
		more.cut(more.dk, dk, dw.KeyBias)
		more.cut(more.dv, dv, dw.ValueBias)
	}
	for i := range m.projections {
		j := &m.projections[i]
		weights, _ := j.part(&w)
		dweights, dbias := j.part(&dw)
		j.plan.Backward(dinputs[j.input], dweights, dbias, j.dy, inputs[j.input], weights)
	}
}

// part returns the rows of w that the projection has.
func (j *projection[T]) part(w *Weights[T]) (weights, bias []T) {
	switch {
	case j.own == 1:
		weights = w.Key
	case j.own == 2:
		weights = w.Value
	case w.In != nil:
		weights = w.In[j.row*j.width:][:j.rows*j.width]
	}
	if w.InBias != nil {
		bias = w.InBias[j.row:][:j.rows]
	}
	return weights, bias
}

// rows returns where queries, keys and values lie in what the projections give.
func (m *MultiHead[T]) rows(of func(*projection[T]) []T) (q, k, v Rows[T]) {
	for i := range m.projections {
		j := &m.projections[i]
		data := of(j)
		for at := range j.rows / m.width {
			r := Rows[T]{data[at*m.width:], j.rows}
			switch j.row/m.width + at {
			case 0:
				q = r
			case 1:
				k = r
			case 2:
				v = r
			}
		}
	}
	return q, k, v
}
