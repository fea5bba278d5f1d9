package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// peakFMAs is the number of independent multiply-adds of a round: enough to hide the latency of each.
const peakFMAs = 12

// peak generates the loop whose rate is the processor's best.
func peak(c *build.Context) {
	for _, v := range isas {
		function(c, "multiplyAdd"+v.name, "(n int)",
			fmt.Sprintf("does n > 0 rounds of %d multiply-adds of %d lanes each.", peakFMAs, v.lanes))
		n := param(c, "n")
		acc := v.vecs(c, peakFMAs)
		for _, r := range acc {
			zero(c, r)
		}
		x := v.vec(c)
		zero(c, x)
		c.Label("round")
		for _, r := range acc {
			c.VFMADD231PS(x, x, r)
		}
		c.SUBQ(operand.U8(1), n)
		c.JNZ(operand.LabelRef("round"))
		c.VZEROUPPER()
		c.RET()
	}
}
