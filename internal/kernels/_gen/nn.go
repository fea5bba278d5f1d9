package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The accumulators of a tile of A·B: 5 rows × 4 vectors with AVX-512 (32 registers), 6 × 2 with AVX2 (16). Each step
// multiplies every one of them; smaller tiles serve the last rows and columns. A single row takes up to 12 vectors of
// AVX2 in either set: it uses each vector of B once, so loads bound it, and wider ones would mostly cross cache lines.
var (
	nnRows    = map[isa]int{avx2: 6, avx512: 5}
	nnVectors = map[isa]int{avx2: 2, avx512: 4}
)

// width is a tile's: a number of vectors.
type width struct {
	isa
	vectors int
}

// narrow are the tiles of the last columns, by width. Loads bound one of AVX-512's whole vectors if they are few.
var narrow = map[isa][]width{
	avx2: {{avx2, 1}, {avx2, 2}},
	avx512: {
		{avx512Half, 1},
		{avx512Half, 2},
		{avx512Half, 3},
		{avx512Half, 4},
		{avx512Half, 5},
		{avx512, 3},
		{avx512, 4},
	},
}

const (
	pairBytes = 8 // of an element of a table
	unroll    = 2 // steps of a round
)

// nn generates the micro-kernels of gemm.NN, one for each number of rows.
func nn(c *build.Context) {
	for _, v := range isas {
		for m := 2; m <= nnRows[v]; m++ {
			(&nnTile{Context: c, isa: v, m: m, widest: nnVectors[v], narrow: narrow[v]}).generate()
		}
	}
	single := &nnTile{Context: c, isa: avx2, m: 1, widest: 12}
	for vectors := 1; vectors <= single.widest; vectors++ {
		single.narrow = append(single.narrow, width{avx2, vectors})
	}
	single.generate()
}

type nnTile struct {
	*build.Context
	isa       isa // of the current tile
	m, widest int // rows; vectors of the widest tile
	narrow    []width

	// Held in registers throughout: the rows of a, b and c at the current tile, n the columns left, table and its end.
	a                   []reg.GPVirtual
	b, c, table, end, n reg.GPVirtual
}

// generate writes the kernel for m rows. It computes m rows of c at a time, n columns, from k steps; strides are in
// elements.
func (t *nnTile) generate() {
	v := t.isa
	function(t.Context, fmt.Sprintf("nn%d%s", t.m, v.name),
		"(c *float32, ldc int, a *float32, lda int, b *float32, table *int32, "+
			"k int, n int, rowBias *float32, colBias *float32, lower float32, resume int, tiles int)",
		fmt.Sprintf("computes NN for %s at a time, tiles > 0 times, and k > 0 steps. "+
			"If resume is not 0, the sums go on from those in c.", count(t.m, "row")))
	t.Label("tile")
	lda := param(t.Context, "lda")
	for i := range t.m {
		row := param(t.Context, "a")
		if i > 0 {
			row = t.GP64()
			t.LEAQ(operand.Mem{Base: t.a[i-1], Index: lda, Scale: 4}, row)
		}
		t.a = append(t.a, row)
	}
	p := params(t.Context, "c", "b", "table", "k", "n")
	t.c, t.b, t.table, t.end, t.n = p["c"], p["b"], p["table"], p["k"], p["n"]
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
	for i, w := range t.narrow {
		next := fmt.Sprintf("over%d", i)
		if i < len(t.narrow)-1 {
			t.CMPQ(t.n, operand.U32(uint32(w.vectors*w.lanes)))
			t.JGT(operand.LabelRef(next))
		}
		if w.vectors > 1 {
			t.SUBQ(operand.U32(uint32((w.vectors-1)*w.lanes)), t.n)
		}
		t.isa = w.isa
		t.tile(fmt.Sprintf("narrow%d", i), w.vectors, w.tailMask(t.Context, t.n))
		t.JMP(operand.LabelRef("done"))
		t.Label(next)
	}
	t.Label("done")
	t.DECQ(address(t.Context, "tiles"))
	t.JZ(operand.LabelRef("return"))
	t.advance("a", "lda")
	t.advance("c", "ldc")
	t.CMPQ(address(t.Context, "rowBias"), operand.U8(0))
	t.JE(operand.LabelRef("tile"))
	t.ADDQ(operand.U8(uint8(4*t.m)), address(t.Context, "rowBias"))
	t.JMP(operand.LabelRef("tile"))
	t.Label("return")
	t.VZEROUPPER()
	t.RET()
}

