package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// panel generates the copies of B that outer products of many rows work on: a few columns, one row right after the other.
func panel(c *build.Context) {
	for _, v := range isas {
		pack(c, v)
	}
	turn(c)
}

// pack generates the copy of rows that a table names, of up to as many vectors as the widest tile of an outer product has.
func pack(c *build.Context, v isa) {
	vectors := outerVectors[v]
	function(c, "pack"+v.name, "(dst *float32, b *float32, table *int32, k int, n int)",
		fmt.Sprintf("copies 0 < n ≤ %d elements of each of the k > 0 rows that table names to rows of %[1]d.", vectors*v.lanes))
	p := params(c, "dst", "b", "table", "k", "n")
	end := p["k"]
	c.LEAQ(operand.Mem{Base: p["table"], Index: end, Scale: pairBytes}, end)
	for full := vectors; full >= 0; full-- {
		next := fmt.Sprintf("under%d", full)
		var tail *mask
		if full > 0 {
			c.CMPQ(p["n"], operand.U32(uint32(full*v.lanes)))
			c.JLT(operand.LabelRef(next))
		}
		if full < vectors {
			c.SUBQ(operand.U32(uint32(full*v.lanes)), p["n"])
			tail = v.tailMask(c, p["n"])
		}
		loop := fmt.Sprintf("row%d", full)
		c.Label(loop)
		row := c.GP64()
		c.MOVLQSX(operand.Mem{Base: p["table"], Disp: 4}, row)
		for j := range min(full+1, vectors) {
			x, m := v.vec(c), tail
			if j < full {
				m = nil
			}
			v.load(c, operand.Mem{Base: p["b"], Index: row, Scale: 4, Disp: j * v.bytes()}, x, m)
			v.store(c, x, operand.Mem{Base: p["dst"], Disp: j * v.bytes()}, nil)
		}
		if full == vectors { // the next columns
			for j := 0; j < vectors*v.bytes(); j += 64 {
				c.PREFETCHT1(operand.Mem{Base: p["b"], Index: row, Scale: 4, Disp: vectors*v.bytes() + j})
			}
		}
		c.ADDQ(operand.U8(pairBytes), p["table"])
		c.ADDQ(operand.U32(uint32(vectors*v.bytes())), p["dst"])
		c.CMPQ(p["table"], end)
		c.JNE(operand.LabelRef(loop))
		c.VZEROUPPER()
		c.RET()
		if full > 0 {
			c.Label(next)
		}
	}
}

// turn generates the transposition of eight rows, 8×8 elements at a time. It is bound by shuffles, which zmm registers do
// not make faster.
func turn(c *build.Context) {
	const n = 8
	function(c, "turnAVX2", "(dst *float32, stride int, b *float32, offsets *int32, n int)",
		"copies n > 0 elements of each of 8 rows of b, which offsets names, to the columns of dst, whose rows are stride elements apart.")
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
