package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The accumulators of a tile of inner products: 6 rows of A × 4 of B with AVX-512, 3 × 4 with AVX2. Each has 16 lanes: with
// AVX2 a tile goes over its rows twice, for the even and the odd vectors of 8, so that both sets sum in the same order.
func inner(c *build.Context) {
	for _, v := range isas {
		rows := 3
		if v == avx512 {
			rows = 6
		}
		for m := 1; m <= rows; m++ {
			for cols := 1; cols <= 4; cols++ {
				(&innerTile{Context: c, isa: v, m: m, cols: cols}).generate()
			}
		}
	}
}

type innerTile struct {
	*build.Context
	isa     isa
	m, cols int
}

func (t *innerTile) generate() {
	v := t.isa
	function(t.Context, fmt.Sprintf("inner%dx%d%s", t.m, t.cols, v.name),
		"(c *float32, ldc int, a *float32, lda int, b *float32, offsets *int32, n int, add *float32, ldadd int, floor float32)",
		fmt.Sprintf("is inner for %d rows and %d columns.", t.m, t.cols))
	// sums holds the 8 lanes that are left of the 16 of each product.
	sums := make([]reg.VecVirtual, t.m*t.cols)
	if v == avx512 {
		acc := t.pass("", 0)
		for i, r := range acc {
			high := t.YMM()
			t.VEXTRACTF64X4(operand.U8(1), r, high)
			sums[i] = t.YMM()
			t.VADDPS(r.AsY(), high, sums[i])
		}
	} else {
		low := t.AllocLocal(v.bytes() * t.m * t.cols)
		for i, r := range t.pass("even", 0) {
			t.VMOVUPS(r, low.Offset(i*v.bytes()))
		}
		for i, r := range t.pass("odd", 1) {
			t.VADDPS(low.Offset(i*v.bytes()), r, r)
			sums[i] = r
		}
	}
	t.finish(sums)
	t.VZEROUPPER()
	t.RET()
}

// pass sums the products over the vectors of 16 elements, or over the given half of each, one accumulator an element of
// the tile.
func (t *innerTile) pass(name string, half int) []reg.VecVirtual {
	v := t.isa
	const step = 64 // bytes of 16 elements
	skip := half * v.bytes()
	a := rowsOf{base: param(t.Context, "a"), stride: param(t.Context, "lda")}
	t.SHLQ(operand.U8(2), a.stride)
	if t.m > 3 {
		a.third = t.GP64()
		t.LEAQ(operand.Mem{Base: a.base, Index: a.stride, Scale: 2}, a.third)
		t.ADDQ(a.stride, a.third)
	}
	b := make([]reg.GPVirtual, t.cols)
	origin, offsets := param(t.Context, "b"), param(t.Context, "offsets")
	for j := range b {
		b[j] = t.GP64()
		t.MOVLQSX(operand.Mem{Base: offsets, Disp: 4 * j}, b[j])
		t.LEAQ(operand.Mem{Base: origin, Index: b[j], Scale: 4}, b[j])
	}
	n, at := param(t.Context, "n"), t.GP64()
	t.XORQ(at, at)
	acc := v.vecs(t.Context, t.m*t.cols)
	for _, r := range acc {
		zero(t.Context, r)
	}
	// An AVX2 tile takes 12 of 16 registers: three rows of A and one of B fit beside it, or a mask and one of each.
	multiply := func(m *mask) {
		x := v.vecs(t.Context, t.m)
		for j := range b {
			y := v.vec(t.Context)
			v.load(t.Context, operand.Mem{Base: b[j], Index: at, Scale: 1, Disp: skip}, y, m)
			for i := range x {
				if j == 0 || m != nil {
					x[i] = v.vec(t.Context)
					v.load(t.Context, a.row(i, skip), x[i], m)
				}
				t.VFMADD231PS(y, x[i], acc[i*t.cols+j])
			}
		}
	}
	t.SUBQ(operand.U8(16), n)
	t.JLT(operand.LabelRef(name + "tail"))
	t.Label(name + "loop")
	multiply(nil)
	t.ADDQ(operand.U8(step), a.base)
	if t.m > 3 {
		t.ADDQ(operand.U8(step), a.third)
	}
	t.ADDQ(operand.U8(step), at)
	t.SUBQ(operand.U8(16), n)
	t.JGE(operand.LabelRef(name + "loop"))

	t.Label(name + "tail")
	t.ADDQ(operand.I8(int8(16-half*v.lanes)), n) // elements left for this pass
	t.JLE(operand.LabelRef(name + "done"))
	if v == avx2 {
		most := t.GP64()
		t.MOVQ(operand.U32(uint32(v.lanes)), most)
		t.CMPQ(n, most)
		t.CMOVQGT(most, n)
	}
	multiply(v.tailMask(t.Context, n))
	t.Label(name + "done")
	return acc
}

