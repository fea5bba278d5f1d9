package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// transpose generates the transposition of eight rows, 8×8 elements at a time. It is bound by shuffles, which zmm
// registers do not make faster.
func transpose(c *build.Context) {
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
		low, high, low2, high2 := c.YMM(), c.YMM(), c.YMM(), c.YMM()
		c.VUNPCKLPS(q[1], q[0], low)
		c.VUNPCKHPS(q[1], q[0], high)
		c.VUNPCKLPS(q[3], q[2], low2)
		c.VUNPCKHPS(q[3], q[2], high2)
		c.VUNPCKLPD(low2, low, q[0])
		c.VUNPCKHPD(low2, low, q[1])
		c.VUNPCKLPD(high2, high, q[2])
		c.VUNPCKHPD(high2, high, q[3])
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
