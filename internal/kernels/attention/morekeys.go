package attention

import (
	"math"

	"anneal/internal/kernels"
)

// More says which keys a MultiHead adds to those of each sample, after the projections. No mask hides them.
type More struct {
	Bias bool // one that is learned, with its value: PyTorch's add_bias_kv
	Zero bool // one of zeros, whose value is zeros: PyTorch's add_zero_attn
}

// Count returns how many there are.
func (m More) Count() int {
	n := 0
	for _, more := range []bool{m.Bias, m.Zero} {
		if more {
			n++
		}
	}
	return n
}

// moreKeys holds the keys and values of a MultiHead that adds some, and their masks.
type moreKeys[T kernels.Float] struct {
	More
	Shape            // without them
	k, v, dk, dv []T // [N, Keys + more, width]
	pairs, keys  []T // masks
}

func newMoreKeys[T kernels.Float](s Shape, m More) *moreKeys[T] {
	all := s.N * (s.Keys + m.Count()) * s.Heads * s.Dim
	return &moreKeys[T]{
		More: m, Shape: s, k: kernels.Make[T](all), v: kernels.Make[T](all), dk: kernels.Make[T](all),
		dv: kernels.Make[T](all),
	}
}

// rows returns a tensor of keys or values.
func (m *moreKeys[T]) rows(data []T) Rows[T] { return Rows[T]{data, m.Heads * m.Dim} }

// join copies the projected rows to all, and the learned one behind those of each sample, and then zeros.
func (m *moreKeys[T]) join(all []T, projected Rows[T], learned []T) {
	width, length := m.Heads*m.Dim, m.Keys+m.Count()
	for n := range m.N {
		sample := all[n*length*width:][:length*width]
		for t := range m.Keys {
			copy(sample[t*width:][:width], projected.Data[(n*m.Keys+t)*projected.Stride:])
		}
		rest := sample[m.Keys*width:]
		if m.Bias {
			copy(rest[:width], learned)
			rest = rest[width:]
		}
		clear(rest)
	}
}

// cut is the transposition of join. learned may be nil.
func (m *moreKeys[T]) cut(all []T, projected Rows[T], learned []T) {
	width, length := m.Heads*m.Dim, m.Keys+m.Count()
	clear(learned)
	for n := range m.N {
		sample := all[n*length*width:][:length*width]
		for t := range m.Keys {
			copy(projected.Data[(n*m.Keys+t)*projected.Stride:][:width], sample[t*width:])
		}
		if m.Bias && learned != nil {
			for i, d := range sample[m.Keys*width:][:width] {
				learned[i] += d
			}
		}
	}
}

// masks returns the masks with places for the keys that are added. A causal attention hides by a mask of pairs, since
// these are not hidden.
func (m *moreKeys[T]) masks(given Masks[T]) (wide Masks[T]) {
	length := m.Keys + m.Count()
	if given.Keys != nil {
		m.keys = widened(m.keys, given.Keys, m.Keys, length)
		wide.Keys = m.keys
	}
	switch {
	case given.Pairs != nil:
		m.pairs = widened(m.pairs, given.Pairs, m.Keys, length)
	case m.Causal:
		m.pairs = resized(m.pairs, m.Queries*length)
		clear(m.pairs)
	default:
		return wide
	}
	wide.Pairs = m.pairs
	if m.Causal {
		for row := range len(m.pairs) / length {
			for t := row%m.Queries + 1; t < m.Keys; t++ {
				m.pairs[row*length+t] = T(math.Inf(-1))
			}
		}
	}
	return wide
}

// widened copies rows of so many numbers to rows of length, whose rest is 0, in to if it is large enough.
func widened[T kernels.Float](to, rows []T, size, length int) []T {
	to = resized(to, len(rows)/size*length)
	for i := range len(rows) / size {
		row := to[i*length:][:length]
		clear(row[copy(row, rows[i*size:][:size]):])
	}
	return to
}

// resized returns a slice of n numbers: v, if it has room.
func resized[T kernels.Float](v []T, n int) []T {
	if cap(v) < n {
		return kernels.Make[T](n)
	}
	return v[:n]
}