// finish adds up the lanes of the sums, and stores max(floor, add + sum).
func (t *innerTile) finish(sums []reg.VecVirtual) {
	c, ldc := param(t.Context, "c"), param(t.Context, "ldc")
	add, ldadd := param(t.Context, "add"), param(t.Context, "ldadd")
	floor := t.XMM()
	t.VBROADCASTSS(address(t.Context, "floor"), floor)
	for i := range t.m {
		s := make([]reg.VecVirtual, 4)
		for j := range s {
			s[j] = sums[i*t.cols+min(j, t.cols-1)]
		}
		x, y := t.addPairs(s[0], s[1]), t.addPairs(s[2], s[3])
		low, high := t.YMM(), t.YMM()
		t.VUNPCKLPD(y, x, low)
		t.VUNPCKHPD(y, x, high)
		t.VADDPS(low, high, low)
		// Now the lower and the upper half of low hold the four columns' sums of four lanes each.
		sum, rest := low.AsX(), t.XMM()
		if t.isa == avx512 {
			t.VEXTRACTF32X4(operand.U8(1), low, rest)
		} else {
			t.VEXTRACTF128(operand.U8(1), low, rest)
		}
		t.VADDPS(sum, rest, sum)
		t.TESTQ(add, add)
		stored := fmt.Sprintf("store%d", i)
		t.JZ(operand.LabelRef(stored))
		old := t.XMM()
		t.loadQuad(operand.Mem{Base: add}, old)
		t.VADDPS(old, sum, sum)
		t.LEAQ(operand.Mem{Base: add, Index: ldadd, Scale: 4}, add)
		t.Label(stored)
		t.VMAXPS(sum, floor, sum) // the order of the sources lets a NaN in sum pass
		t.storeQuad(sum, operand.Mem{Base: c})
		if i < t.m-1 {
			t.LEAQ(operand.Mem{Base: c, Index: ldc, Scale: 4}, c)
		}
	}
}

// addPairs adds lane 2 of x and y to lane 0 and lane 3 to lane 1, in each half, and returns x's and y's sums by turns.
func (t *innerTile) addPairs(x, y reg.VecVirtual) reg.VecVirtual {
	low, high := t.YMM(), t.YMM()
	t.VUNPCKLPS(y, x, low)
	t.VUNPCKHPS(y, x, high)
	t.VADDPS(low, high, low)
	return low
}

// loadQuad reads as many elements as the tile has columns.
func (t *innerTile) loadQuad(from operand.Mem, to reg.Register) {
	switch t.cols {
	case 1:
		t.VMOVSS(from, to)
	case 2:
		t.VMOVSD(from, to)
	case 3:
		t.VMOVSD(from, to)
		t.VINSERTPS(operand.U8(0x20), from.Offset(8), to, to)
	case 4:
		t.VMOVUPS(from, to)
	}
}

func (t *innerTile) storeQuad(from reg.Register, to operand.Mem) {
	switch t.cols {
	case 1:
		t.VMOVSS(from, to)
	case 2:
		t.VMOVSD(from, to)
	case 3:
		t.VMOVSD(from, to)
		t.VEXTRACTPS(operand.U8(2), from, to.Offset(8))
	case 4:
		t.VMOVUPS(from, to)
	}
}
