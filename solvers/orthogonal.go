package solvers

import (
	"math"

	"anneal/internal/kernels"
	"anneal/internal/kernels/gemm"
)

// orthogonal finds an orthogonal matrix near another one, by Newton and Schulz's iteration of the fifth degree. With x
// the matrix over its norm, wide rather than tall, and coefficients a, b and c, it repeats
//
//	p = x·xᵀ
//	x = a·x + (b·p + c·p·p)·x
//
// As in PyTorch, each result is rounded to bfloat16, which has 8 bits: it has the range of a float32, sums are in
// float32, and where their order differs from PyTorch's, a last bit may.
type orthogonal struct {
	rows, cols int // of the matrix
	n, m       int // of x; n ≤ m
	x, next    []float32
	p, q       []float32 // n×n
	result     []float32
	rowsOfX    []int32
	overP      []gemm.Pair // p·p
	overX      []gemm.Pair // q·x
}

// orthogonalBytes returns the bytes of newOrthogonal's matrices.
func orthogonalBytes(rows, cols int) int64 {
	n := min(rows, cols)
	return bytesOf[float32](3*rows*cols + 2*n*n)
}

func newOrthogonal(rows, cols int) *orthogonal {
	n, m := min(rows, cols), max(rows, cols)
	o := &orthogonal{
		rows: rows, cols: cols, n: n, m: m, x: make([]float32, n*m), next: make([]float32, n*m),
		p: make([]float32, n*n), q: make([]float32, n*n), result: make([]float32, n*m),
	}
	for i := range n {
		o.rowsOfX = append(o.rowsOfX, int32(i*m))
		o.overP = append(o.overP, gemm.Pair{A: int32(i), B: int32(i * n)})
		o.overX = append(o.overX, gemm.Pair{A: int32(i), B: int32(i * m)})
	}
	return o
}

// of returns the matrix that the iteration makes of u. It is overwritten by the next call.
func (o *orthogonal) of(u []float64, set Muon) []float32 {
	o.normalise(u, set.Eps)
	a, b, c := float32(set.NSCoefficients[0]), float32(set.NSCoefficients[1]), float32(set.NSCoefficients[2])
	lower := kernels.LowerBound[float32](false)
	for range set.NSSteps {
		gemm.NT(o.p, o.n, o.x, o.m, o.x, o.rowsOfX, o.n, o.m, nil, 0, lower)
		for i, v := range o.p {
			o.p[i] = bfloat16(v)
		}
		gemm.AddNN(o.q, o.n, o.p, o.n, o.p, o.overP, o.n, o.n, false)
		for i, v := range o.q {
			o.q[i] = bfloat16(b*o.p[i] + c*v)
		}
		gemm.AddNN(o.next, o.m, o.q, o.n, o.x, o.overX, o.n, o.m, false)
		for i, v := range o.next {
			o.x[i] = bfloat16(a*o.x[i] + v)
		}
	}
	if o.rows <= o.cols {
		return o.x
	}
	for i := range o.n {
		for j := range o.m {
			o.result[j*o.n+i] = o.x[i*o.m+j]
		}
	}
	return o.result
}

// normalise sets x to u over its norm, which counts as eps at least, and transposes it if it is tall.
func (o *orthogonal) normalise(u []float64, eps float64) {
	var largest, sum float64
	for _, v := range u {
		largest = max(largest, math.Abs(v))
	}
	scale := 1.0 // a power of two, with which squares are finite
	if largest > 0x1p60 {
		_, exponent := math.Frexp(largest)
		scale = math.Ldexp(1, -exponent)
	}
	for i, v := range u {
		k := i
		if o.rows > o.cols {
			k = i%o.cols*o.m + i/o.cols
		}
		o.x[k] = bfloat16(float32(v * scale))
		sum += float64(o.x[k]) * float64(o.x[k])
	}
	norm := max(bfloat16(float32(math.Sqrt(sum))), bfloat16(float32(eps*scale)))
	if norm == 0 {
		return
	}
	for i, v := range o.x {
		o.x[i] = bfloat16(v / norm)
	}
}

// bfloat16 returns x rounded to 8 bits, half to even.
func bfloat16(x float32) float32 {
	bits := math.Float32bits(x)
	if x != x {
		return x
	}
	return math.Float32frombits((bits + 0x7fff + bits>>16&1) &^ 0xffff)
}
