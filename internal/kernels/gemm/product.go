package gemm

import (
	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// Product is the plan of products of matrices, C of m rows and n columns with sums of k terms. Each method may add to C
// what it computes instead of setting it.
type Product[T kernels.Float] struct {
	m, n, k int
	cut     grid
	inA     []Pair // from one column of A, and row of B, to the next
	inAT    []Pair // the same where A is transposed
	rowsOfB []int32
	c, a, b []T // of the call at work
	add     bool
	ab, abt *parallel.Work
	table   []Pair
	lda     int
}

// NewProduct returns a plan for an m, n and k of at least 1.
func NewProduct[T kernels.Float](m, n, k int) *Product[T] {
	p := &Product[T]{m: m, n: n, k: k, cut: newGrid(m, n, k, 48)}
	for i := range k {
		p.inA, p.inAT = append(p.inA, Pair{int32(i), int32(i * n)}), append(p.inAT, Pair{int32(i * m), int32(i * n)})
	}
	for j := range n {
		p.rowsOfB = append(p.rowsOfB, int32(j*k))
	}
	p.ab = parallel.New(func(i, _ int) {
		r := p.cut.part(i)
		row := r.row * p.lda
		AddNN(p.c[r.row*n+r.col:], n, p.a[row:], p.lda, p.b[r.col:], p.table, r.rows, r.cols, p.add)
	})
	p.abt = parallel.New(func(i, _ int) {
		r := p.cut.part(i)
		c := p.c[r.row*n+r.col:]
		var add []T
		if p.add {
			add = c
		}
		NT(c, n, p.a[r.row*k:], k, p.b, p.rowsOfB[r.col:][:r.cols], r.rows, k, add, n, kernels.LowerBound[T](false))
	})
	return p
}

// AB computes A·B for A of [m, k] and B of [k, n].
func (p *Product[T]) AB(c, a, b []T, add bool) {
	p.table, p.lda = p.inA, p.k
	p.run("Product.AB", p.ab, c, a, b, add)
}

// ATB computes Aᵀ·B for A of [k, m] and B of [k, n].
func (p *Product[T]) ATB(c, a, b []T, add bool) {
	p.table, p.lda = p.inAT, 1
	p.run("Product.ATB", p.ab, c, a, b, add)
}

// ABT computes A·Bᵀ for A of [m, k] and B of [n, k].
func (p *Product[T]) ABT(c, a, b []T, add bool) { p.run("Product.ABT", p.abt, c, a, b, add) }

func (p *Product[T]) run(op string, w *parallel.Work, c, a, b []T, add bool) {
	kernels.CheckLen(op, "c", len(c), p.m*p.n)
	kernels.CheckLen(op, "a", len(a), p.m*p.k)
	kernels.CheckLen(op, "b", len(b), p.k*p.n)
	p.c, p.a, p.b, p.add = c, a, b, add
	w.Run(p.cut.parts())
	p.c, p.a, p.b = nil, nil, nil
}
