package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// affine generates affineRow: four places a step, computed in float64, and then four pixels in float32. The steps of a
// place, and their order, are those of affineRowGeneric, so the results have the same bits. Two neighbours of a row are
// adjacent, so one load reads both; gathers are slower on many processors.
//
// One set serves AVX-512 too: most of the time goes to the loads.
func affine(c *build.Context) {
	function(c, "affineRow"+avx2.name, "(y *float32, n int, across *float64, down *float64, "+
		"right, left, below, top float64, origin *float32, stride int, w1, h1 float64)",
		"computes Row.Bilinear for n ≥ 4 pixels. origin is the first pixel of the image within its border, w1 and h1 are "+
			"the width and the height plus 1.")
	p := &affinePass{Context: c, outside: c.YMM(), stride: c.XMM(), one: c.ConstData("one", operand.F32(1))}
	y, n, across, down := param(c, "y"), param(c, "n"), param(c, "across"), param(c, "down")
	origin, below := param(c, "origin"), param(c, "stride")
	c.VMOVD(below.As32(), p.stride)
	c.VPBROADCASTD(p.stride, p.stride)
	c.LEAQ(operand.Mem{Base: origin, Index: below, Scale: 4}, below) // the row below the first
	c.VBROADCASTSD(c.ConstData("minusTwo", operand.F64(-2)), p.outside)
	x := p.axis("right", "left", "w1")
	z := p.axis("below", "top", "h1")
	index := c.AllocLocal(16)

	at, last := c.GP64(), c.GP64()
	c.XORQ(at, at)
	c.LEAQ(operand.Mem{Base: n, Disp: -4}, last)
	c.Label("step")
	sx, insideX := p.place(x, operand.Mem{Base: across, Index: at, Scale: 8})
	sy, insideY := p.place(z, operand.Mem{Base: down, Index: at, Scale: 8})
	c.VANDPD(insideY, insideX, insideX)
	u, column := p.split(sx, insideX)
	v, row := p.split(sy, insideX)
	c.VPMULLD(p.stride, row, row)
	c.VPADDD(row, column, column)
	c.VMOVDQU(column, index)
	a, b := p.pairs(origin, index)
	upper := p.between(u, a, b)
	lower, right := p.pairs(below, index)
	pixel := p.between(v, upper, p.between(u, lower, right))
	exact, none := c.XMM(), c.XMM()
	c.VORPS(u, v, exact)
	zero(c, none)
	c.VCMPPS(operand.U8(0), none, exact, exact)
	c.VBLENDVPS(exact, a, pixel, pixel)
	c.VMOVUPS(pixel, operand.Mem{Base: y, Index: at, Scale: 4})
	c.CMPQ(at, last)
	c.JGE(operand.LabelRef("end"))
	c.ADDQ(operand.U8(4), at)
	c.CMPQ(at, last)
	c.CMOVQGT(last, at) // the last step ends where the row ends, and may repeat pixels
	c.JMP(operand.LabelRef("step"))
	c.Label("end")
	c.VZEROUPPER()
	c.RET()
}

// affinePass has what the steps share.
type affinePass struct {
	*build.Context
	outside reg.VecVirtual // −2, which is outside any image
	stride  reg.VecVirtual // in pixels
	one     operand.Mem    // 1 in float32
}

// affineAxis are the numbers of a row's places along an axis, and the size of the image plus 1.
type affineAxis struct{ add, origin, size reg.VecVirtual }

func (p *affinePass) axis(add, origin, size string) affineAxis {
	a := affineAxis{p.YMM(), p.YMM(), p.YMM()}
	p.VBROADCASTSD(address(p.Context, add), a.add)
	p.VBROADCASTSD(address(p.Context, origin), a.origin)
	p.VBROADCASTSD(address(p.Context, size), a.size)
	return a
}

// place returns four places along an axis, and in which lanes they are inside.
func (p *affinePass) place(a affineAxis, from operand.Mem) (s, inside reg.VecVirtual) {
	const greater = operand.U8(30) // ordered, quiet, as less
	s, inside = p.YMM(), p.YMM()
	p.VADDPD(from, a.add, s)
	p.VADDPD(a.origin, s, s)
	below := p.YMM()
	p.VCMPPD(greater, p.outside, s, inside)
	p.VCMPPD(less, a.size, s, below)
	p.VANDPD(below, inside, inside)
	return s, inside
}

// split returns the fractions of places as float32 and their whole parts as int32, after it has moved those that are
// not inside to between −2 and −1.
func (p *affinePass) split(s, inside reg.VecVirtual) (fraction, whole reg.VecVirtual) {
	const floor = operand.U8(9)
	low, moved := p.YMM(), p.YMM()
	p.VROUNDPD(floor, s, low)
	p.VSUBPD(low, s, moved)
	p.VADDPD(p.outside, moved, moved)
	p.VMAXPD(p.outside, moved, moved) // the order makes −2 of a NaN
	p.VBLENDVPD(inside, s, moved, s)
	p.VROUNDPD(floor, s, low)
	p.VSUBPD(low, s, s)
	fraction, whole = p.XMM(), p.XMM()
	p.VCVTPD2PSY(s, fraction)
	p.VCVTTPD2DQY(low, whole)
	return fraction, whole
}

// pairs returns four pixels of a row and their neighbours to the right.
func (p *affinePass) pairs(row reg.GPVirtual, index operand.Mem) (left, right reg.VecVirtual) {
	var two [2]reg.VecVirtual
	for i := range two {
		two[i] = p.XMM()
		for j, load := range []func(operand.Mem){
			func(m operand.Mem) { p.VMOVSD(m, two[i]) },
			func(m operand.Mem) { p.VMOVHPS(m, two[i], two[i]) },
		} {
			at := p.GP64()
			p.MOVLQSX(index.Offset(4*(2*i+j)), at)
			load(operand.Mem{Base: row, Index: at, Scale: 4})
		}
	}
	left, right = p.XMM(), p.XMM()
	p.VSHUFPS(operand.U8(0x88), two[1], two[0], left)
	p.VSHUFPS(operand.U8(0xdd), two[1], two[0], right)
	return left, right
}

// between returns (1 − share)·a + share·b.
func (p *affinePass) between(share, a, b reg.VecVirtual) reg.VecVirtual {
	r, s := p.XMM(), p.XMM()
	p.VBROADCASTSS(p.one, r)
	p.VSUBPS(share, r, r)
	p.VMULPS(a, r, r)
	p.VMULPS(b, share, s)
	p.VADDPS(s, r, r)
	return r
}
