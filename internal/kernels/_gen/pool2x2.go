package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// pool2x2 generates forward2x2 and the two forms of backward2x2.
//
// A vector of outputs takes two vectors of each of two rows. Shuffles within 128 bits part them into the four corners
// of the windows: cheap, but the windows come out of order, pairs of two vectors alternating. All arithmetic is done in
// that order, which is the same for the four corners; only outputs, and gradients on their way in, are permuted.
func pool2x2(c *build.Context) {
	for _, v := range isas {
		(&pool2x2Pass{planePass: planePass{Context: c, isa: v}}).forward()
		(&pool2x2Pass{planePass: planePass{Context: c, isa: v}}).backward("backward2x2", true)
		(&pool2x2Pass{planePass: planePass{Context: c, isa: v}}).backward("unpool2x2", false)
	}
}

// forward pools the largest value of each window, or with a negative scale the smallest, and maps that: rounding keeps
// values in order, so this is the largest of the mapped values, to the bit.
func (p *pool2x2Pass) forward() {
	v := p.isa
	p.begin("forward2x2", "func(y *float32, chosen *float32, x *float32, "+pool2x2Sizes,
		"computes Forward2x2 for scales other than 0. A plane is pairs of rows, row bytes each, that give size outputs. "+
			"chosen may be nil.",
		[]string{"x"}, []string{"y", "chosen"}, []uint64{0, 2, 4, 6, 1, 3, 5, 7})
	none, ones := v.vec(p.Context), reg.VecVirtual(nil)
	zero(p.Context, none)
	if v == avx512 {
		ones = v.vec(p.Context)
		p.VPTERNLOGD(operand.U8(0xff), ones, ones, ones)
	}
	p.Label("plane")
	center, scale, shift, sign := p.field(mapCenter), p.field(mapScale), p.field(mapShift), p.GP32()
	p.MOVL(operand.Mem{Base: p.m, Disp: mapScale}, sign)
	p.nextMap()
	p.TESTL(sign, sign)
	p.JS(operand.LabelRef("smallest"))
	for _, name := range []string{"largest", "smallest"} {
		pick := p.VMAXPS
		if name == "smallest" {
			pick = p.VMINPS
		}
		p.Label(name)
		p.eachRow(name, func(b block) {
			n := b.lanes
			a, bb := p.corners(b, p.inputs[0], false)
			c, d := p.corners(b, p.inputs[0], true)
			nan := p.unordered(n, a, bb, c, d)
			pick(bb, a, a)
			pick(d, c, c)
			pick(c, a, a)
			stored := b.name + "stored"
			to := param(p.Context, "chosen")
			p.TESTQ(to, to)
			p.JZ(operand.LabelRef(stored))
			out := vecOf(p.Context, n)
			p.VMOVAPS(a, out)
			p.bring(n, out)
			p.write(out, operand.Mem{Base: p.outputs[1]}, b.out)
			p.Label(stored)
			p.VSUBPS(as(n, center), a, a)
			p.VMULPS(as(n, scale), a, a)
			p.VADDPS(as(n, shift), a, a)
			p.VMAXPS(a, as(n, none), a) // the order lets a NaN pass
			if v == avx512 {
				p.VMOVAPS(as(n, ones), nan.k, a)
			} else {
				p.VORPS(nan.y, a, a)
			}
			p.bring(n, a)
			p.write(a, operand.Mem{Base: p.outputs[0]}, b.out)
		})
		p.JMP(operand.LabelRef("next"))
	}
	p.Label("next")
	p.DECQ(p.planes)
	p.JNZ(operand.LabelRef("plane"))
	p.VZEROUPPER()
	p.RET()
}

// unordered returns the lanes where a corner is NaN.
func (p *pool2x2Pass) unordered(lanes int, a, b, c, d reg.VecVirtual) *mask {
	const unordered = operand.U8(3)
	if p.isa == avx512 {
		m, n := p.K(), p.K()
		p.VCMPPS(unordered, b, a, m)
		p.VCMPPS(unordered, d, c, n)
		p.KORW(m, n, m)
		return &mask{k: m}
	}
	m, n := vecOf(p.Context, lanes), vecOf(p.Context, lanes)
	p.VCMPPS(unordered, b, a, m)
	p.VCMPPS(unordered, d, c, n)
	p.VORPS(m, n, m)
	return &mask{y: m}
}

// backward gives dy to the first corner of each window that maps to y, if y > 0, and maps it back.
func (p *pool2x2Pass) backward(name string, maps bool) {
	const equal = operand.U8(0)
	v := p.isa
	doc := "computes Backward2x2. A plane is pairs of rows, row bytes each, that gave size outputs."
	if !maps {
		doc = "computes Backward2x2 without maps."
	}
	p.begin(name, "func(dx *float32, dy *float32, x *float32, y *float32, "+pool2x2Sizes, doc,
		[]string{"dx", "x"}, []string{"dy", "y"}, []uint64{0, 4, 1, 5, 2, 6, 3, 7})
	none := v.vec(p.Context)
	zero(p.Context, none)
	p.Label("plane")
	var center, scale, shift, slope, offset reg.VecVirtual
	if maps {
		center, scale, shift = p.field(mapCenter), p.field(mapScale), p.field(mapShift)
		slope, offset = p.field(mapSlope), p.field(mapOffset)
		p.nextMap()
	}
	p.eachRow("", func(b block) {
		n := b.lanes
		y, g := p.read(b, operand.Mem{Base: p.outputs[1]}, b.out), p.read(b, operand.Mem{Base: p.outputs[0]}, b.out)
		p.bring(n, y)
		p.bring(n, g)
		if maps {
			p.VMULPS(as(n, scale), g, g)
		}
		gate := &mask{}
		if v == avx512 {
			gate.k = p.K()
			p.VCMPPS(less, y, as(n, none), gate.k)
		} else {
			gate.y = vecOf(p.Context, n)
			p.VCMPPS(less, y, as(n, none), gate.y)
		}
		for _, lower := range []bool{false, true} {
			left, right := p.corners(b, p.inputs[1], lower)
			for _, x := range []reg.VecVirtual{left, right} {
				value := x
				if maps {
					value = vecOf(p.Context, n)
					p.VSUBPS(as(n, center), x, x)
					p.VMULPS(as(n, scale), x, value)
					p.VADDPS(as(n, shift), value, value)
				}
				if v == avx512 {
					hit := p.K()
					p.VCMPPS(equal, y, value, gate.k, hit)
					p.KANDNW(gate.k, hit, gate.k)
					p.VMOVAPS_Z(g, hit, value)
				} else {
					hit := vecOf(p.Context, n)
					p.VCMPPS(equal, y, value, hit)
					p.VANDPS(gate.y, hit, hit)
					p.VANDNPS(gate.y, hit, gate.y)
					p.VANDPS(g, hit, value)
				}
				if maps {
					p.VMULPS(as(n, slope), x, x)
					p.VADDPS(as(n, offset), x, x)
					p.VADDPS(value, x, x)
				}
			}
			to := operand.Mem{Base: p.inputs[0]}
			if lower {
				to.Index, to.Scale = p.row, 1
			}
			out := vecOf(p.Context, n)
			p.VUNPCKLPS(right, left, out)
			p.write(out, to, b.in)
			p.VUNPCKHPS(right, left, out)
			p.write(out, to.Offset(4*n), b.on)
		}
	})
	p.DECQ(p.planes)
	p.JNZ(operand.LabelRef("plane"))
	p.VZEROUPPER()
	p.RET()
}
