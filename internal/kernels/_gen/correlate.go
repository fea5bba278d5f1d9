package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// correlateTaps is how many taps fit: each takes a register for its sum and one for its address.
const correlateTaps = 9

// correlate generates the backward pass of taps: what bounds it is loads that cross cache lines, so each vector of dy
// is loaded once for both gradients. AVX-512 has no wider vectors here, which would all cross them, but more registers.
func correlate(c *build.Context) {
	for _, v := range []isa{avx2, avx512Half} {
		for taps := 1; taps <= correlateTaps; taps++ {
			correlateFor(c, v, taps)
		}
	}
}

func correlateFor(c *build.Context, v isa, taps int) {
	const vectors = 2 // of a round
	function(c, fmt.Sprintf("correlate%d%s", taps, v.name),
		"(dx *float32, dw *float32, x *float32, w *float32, dy *float32, offsets *int32, n int, resume int)",
		fmt.Sprintf("computes correlate for %s and n > 0, a multiple of %d. If resume is not 0, it adds to dx.",
			count(taps, "tap"), vectors*v.lanes))
	p := params(c, "dx", "x", "w", "n", "resume")
	at := p["n"] // bytes from the end
	c.SHLQ(operand.U8(2), at)
	dy, offsets := param(c, "dy"), param(c, "offsets")
	c.ADDQ(at, dy)
	rows := make([]reg.GPVirtual, taps)
	for t := range rows {
		rows[t] = c.GP64()
		c.MOVLQSX(operand.Mem{Base: offsets, Disp: 4 * t}, rows[t])
		c.LEAQ(operand.Mem{Base: dy, Index: rows[t], Scale: 4}, rows[t])
	}
	c.ADDQ(at, p["dx"])
	c.ADDQ(at, p["x"])
	c.NEGQ(at)
	sums := v.vecs(c, taps)
	for _, r := range sums {
		zero(c, r)
	}
	element := func(base reg.GPVirtual, j int) operand.Mem {
		return operand.Mem{Base: base, Index: at, Scale: 1, Disp: j * v.bytes()}
	}
	w := v.vecs(c, taps)
	weight := func(t int) { c.VBROADCASTSS(operand.Mem{Base: p["w"], Disp: 4 * t}, w[t]) }
	hold := v == avx512Half // has registers for all weights
	for t := 0; hold && t < taps; t++ {
		weight(t)
	}
	c.Label("round")
	x, dx := v.vecs(c, vectors), v.vecs(c, vectors)
	for j := range vectors {
		c.VMOVUPS(element(p["x"], j), x[j])
		zero(c, dx[j])
	}
	c.TESTQ(p["resume"], p["resume"])
	c.JZ(operand.LabelRef("start"))
	for j := range vectors {
		c.VMOVUPS(element(p["dx"], j), dx[j])
	}
	c.Label("start")
	for t := range taps {
		if !hold {
			weight(t)
		}
		for j := range vectors {
			y := v.vec(c)
			c.VMOVUPS(element(rows[t], j), y)
			c.VFMADD231PS(y, w[t], dx[j])
			c.VFMADD231PS(y, x[j], sums[t])
		}
	}
	for j := range vectors {
		c.VMOVUPS(dx[j], element(p["dx"], j))
	}
	c.ADDQ(operand.U8(uint8(vectors*v.bytes())), at)
	c.JNZ(operand.LabelRef("round"))

	dw := param(c, "dw")
	for t, r := range sums {
		sum, rest := r.AsX(), c.XMM()
		c.VEXTRACTF128(operand.U8(1), r, rest)
		c.VADDPS(rest, sum, sum)
		c.VHADDPS(sum, sum, sum)
		c.VHADDPS(sum, sum, sum)
		c.VADDSS(operand.Mem{Base: dw, Disp: 4 * t}, sum, sum)
		c.VMOVSS(sum, operand.Mem{Base: dw, Disp: 4 * t})
	}
	c.VZEROUPPER()
	c.RET()
}
