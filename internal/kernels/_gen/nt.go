package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// nt generates the micro-kernels of gemm.NT. The accumulators of a tile of A·Bᵀ: 6 rows of A × 4 of B with AVX-512, 3 ×
// 4 with AVX2. Each has 16 lanes: with AVX2 a tile goes over its rows twice, for the even and the odd vectors of 8, so
// that both sets sum in the same order.
func nt(c *build.Context) {
	for _, v := range isas {
		rows := 3
		if v == avx512 {
			rows = 6
		}
		for m := 1; m <= rows; m++ {
			for cols := 1; cols <= 4; cols++ {
				(&ntTile{Context: c, isa: v, m: m, cols: cols}).generate()
			}
		}
	}
}

// ntBlock is how many elements of its rows an AVX2 tile goes over twice at a time, so that they stay in the first
// cache.
const ntBlock = 384

type ntTile struct {
	*build.Context
	isa     isa
	m, cols int
	b       []reg.GPVirtual // the columns
}

func (t *ntTile) generate() {
	v := t.isa
	function(t.Context, fmt.Sprintf("nt%dx%d%s", t.m, t.cols, v.name),
		"(c *float32, ldc int, a *float32, lda int, b *float32, offsets *int32, "+
			"n int, add *float32, ldadd int, lower float32, tiles int)",
		fmt.Sprintf("computes NT for %s and %s at a time, tiles > 0 times.", count(t.cols, "column"), count(t.m, "row")))
	origin, offsets := param(t.Context, "b"), param(t.Context, "offsets")
	for j := range t.cols {
		b := t.GP64()
		t.MOVLQSX(operand.Mem{Base: offsets, Disp: 4 * j}, b)
		t.LEAQ(operand.Mem{Base: origin, Index: b, Scale: 4}, b)
		t.b = append(t.b, b)
	}
	t.Label("tile")
	if v == avx512 {
		t.finish(t.whole())
	} else {
		t.finish(t.evenOdd())
	}
	t.DECQ(address(t.Context, "tiles"))
	t.JNZ(operand.LabelRef("tile"))
	t.VZEROUPPER()
	t.RET()
}

// whole returns the 8 lanes that are left of the 16 of each product, by AVX-512.
func (t *ntTile) whole() []reg.VecVirtual {
	acc := t.accumulators()
	done := t.GP64()
	t.XORQ(done, done)
	t.pass("", 0, done, param(t.Context, "n"), acc)
	sums := make([]reg.VecVirtual, len(acc))
	for i, r := range acc {
		high := t.YMM()
		t.VEXTRACTF64X4(operand.U8(1), r, high)
		sums[i] = t.YMM()
		t.VADDPS(r.AsY(), high, sums[i])
	}
	return sums
}

// evenOdd does the same by AVX2: for each block of the rows, first the even vectors and then the odd ones.
func (t *ntTile) evenOdd() []reg.VecVirtual {
	acc := t.accumulators()
	other := t.AllocLocal(t.isa.bytes() * len(acc)) // the sums of the vectors that are not at work
	exchange := func() {
		for i, r := range acc {
			x, at := t.YMM(), other.Offset(i*t.isa.bytes())
			t.VMOVUPS(at, x)
			t.VMOVUPS(r, at)
			t.VMOVAPS(x, r)
		}
	}
	done, size, n, most := t.GP64(), t.GP64(), t.GP64(), t.GP64()
	t.XORQ(done, done)
	t.Label("block")
	t.MOVQ(address(t.Context, "n"), size)
	t.SUBQ(done, size)
	t.MOVQ(operand.U32(ntBlock), most)
	t.CMPQ(size, operand.U32(ntBlock*3/2))
	t.CMOVQGT(most, size)
	t.MOVQ(size, n)
	t.pass("even", 0, done, n, acc)
	t.TESTQ(done, done)
	t.JZ(operand.LabelRef("first"))
	exchange()
	t.JMP(operand.LabelRef("exchanged"))
	t.Label("first")
	for i, r := range acc {
		t.VMOVUPS(r, other.Offset(i*t.isa.bytes()))
		zero(t.Context, r)
	}
	t.Label("exchanged")
	t.MOVQ(size, n)
	t.pass("odd", 1, done, n, acc)
	t.ADDQ(size, done)
	t.CMPQ(done, address(t.Context, "n"))
	t.JGE(operand.LabelRef("sum"))
	exchange()
	t.JMP(operand.LabelRef("block"))
	t.Label("sum")
	for i, r := range acc {
		t.VADDPS(other.Offset(i*t.isa.bytes()), r, r)
	}
	return acc
}

