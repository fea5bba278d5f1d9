package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// deal generates the split of a vector into its even and odd elements, and the inverse. They are bound by memory, so one
// set serves AVX-512 too.
func deal(c *build.Context) {
	function(c, "dealAVX2", "(even *float32, odd *float32, src *float32, n int)",
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

	function(c, "collectAVX2", "(dst *float32, even *float32, odd *float32, n int)",
		"copies n elements of even and odd to pairs of dst.")
	p = params(c, "dst", "even", "odd", "n")
	p["src"] = p["dst"]
	pairs(c, p, func() {
		even, odd, low, high, x := c.YMM(), c.YMM(), c.YMM(), c.YMM(), c.YMM()
		c.VMOVUPS(operand.Mem{Base: p["even"]}, even)
		c.VMOVUPS(operand.Mem{Base: p["odd"]}, odd)
		c.VUNPCKLPS(odd, even, low)
		c.VUNPCKHPS(odd, even, high)
		c.VPERM2F128(operand.U8(0x20), high, low, x)
		c.VMOVUPS(x, operand.Mem{Base: p["dst"]})
		c.VPERM2F128(operand.U8(0x31), high, low, x)
		c.VMOVUPS(x, operand.Mem{Base: p["dst"], Disp: 32})
	}, func() {
		x := c.XMM()
		c.VMOVSS(operand.Mem{Base: p["even"]}, x)
		c.VMOVSS(x, operand.Mem{Base: p["dst"]})
		c.VMOVSS(operand.Mem{Base: p["odd"]}, x)
		c.VMOVSS(x, operand.Mem{Base: p["dst"], Disp: 4})
	})
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
