package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// panel generates the packed copies of B that products of many rows work on: a few columns, one row right after the
// other.
func panel(c *build.Context) {
	for _, v := range isas {
		pack(c, v)
	}
}

// pack generates the copy of rows that a table names, of at most as many vectors as the widest tile of NN has.
func pack(c *build.Context, v isa) {
	vectors := nnVectors[v]
	function(c, "pack"+v.name, "(dst *float32, b *float32, table *int32, k int, n int)",
		fmt.Sprintf("copies 0 < n ≤ %d elements of each of the k > 0 rows that table names to rows of %[1]d.",
			vectors*v.lanes))
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