// accumulators returns zeros, one vector per element of the tile.
func (t *ntTile) accumulators() []reg.VecVirtual {
	acc := t.isa.vecs(t.Context, t.m*t.cols)
	for _, r := range acc {
		zero(t.Context, r)
	}
	return acc
}

// pass adds the products of n elements, after those that are done, to the accumulators: of the vectors of 16, or of the
// given half of each.
func (t *ntTile) pass(name string, half int, done, n reg.GPVirtual, acc []reg.VecVirtual) {
	v := t.isa
	const step = 64 // bytes of 16 elements
	skip := half * v.bytes()
	a := rowsOf{base: param(t.Context, "a"), stride: param(t.Context, "lda")}
	t.LEAQ(operand.Mem{Base: a.base, Index: done, Scale: 4}, a.base)
	t.SHLQ(operand.U8(2), a.stride)
	if t.m > 3 {
		a.third = t.GP64()
		t.LEAQ(operand.Mem{Base: a.base, Index: a.stride, Scale: 2}, a.third)
		t.ADDQ(a.stride, a.third)
	}
	at := t.GP64()
	t.MOVQ(done, at)
	t.SHLQ(operand.U8(2), at)
	// An AVX2 tile takes 12 of 16 registers: three rows of A and one of B fit beside it, or a mask and one of each.
	multiply := func(m *mask, skip int) {
		x := v.vecs(t.Context, t.m)
		for j, b := range t.b {
			y := v.vec(t.Context)
			v.load(t.Context, operand.Mem{Base: b, Index: at, Scale: 1, Disp: skip}, y, m)
			for i := range x {
				if j == 0 || m != nil {
					x[i] = v.vec(t.Context)
					v.load(t.Context, a.row(i, skip), x[i], m)
				}
				t.VFMADD231PS(y, x[i], acc[i*t.cols+j])
			}
		}
	}
	advance := func(steps int) {
		t.ADDQ(operand.I32(int32(steps*step)), a.base)
		if t.m > 3 {
			t.ADDQ(operand.I32(int32(steps*step)), a.third)
		}
		t.ADDQ(operand.I32(int32(steps*step)), at)
	}
	// An odd step first, then two at a time.
	t.SUBQ(operand.U8(16), n)
	t.JLT(operand.LabelRef(name + "tail"))
	t.TESTQ(operand.U32(16), n)
	t.JNZ(operand.LabelRef(name + "loop"))
	multiply(nil, skip)
	advance(1)
	t.SUBQ(operand.U8(16), n)
	t.JLT(operand.LabelRef(name + "tail"))
	t.Label(name + "loop")
	multiply(nil, skip)
	multiply(nil, skip+step)
	advance(2)
	t.SUBQ(operand.U8(32), n)
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
	multiply(v.tailMask(t.Context, n), skip)
	t.Label(name + "done")
}

// finish adds up the lanes of the sums, stores max(lower, add + sum), and moves the parameters on to the next rows.
func (t *ntTile) finish(sums []reg.VecVirtual) {
	c, ldc := param(t.Context, "c"), param(t.Context, "ldc")
	add, ldadd := param(t.Context, "add"), param(t.Context, "ldadd")
	lower := t.XMM()
	t.VBROADCASTSS(address(t.Context, "lower"), lower)
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
		t.VMAXPS(sum, lower, sum) // the order of the sources lets a NaN in sum pass
		t.storeQuad(sum, operand.Mem{Base: c})
		t.LEAQ(operand.Mem{Base: c, Index: ldc, Scale: 4}, c)
	}
	t.MOVQ(c, address(t.Context, "c"))
	t.MOVQ(add, address(t.Context, "add"))
	a, lda := param(t.Context, "a"), param(t.Context, "lda")
	for range t.m {
		t.LEAQ(operand.Mem{Base: a, Index: lda, Scale: 4}, a)
	}
	t.MOVQ(a, address(t.Context, "a"))
}

// addPairs adds lane 2 of x and y to lane 0 and lane 3 to lane 1, in each half, and returns x's and y's sums, which
// alternate.
func (t *ntTile) addPairs(x, y reg.VecVirtual) reg.VecVirtual {
	low, high := t.YMM(), t.YMM()
	t.VUNPCKLPS(y, x, low)
	t.VUNPCKHPS(y, x, high)
	t.VADDPS(low, high, low)
	return low
}

// loadQuad reads as many elements as the tile has columns.
func (t *ntTile) loadQuad(from operand.Mem, to reg.Register) {
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

func (t *ntTile) storeQuad(from reg.Register, to operand.Mem) {
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
