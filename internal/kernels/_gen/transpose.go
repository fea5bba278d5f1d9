package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// transpose generates the transposition of eight rows with AVX2, 8×8 elements at a time, and of sixteen with AVX-512.
func transpose(c *build.Context) {
	transpose8(c)
	transpose16(c)
}

// transposeQuarters transposes 4×4 elements in each 128 bits of four vectors, one per row: q[j] becomes column j.
func transposeQuarters(c *build.Context, v isa, q []reg.VecVirtual) {
	r := v.vecs(c, 4)
	low, high, low2, high2 := r[0], r[1], r[2], r[3]
	c.VUNPCKLPS(q[1], q[0], low)
	c.VUNPCKHPS(q[1], q[0], high)
	c.VUNPCKLPS(q[3], q[2], low2)
	c.VUNPCKHPS(q[3], q[2], high2)
	c.VUNPCKLPD(low2, low, q[0])
	c.VUNPCKHPD(low2, low, q[1])
	c.VUNPCKLPD(high2, high, q[2])
	c.VUNPCKHPD(high2, high, q[3])
}

func transpose8(c *build.Context) {
	const n = 8
	function(c, "transposeAVX2", "(dst *float32, stride int, b *float32, offsets *int32, n int)",
		"copies n > 0 elements of each of 8 rows of b, which start at offsets, "+
			"to columns of dst, whose rows are stride apart.")
	p := params(c, "dst", "stride", "n")
	c.SHLQ(operand.U8(2), p["stride"])
	b, offsets := param(c, "b"), param(c, "offsets")
	rows := make([]reg.GPVirtual, n)
	for i := range rows {
		rows[i] = c.GP64()
		c.MOVLQSX(operand.Mem{Base: offsets, Disp: 4 * i}, rows[i])
		c.LEAQ(operand.Mem{Base: b, Index: rows[i], Scale: 4}, rows[i])
	}
	at := b // bytes into the rows
	c.XORQ(at, at)
	c.SUBQ(operand.U8(n), p["n"])
	c.JLT(operand.LabelRef("rest"))
	c.Label("block")
	// x[i] holds columns 0 to 3 of rows i and i+4, x[i+4] columns 4 to 7.
	x := avx2.vecs(c, n)
	for i := range n {
		from := operand.Mem{Base: rows[i%4], Index: at, Scale: 1, Disp: i / 4 * 16}
		c.VMOVUPS(from, x[i].AsX())
		from.Base = rows[i%4+4]
		c.VINSERTF128(operand.U8(1), from, x[i], x[i])
	}
	for half := range 2 {
		q := x[4*half:][:4]
		transposeQuarters(c, avx2, q)
		for _, r := range q {
			c.VMOVUPS(r, operand.Mem{Base: p["dst"]})
			c.ADDQ(p["stride"], p["dst"])
		}
	}
	c.ADDQ(operand.U8(4*n), at)
	c.SUBQ(operand.U8(n), p["n"])
	c.JGE(operand.LabelRef("block"))
	c.Label("rest")
	c.ADDQ(operand.U8(n), p["n"])
	c.JZ(operand.LabelRef("done"))
	c.Label("column")
	for i, row := range rows {
		e := c.XMM()
		c.VMOVSS(operand.Mem{Base: row, Index: at, Scale: 1}, e)
		c.VMOVSS(e, operand.Mem{Base: p["dst"], Disp: 4 * i})
	}
	c.ADDQ(p["stride"], p["dst"])
	c.ADDQ(operand.U8(4), at)
	c.DECQ(p["n"])
	c.JNZ(operand.LabelRef("column"))
	c.Label("done")
	c.VZEROUPPER()
	c.RET()
}

// transpose16 generates the transposition of sixteen rows, 16×16 elements at a time. Shuffles bind it as they bind
// transpose8, but it reads and writes whole lines of the cache: rows that are a multiple of 4 KiB apart share one set
// of the first cache, which has no room for all of them until their second halves are needed.
func transpose16(c *build.Context) {
	const n = 16
	function(c, "transposeAVX512", "(dst *float32, stride int, b *float32, offsets *int32, n int)",
		"copies n > 0 elements of each of 16 rows of b, which start at offsets, "+
			"to columns of dst, whose rows are stride apart.")
	p := params(c, "dst", "stride", "b", "offsets", "n")
	stride4, stride12 := c.GP64(), c.GP64() // bytes of 4 and of 12 rows of dst
	c.SHLQ(operand.U8(2), p["stride"])
	c.LEAQ(operand.Mem{Base: p["stride"], Index: p["stride"], Scale: 1}, stride4)
	c.ADDQ(stride4, stride4)
	c.LEAQ(operand.Mem{Base: stride4, Index: stride4, Scale: 2}, stride12)
	block := func(tail *mask) {
		x := avx512.vecs(c, n)
		for i := range x {
			row := c.GP64()
			c.MOVLQSX(operand.Mem{Base: p["offsets"], Disp: 4 * i}, row)
			avx512.load(c, operand.Mem{Base: p["b"], Index: row, Scale: 4}, x[i], tail)
		}
		// Each quarter of 128 bits of x[4i+j] becomes column j of the quarter's four, of rows 4i to 4i+3.
		for i := 0; i < n; i += 4 {
			transposeQuarters(c, avx512, x[i:][:4])
		}
		const evens, odds, firsts, lasts = 0x88, 0xdd, 0x44, 0xee // quarters of each source
		to := c.GP64()
		c.MOVQ(p["dst"], to)
		for j := range 4 {
			halves := avx512.vecs(c, 4)
			for i, quarters := range []operand.U8{firsts, firsts, lasts, lasts} {
				from := i % 2 * 8
				c.VSHUFF32X4(quarters, x[from+4+j], x[from+j], halves[i])
			}
			for i := range 4 {
				column := c.ZMM()
				c.VSHUFF32X4(operand.U8([]uint8{evens, odds}[i%2]), halves[i/2*2+1], halves[i/2*2], column)
				at := operand.Mem{Base: to}
				switch i {
				case 1, 2:
					at.Index, at.Scale = stride4, uint8(i)
				case 3:
					at.Index, at.Scale = stride12, 1
				}
				past := fmt.Sprintf("past%d", 4*i+j)
				if tail != nil {
					c.CMPQ(p["n"], operand.U8(4*i+j))
					c.JLE(operand.LabelRef(past))
				}
				c.VMOVUPS(column, at)
				if tail != nil {
					c.Label(past)
				}
			}
			if j < 3 {
				c.ADDQ(p["stride"], to)
			}
		}
	}
	c.SUBQ(operand.U8(n), p["n"])
	c.JLT(operand.LabelRef("rest"))
	c.Label("block")
	block(nil)
	c.ADDQ(operand.U8(4*n), p["b"])
	c.LEAQ(operand.Mem{Base: p["dst"], Index: stride4, Scale: 4}, p["dst"])
	c.SUBQ(operand.U8(n), p["n"])
	c.JGE(operand.LabelRef("block"))
	c.Label("rest")
	c.ADDQ(operand.U8(n), p["n"])
	c.JZ(operand.LabelRef("done"))
	columns := c.GP64()
	c.MOVQ(p["n"], columns)
	block(avx512.tailMask(c, columns))
	c.Label("done")
	c.VZEROUPPER()
	c.RET()
}