// advance moves a parameter that points into a matrix to the next m rows.
func (t *nnTile) advance(name, stride string) {
	rows := param(t.Context, stride)
	t.IMUL3Q(operand.U8(uint8(4*t.m)), rows, rows)
	t.ADDQ(rows, address(t.Context, name))
}

// tile computes and stores m rows × vectors; the last vector is masked unless tail is nil.
func (t *nnTile) tile(name string, vectors int, tail *mask) {
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
	resume := param(t.Context, "resume")
	t.TESTQ(resume, resume)
	t.JZ(operand.LabelRef(name + "start"))
	t.eachElement(acc, func(r reg.VecVirtual, at operand.Mem, j int) { v.load(t.Context, at, r, masked(j)) })
	t.JMP(operand.LabelRef(name + "begin"))
	t.Label(name + "start")
	t.eachElement(acc, func(_ reg.VecVirtual, at operand.Mem, _ int) { t.PREFETCHT0(at) })
	t.Label(name + "begin")

	// An odd step first, then two at a time: what is not a load or a multiply-add costs as much as one.
	step := t.GP64()
	t.MOVQ(t.end, step)
	t.SUBQ(t.table, step)
	t.TESTQ(operand.U32(pairBytes), step)
	t.MOVQ(t.table, step)
	t.JZ(operand.LabelRef(name + "k"))
	t.step(step, 0, acc, masked)
	t.ADDQ(operand.U8(pairBytes), step)
	t.CMPQ(step, t.end)
	t.JE(operand.LabelRef(name + "bias"))
	t.Label(name + "k")
	for i := range unroll {
		t.step(step, i*pairBytes, acc, masked)
	}
	t.ADDQ(operand.U8(unroll*pairBytes), step)
	t.CMPQ(step, t.end)
	t.JNE(operand.LabelRef(name + "k"))

	t.Label(name + "bias")
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
	lower := v.vec(t.Context)
	t.VBROADCASTSS(address(t.Context, "lower"), lower)
	t.eachElement(acc, func(r reg.VecVirtual, at operand.Mem, j int) {
		t.VMAXPS(r, lower, r) // the order of the sources lets a NaN in r pass
		v.store(t.Context, r, at, masked(j))
	})
}

// eachElement calls f for each vector of the tile, the j-th of its row, with its place in c.
func (t *nnTile) eachElement(acc [][]reg.VecVirtual, f func(r reg.VecVirtual, at operand.Mem, j int)) {
	at, ldc := t.GP64(), param(t.Context, "ldc")
	t.MOVQ(t.c, at)
	for i := range acc {
		for j, r := range acc[i] {
			f(r, operand.Mem{Base: at, Disp: j * t.isa.bytes()}, j)
		}
		if i < t.m-1 {
			t.LEAQ(operand.Mem{Base: at, Index: ldc, Scale: 4}, at)
		}
	}
}

// step adds the rank-1 update of the pair at a displacement from table.
func (t *nnTile) step(table reg.GPVirtual, disp int, acc [][]reg.VecVirtual, masked func(j int) *mask) {
	v := t.isa
	col, row := t.GP64(), t.GP64()
	t.MOVLQSX(operand.Mem{Base: table, Disp: disp}, col)
	t.MOVLQSX(operand.Mem{Base: table, Disp: disp + 4}, row)
	from := func(j int) operand.Mem { return operand.Mem{Base: t.b, Index: row, Scale: 4, Disp: j * v.bytes()} }
	if t.m == 1 {
		x := v.vec(t.Context)
		t.VBROADCASTSS(operand.Mem{Base: t.a[0], Index: col, Scale: 4}, x)
		for j, r := range acc[0] {
			b := v.vec(t.Context)
			v.load(t.Context, from(j), b, masked(j))
			t.VFMADD231PS(b, x, r)
		}
		return
	}
	b := v.vecs(t.Context, len(acc[0]))
	for j := range b {
		v.load(t.Context, from(j), b[j], masked(j))
	}
	for i := range acc {
		x := v.vec(t.Context)
		t.VBROADCASTSS(operand.Mem{Base: t.a[i], Index: col, Scale: 4}, x)
		for j := range b {
			t.VFMADD231PS(b[j], x, acc[i][j])
		}
	}
}
