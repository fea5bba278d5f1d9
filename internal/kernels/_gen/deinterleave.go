package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// deinterleave generates the split of a vector into its even and odd elements, and the inverse. They are bound by
// memory, so one set serves AVX-512 too.
func deinterleave(c *build.Context) {
	function(c, "deinterleaveAVX2", "(even *float32, odd *float32, src *float32, n int)",
		"copies n pairs of src to even and odd.")
	p := params(c, "even", "odd", "src", "n")
	pairs(c, p, func() {
		low, high, x := c.YMM(), c.YMM(), c.YMM()
		c.VMOVUPS(operand.Mem{Base: p["src"]}, low)
		c.VMOVUPS(operand.Mem{Base: p["src"], Disp: 32}, high)
		c.VSHUFPS(operand.U8(0x88), high, low, x)
		c.VPERMPD(operand.U8(0xd8), x, x)
		c.VMOVUPS(x, operand.Mem{Base: p["even"]})
		c.VSHUFPS(operand.U8(0xdd), high, low, x)
		c.VPERMPD(operand.U8(0xd8), x, x)
		c.VMOVUPS(x, operand.Mem{Base: p["odd"]})
	}, func() {
		x := c.XMM()
		c.VMOVSS(operand.Mem{Base: p["src"]}, x)
		c.VMOVSS(x, operand.Mem{Base: p["even"]})
		c.VMOVSS(operand.Mem{Base: p["src"], Disp: 4}, x)
		c.VMOVSS(x, operand.Mem{Base: p["odd"]})
	})

	function(c, "interleaveAVX2",
		"(dst *float32, dstPlane int, dstRow int, even *float32, odd *float32, "+
			"srcPlane int, srcRow int, planes int, rows int, n int)",
		"interleaves rows of n > 0 elements of even and of odd into rows of n pairs of dst. Strides are in elements.")
	n := param(c, "n")
	for _, lanes := range []int{8, 4} {
		next := fmt.Sprintf("under%d", lanes)
		c.CMPQ(n, operand.U8(uint8(lanes)))
		c.JLT(operand.LabelRef(next))
		interleaveRows(c, lanes)
		c.Label(next)
	}
	interleaveRows(c, 1)
}

// interleaveRows writes the loops over planes and rows, of at least lanes pairs each. A row's last vectors end where
// the row ends and overlap those before.
func interleaveRows(c *build.Context, lanes int) {
	name := fmt.Sprintf("by%d", lanes)
	p := params(c, "dst", "dstPlane", "dstRow", "even", "odd", "srcPlane", "srcRow", "planes", "n")
	for _, stride := range []string{"dstPlane", "dstRow", "srcPlane", "srcRow"} {
		c.SHLQ(operand.U8(2), p[stride])
	}
	c.SUBQ(p["even"], p["odd"]) // the distance between them
	last := p["n"]
	c.SUBQ(operand.U8(uint8(lanes)), last)
	c.Label(name + "plane")
	dst, even, rows := c.GP64(), c.GP64(), param(c, "rows")
	c.MOVQ(p["dst"], dst)
	c.MOVQ(p["even"], even)
	c.Label(name + "row")
	odd, at := c.GP64(), c.GP64()
	c.LEAQ(operand.Mem{Base: even, Index: p["odd"], Scale: 1}, odd)
	c.XORQ(at, at)
	c.CMPQ(at, last)
	c.JGE(operand.LabelRef(name + "last"))
	c.Label(name + "pairs")
	interleavePairs(c, lanes, dst, even, odd, at)
	c.ADDQ(operand.U8(uint8(lanes)), at)
	c.CMPQ(at, last)
	c.JLT(operand.LabelRef(name + "pairs"))
	c.Label(name + "last")
	interleavePairs(c, lanes, dst, even, odd, last)
	c.ADDQ(p["dstRow"], dst)
	c.ADDQ(p["srcRow"], even)
	c.DECQ(rows)
	c.JNZ(operand.LabelRef(name + "row"))
	c.ADDQ(p["dstPlane"], p["dst"])
	c.ADDQ(p["srcPlane"], p["even"])
	c.DECQ(p["planes"])
	c.JNZ(operand.LabelRef(name + "plane"))
	c.VZEROUPPER()
	c.RET()
}

// interleavePairs copies pairs from index at on.
func interleavePairs(c *build.Context, lanes int, dst, even, odd, at reg.GPVirtual) {
	evens, odds := operand.Mem{Base: even, Index: at, Scale: 4}, operand.Mem{Base: odd, Index: at, Scale: 4}
	to := operand.Mem{Base: dst, Index: at, Scale: 8}
	x, y := vecOf(c, lanes), vecOf(c, lanes)
	move(c, lanes, evens, x)
	move(c, lanes, odds, y)
	if lanes == 1 {
		move(c, lanes, x, to)
		move(c, lanes, y, to.Offset(4))
		return
	}
	low, high := vecOf(c, lanes), vecOf(c, lanes)
	c.VUNPCKLPS(y, x, low)
	c.VUNPCKHPS(y, x, high)
	if lanes == 8 {
		c.VPERM2F128(operand.U8(0x20), high, low, x)
		c.VPERM2F128(operand.U8(0x31), high, low, y)
		low, high = x, y
	}
	move(c, lanes, low, to)
	move(c, lanes, high, to.Offset(4*lanes))
}

// pairs writes the loops of a function over n pairs: eight does eight of them, one does the rest. The pairs lie at src.
func pairs(c *build.Context, p map[string]reg.GPVirtual, eight, one func()) {
	advance := func(n int) {
		c.ADDQ(operand.U8(uint8(4*n)), p["even"])
		c.ADDQ(operand.U8(uint8(4*n)), p["odd"])
		c.ADDQ(operand.U8(uint8(8*n)), p["src"])
	}
	c.SUBQ(operand.U8(8), p["n"])
	c.JLT(operand.LabelRef("rest"))
	c.Label("eight")
	eight()
	advance(8)
	c.SUBQ(operand.U8(8), p["n"])
	c.JGE(operand.LabelRef("eight"))
	c.Label("rest")
	c.ADDQ(operand.U8(8), p["n"])
	c.JZ(operand.LabelRef("done"))
	c.Label("one")
	one()
	advance(1)
	c.DECQ(p["n"])
	c.JNZ(operand.LabelRef("one"))
	c.Label("done")
	c.VZEROUPPER()
	c.RET()
}
