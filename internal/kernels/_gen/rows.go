package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// rows generates copyRows and addRows: many short vectors, so what counts is that a row takes few instructions. A row
// is moved in vectors of the widest size that fits; the last vector ends where the row ends and overlaps the one
// before. Rows of a single vector have a loop of their own. The last one is read before anything is written, so that
// overlapping elements are not added twice.
//
// One set serves AVX-512 too: rows are seldom aligned, and wider stores that cross cache lines are slower.
func rows(c *build.Context) {
	for _, add := range []bool{false, true} {
		name := "copyRows"
		if add {
			name = "addRows"
		}
		function(c, name+avx2.name,
			"(dst *float32, dstPlane int, dstRow int, src *float32, srcPlane int, srcRow int, planes int, rows int, n int)",
			fmt.Sprintf("computes %s for rows of n > 0 adjacent elements. Strides are in elements.", name))
		n := param(c, "n")
		for lanes := avx2.lanes; lanes >= 4; lanes /= 2 {
			next := fmt.Sprintf("under%d", lanes)
			c.CMPQ(n, operand.U8(uint8(lanes)))
			c.JLT(operand.LabelRef(next))
			eachRow(c, lanes, add)
			c.Label(next)
		}
		eachRow(c, 1, add)
	}
}

// eachRow writes the loops over planes and rows, of at least lanes elements each.
func eachRow(c *build.Context, lanes int, add bool) {
	name := fmt.Sprintf("by%d", lanes)
	p := params(c, "dst", "dstPlane", "dstRow", "src", "srcPlane", "srcRow", "planes", "n")
	for _, stride := range []string{"dstPlane", "dstRow", "srcPlane", "srcRow"} {
		c.SHLQ(operand.U8(2), p[stride])
	}
	end := p["n"] // where the last vector starts
	c.LEAQ(operand.Mem{Base: end, Index: end, Scale: 1, Disp: -2 * lanes}, end)
	c.SHLQ(operand.U8(1), end)
	width := 4 * lanes
	c.TESTQ(end, end)
	c.JZ(operand.LabelRef(name + "single"))
	c.Label(name + "plane")
	dst, src, rows := c.GP64(), c.GP64(), param(c, "rows")
	c.MOVQ(p["dst"], dst)
	c.MOVQ(p["src"], src)
	c.Label(name + "row")
	last := vecOf(c, lanes)
	move(c, lanes, operand.Mem{Base: src, Index: end, Scale: 1}, last)
	if add {
		addTo(c, lanes, operand.Mem{Base: dst, Index: end, Scale: 1}, last)
	}
	at := c.GP64()
	c.XORQ(at, at)
	c.CMPQ(at, end)
	c.JGE(operand.LabelRef(name + "last"))
	c.Label(name + "vector")
	x := vecOf(c, lanes)
	move(c, lanes, operand.Mem{Base: src, Index: at, Scale: 1}, x)
	if add {
		addTo(c, lanes, operand.Mem{Base: dst, Index: at, Scale: 1}, x)
	}
	move(c, lanes, x, operand.Mem{Base: dst, Index: at, Scale: 1})
	c.ADDQ(operand.U8(uint8(width)), at)
	c.CMPQ(at, end)
	c.JLT(operand.LabelRef(name + "vector"))
	c.Label(name + "last")
	move(c, lanes, last, operand.Mem{Base: dst, Index: end, Scale: 1})
	c.ADDQ(p["dstRow"], dst)
	c.ADDQ(p["srcRow"], src)
	c.DECQ(rows)
	c.JNZ(operand.LabelRef(name + "row"))
	c.ADDQ(p["dstPlane"], p["dst"])
	c.ADDQ(p["srcPlane"], p["src"])
	c.DECQ(p["planes"])
	c.JNZ(operand.LabelRef(name + "plane"))
	c.VZEROUPPER()
	c.RET()

	// Rows of a single vector.
	c.Label(name + "single")
	c.MOVQ(p["dst"], dst)
	c.MOVQ(p["src"], src)
	rows = param(c, "rows")
	c.Label(name + "singleRow")
	move(c, lanes, operand.Mem{Base: src}, last)
	if add {
		addTo(c, lanes, operand.Mem{Base: dst}, last)
	}
	move(c, lanes, last, operand.Mem{Base: dst})
	c.ADDQ(p["dstRow"], dst)
	c.ADDQ(p["srcRow"], src)
	c.DECQ(rows)
	c.JNZ(operand.LabelRef(name + "singleRow"))
	c.ADDQ(p["dstPlane"], p["dst"])
	c.ADDQ(p["srcPlane"], p["src"])
	c.DECQ(p["planes"])
	c.JNZ(operand.LabelRef(name + "single"))
	c.VZEROUPPER()
	c.RET()
}

// move copies a vector, or a single element, between a register and memory.
func move(c *build.Context, lanes int, from, to operand.Op) {
	if lanes == 1 {
		c.VMOVSS(from, to)
	} else {
		c.VMOVUPS(from, to)
	}
}

func addTo(c *build.Context, lanes int, from operand.Mem, to reg.VecVirtual) {
	if lanes == 1 {
		c.VADDSS(from, to, to)
	} else {
		c.VADDPS(from, to, to)
	}
}
