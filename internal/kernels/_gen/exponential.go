package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// exponentials computes exp(x − top), and 0 where that is below exp(−87).
func (p *elementwisePass) exponentials() {
	x := p.read("x")
	p.VSUBPS(p.floats["top"], x, x)
	p.write(p.exponential(x), "e")
}

// exponential returns exp(x), and 0 where that is below exp(−87). x is at most 88, and is overwritten.
func (p *constants) exponential(x reg.VecVirtual) reg.VecVirtual {
	const notLess = operand.U8(21) // or unordered, quiet
	n, y := p.reduce(x)
	p.VADDPS(p.constant("one", 1), y, y)
	p.VPSLLD(operand.U8(23), n, n)
	p.VPADDD(n, y, y)
	p.isa.keep(p.Context, notLess, p.constant("least", -87), x, x, y)
	return y
}

// reduce returns n and y, where exp(x) = 2ⁿ·(1 + y): y = exp(r) − 1 with |r| ≤ ln 2/2, by the polynomial of Cephes'
// expf.
func (p *constants) reduce(x reg.VecVirtual) (reg.VecVirtual, reg.VecVirtual) {
	v := p.isa
	n, r, y, square := v.vec(p.Context), v.vec(p.Context), v.vec(p.Context), v.vec(p.Context)
	p.VMULPS(p.constant("log2e", math.Log2E), x, n)
	p.VCVTPS2DQ(n, n)
	p.VCVTDQ2PS(n, y)
	p.VMOVAPS(x, r)
	p.VFNMADD231PS(p.constant("ln2High", 0.693359375), y, r)
	p.VFNMADD231PS(p.constant("ln2Low", -2.12194440e-4), y, r)
	p.VMOVAPS(p.constant("exp5", 1.9875691500e-4), y)
	for i, c := range []float32{1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1} {
		p.VFMADD213PS(p.constant(fmt.Sprint("exp", 4-i), c), r, y)
	}
	p.VMULPS(r, r, square)
	p.VFMADD213PS(r, square, y)
	return n, y
}
