package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The accumulators of a tile of an outer product: 5 rows × 4 vectors with AVX-512 (32 registers), 6 × 2 with AVX2 (16).
// Each step multiplies every one of them; narrower tiles serve the last rows and columns.
func outer(c *build.Context) {
	for _, v := range isas {
		rows, vectors := 6, 2
		if v == avx512 {
			rows, vectors = 5, 4
		}
		for m := 1; m <= rows; m++ {
			(&outerTile{Context: c, isa: v, m: m, widest: vectors}).generate()
		}
	}
}

type outerTile struct {
	*build.Context
	isa       isa
	m, widest int // rows; vectors of the widest tile

	// Held in registers throughout: the parameters, b and c at the current tile, n the columns left, table and its end.
	a, lda, b, c, table, end, n reg.GPVirtual
}

// generate writes the kernel for m rows. It computes m rows of c, n columns, from k steps; strides are in elements.
func (t *outerTile) generate() {
	v := t.isa
	function(t.Context, fmt.Sprintf("outer%dx%s", t.m, v.name),
		"(c *float32, ldc int, a *float32, lda int, b *float32, table *int32, k int, n int, rowBias *float32, colBias *float32, floor float32)",
		fmt.Sprintf("is outer for %d rows and k > 0 steps.", t.m))
	p := params(t.Context, "c", "a", "lda", "b", "table", "k", "n")
	t.c, t.a, t.lda, t.b, t.table, t.end, t.n = p["c"], p["a"], p["lda"], p["b"], p["table"], p["k"], p["n"]
	t.SHLQ(operand.U8(2), t.lda)
	t.LEAQ(operand.Mem{Base: t.table, Index: t.end, Scale: 8}, t.end)

	width := t.widest * v.lanes
	t.Label("wide")
	t.CMPQ(t.n, operand.U32(uint32(width)))
	t.JLT(operand.LabelRef("narrow"))
	t.tile("wide", t.widest, nil)
	t.ADDQ(operand.U32(uint32(4*width)), t.b)
	t.ADDQ(operand.U32(uint32(4*width)), t.c)
	t.SUBQ(operand.U32(uint32(width)), t.n)
	t.JMP(operand.LabelRef("wide"))

	t.Label("narrow")
	t.TESTQ(t.n, t.n)
	t.JZ(operand.LabelRef("done"))
	for vectors := 1; vectors <= t.widest; vectors++ {
		next := fmt.Sprintf("over%d", vectors)
		if vectors < t.widest {
			t.CMPQ(t.n, operand.U32(uint32(vectors*v.lanes)))
			t.JGT(operand.LabelRef(next))
		}
		if vectors > 1 {
			t.SUBQ(operand.U32(uint32((vectors-1)*v.lanes)), t.n)
		}
		t.tile(fmt.Sprintf("narrow%d", vectors), vectors, v.tailMask(t.Context, t.n))
		t.JMP(operand.LabelRef("done"))
		if vectors < t.widest {
			t.Label(next)
		}
	}
	t.Label("done")
	t.VZEROUPPER()
	t.RET()
}

// tile computes and stores m rows × vectors; the last vector is masked unless tail is nil.
func (t *outerTile) tile(name string, vectors int, tail *mask) {
	v := t.isa
	acc := make([][]reg.VecVirtual, t.m)
	for i := range acc {
		acc[i] = v.vecs(t.Context, vectors)
		for _, r := range acc[i] {
			zero(t.Context, r)
		}
	}
	masked := func(j int) *mask {
		if j == vectors-1 {
			return tail
		}
		return nil
	}

	step, row := t.GP64(), t.GP64()
	t.MOVQ(t.table, step)
	t.Label(name + "k")
	a := rowsOf{base: t.GP64(), stride: t.lda}
	t.MOVLQSX(operand.Mem{Base: step}, a.base)
	t.LEAQ(operand.Mem{Base: t.a, Index: a.base, Scale: 4}, a.base)
	if t.m > 3 {
		a.third = t.GP64()
		t.LEAQ(operand.Mem{Base: a.base, Index: a.stride, Scale: 2}, a.third)
		t.ADDQ(a.stride, a.third)
	}
	t.MOVLQSX(operand.Mem{Base: step, Disp: 4}, row)
	b := v.vecs(t.Context, vectors)
	for j := range b {
		v.load(t.Context, operand.Mem{Base: t.b, Index: row, Scale: 4, Disp: j * v.bytes()}, b[j], masked(j))
	}
	for i := range t.m {
		x := v.vec(t.Context)
		t.VBROADCASTSS(a.row(i, 0), x)
		for j := range b {
			t.VFMADD231PS(b[j], x, acc[i][j])
		}
	}
	t.ADDQ(operand.U8(8), step)
	t.CMPQ(step, t.end)
	t.JNE(operand.LabelRef(name + "k"))

	bias := param(t.Context, "rowBias")
	t.TESTQ(bias, bias)
	t.JZ(operand.LabelRef(name + "columns"))
	for i := range t.m {
		x := v.vec(t.Context)
		t.VBROADCASTSS(operand.Mem{Base: bias, Disp: 4 * i}, x)
		for _, r := range acc[i] {
			t.VADDPS(r, x, r)
		}
	}
	t.Label(name + "columns")
	bias = param(t.Context, "colBias")
	t.TESTQ(bias, bias)
	t.JZ(operand.LabelRef(name + "store"))
	// bias + (c at this tile − c at the first)
	first := param(t.Context, "c")
	t.SUBQ(first, bias)
	for j := range vectors {
		x := v.vec(t.Context)
		v.load(t.Context, operand.Mem{Base: bias, Index: t.c, Scale: 1, Disp: j * v.bytes()}, x, masked(j))
		for i := range t.m {
			t.VADDPS(acc[i][j], x, acc[i][j])
		}
	}
	t.Label(name + "store")
	floor := v.vec(t.Context)
	t.VBROADCASTSS(address(t.Context, "floor"), floor)
	to, ldc := t.GP64(), param(t.Context, "ldc")
	t.MOVQ(t.c, to)
	for i := range t.m {
		for j, r := range acc[i] {
			t.VMAXPS(r, floor, r) // the order of the sources lets a NaN in r pass
			v.store(t.Context, r, operand.Mem{Base: to, Disp: j * v.bytes()}, masked(j))
		}
		if i < t.m-1 {
			t.LEAQ(operand.Mem{Base: to, Index: ldc, Scale: 4}, to)
		}
	}
}
