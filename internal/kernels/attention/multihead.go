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
// value are, one product projects them.
type MultiHead[T kernels.Float] struct {
	core        *Core[T]
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
	plan  *gemm.Linear[T]
	y, dy []T
}

// NewMultiHead returns a plan. of says which inputs are the query, the key and the value: {0, 0, 0} for one, {0, 1, 1}
// for two and {0, 1, 2} for three inputs. p and key are those of NewCore.
func NewMultiHead[T kernels.Float](s Shape, of [3]int, p float64, key Key) *MultiHead[T] {
	width := s.Heads * s.Dim
	m := &MultiHead[T]{core: NewCore[T](s, p, key), width: width}
	for i := 0; i < 3; {
		end := i + 1
		for end < 3 && of[end] == of[i] {
			end++
		}
		n := s.N * s.Keys
		if i == 0 {
			n = s.N * s.Queries
		}
		rows := (end - i) * width
		j := projection[T]{input: of[i], row: i * width, rows: rows, plan: gemm.NewLinear[T](n, width, rows)}
		j.y, j.dy = make([]T, n*rows), make([]T, n*rows)
		m.projections = append(m.projections, j)
		i = end
	}
	n := s.N * s.Queries
	m.context, m.dcontext = make([]T, n*width), make([]T, n*width)
	m.out = gemm.NewLinear[T](n, width, width)
	return m
}

// Weights are the parameters of the layer or their gradients. A bias may be nil.
type Weights[T kernels.Float] struct {
	In, InBias   []T // [3·width, width], [3·width]
	Out, OutBias []T // [width, width], [width]
}

// Forward sets y to the result for inputs, those that NewMultiHead was told of.
func (m *MultiHead[T]) Forward(y []T, inputs [][]T, w Weights[T], masks Masks[T]) {
	for i := range m.projections {
		j := &m.projections[i]
		weights, bias := j.part(w, m.width)
		j.plan.Forward(j.y, inputs[j.input], weights, bias, false)
	}
	q, k, v := m.rows(func(j *projection[T]) []T { return j.y })
	m.core.Forward(Rows[T]{m.context, m.width}, q, k, v, masks)
	m.out.Forward(y, m.context, w.Out, w.OutBias, false)
}

// Backward sets the gradients of the inputs, each unless nil, and of the parameters, each unless nil. inputs and w are
// those of the last Forward.
func (m *MultiHead[T]) Backward(dinputs [][]T, dw Weights[T], dy []T, inputs [][]T, w Weights[T]) {
	m.out.Backward(m.dcontext, dw.Out, dw.OutBias, dy, m.context, w.Out)
	q, k, v := m.rows(func(j *projection[T]) []T { return j.y })
	dq, dk, dv := m.rows(func(j *projection[T]) []T { return j.dy })
	m.core.Backward(dq, dk, dv, Rows[T]{m.dcontext, m.width}, q, k, v)
	for i := range m.projections {
		j := &m.projections[i]
		weights, _ := j.part(w, m.width)
		dweights, dbias := j.part(dw, m.width)
		j.plan.Backward(dinputs[j.input], dweights, dbias, j.dy, inputs[j.input], weights)
	}
}

// part returns the rows of w that the projection has.
func (j *projection[T]) part(w Weights[T], width int) (weights, bias []T) {
	if w.In != nil {
		weights = w.In[j.row*width:][:j.rows*width]
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
