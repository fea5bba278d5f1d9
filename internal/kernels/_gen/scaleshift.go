package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// scaleShift generates the passes over planes: statistics, scaleShift, scaleShiftBackward, scaleShiftReduce and
// residualReduce.
func scaleShift(c *build.Context) {
	for _, v := range isas {
		(&planePass{Context: c, isa: v}).statistics()
		(&planePass{Context: c, isa: v}).forward()
		(&planePass{Context: c, isa: v}).backward()
		(&planePass{Context: c, isa: v}).reduce()
		(&planePass{Context: c, isa: v}).residual()
	}
}

const scaleShiftSizes = "maps *float32, ch int, channels int, planes int, size int"

// statistics sums from the mean of four elements of the plane, so that a mean far from 0 costs no digits.
func (p *planePass) statistics() {
	v := p.isa
	p.text("statistics",
		"func(sums *float64, x *float32, planes int, size int, a int, b int, c int, d int, inverse float64)",
		"computes statistics. a to d are the bytes from a plane's beginning to four of its elements, inverse is 1/size.")
	p.begin()
	sums, x := param(p.Context, "sums"), param(p.Context, "x")
	inverse := p.Load(p.Param("inverse"), p.XMM()).(reg.VecVirtual)
	sample := params(p.Context, "a", "b", "c", "d")
	quarter := p.XMM()
	p.VBROADCASTSS(p.ConstData("quarter"+v.name, operand.F32(0.25)), quarter)
	origin, from := v.vec(p.Context), p.GP64()
	sum, squares := v.vecs(p.Context, v.sumVectors()), v.vecs(p.Context, v.sumVectors())
	p.eachPlane("", v.sumVectors(), func() {
		p.LEAQ(p.mem(x, 0), from)
		p.VMOVSS(operand.Mem{Base: from, Index: sample["a"], Scale: 1}, origin.AsX())
		for _, name := range []string{"b", "c", "d"} {
			p.VADDSS(operand.Mem{Base: from, Index: sample[name], Scale: 1}, origin.AsX(), origin.AsX())
		}
		p.VMULSS(quarter, origin.AsX(), origin.AsX())
		p.VBROADCASTSS(origin.AsX(), origin)
		p.zeros(sum)
		p.zeros(squares)
	}, func(j int, m *mask) {
		d := v.vec(p.Context)
		v.load(p.Context, p.mem(x, j), d, m)
		p.VSUBPS(origin, d, d)
		p.cut(d, m)
		p.VADDPS(d, sum[j], sum[j])
		p.VFMADD231PS(d, d, squares[j])
	}, func() {
		s := p.totals(sum, squares).AsX()
		second, mean, none := p.XMM(), p.XMM(), p.XMM()
		p.VUNPCKHPD(s, s, second)
		p.VMULSD(inverse, s, mean)
		p.VMULSD(mean, s, s)
		p.VSUBSD(s, second, second)
		zero(p.Context, none)
		p.VMAXSD(second, none, second) // the order lets a NaN pass
		p.VCVTSS2SD(origin.AsX(), s, s)
		p.VADDSD(s, mean, mean)
		p.VMOVSD(mean, operand.Mem{Base: sums})
		p.VMOVSD(second, operand.Mem{Base: sums, Disp: 8})
		p.ADDQ(operand.U8(16), sums)
	})
	p.finish()
}

// forward maps x, with and without another tensor to add.
func (p *planePass) forward() {
	v := p.isa
	p.text("scaleShift", "func(y *float32, x *float32, other *float32, "+scaleShiftSizes+", lower float32)",
		"computes scaleShift. lower is 0 with relu, and −Inf without.")
	p.begin()
	p.loadMaps()
	y, x, other := param(p.Context, "y"), param(p.Context, "x"), param(p.Context, "other")
	lower := p.broadcast("lower")
	p.either(other, "Adding", func(name string, adds bool) {
		var center, scale, shift reg.VecVirtual
		p.eachPlane(name, 1, func() {
			center, scale, shift = p.field(mapCenter), p.field(mapScale), p.field(mapShift)
			p.nextMap()
		}, func(_ int, m *mask) {
			r := v.vec(p.Context)
			v.load(p.Context, p.mem(x, 0), r, m)
			p.VSUBPS(center, r, r)
			r = p.output(r, scale, shift)
			if adds {
				p.add(other, 0, r, m)
			}
			p.VMAXPS(r, lower, r) // the order lets a NaN pass
			v.store(p.Context, r, p.mem(y, 0), m)
		}, func() {})
		p.finish()
	})
}

// add adds vector j of a tensor to r.
func (p *planePass) add(tensor reg.GPVirtual, j int, r reg.VecVirtual, m *mask) {
	if m == nil {
		p.VADDPS(p.mem(tensor, j), r, r)
		return
	}
	t := p.isa.vec(p.Context)
	p.isa.load(p.Context, p.mem(tensor, j), t, m)
	p.VADDPS(t, r, r)
}

// broadcast loads a float32 parameter into every lane.
func (p *planePass) broadcast(name string) reg.VecVirtual {
	r := p.isa.vec(p.Context)
	p.VBROADCASTSS(address(p.Context, name), r)
	return r
}

// backward maps dy.
func (p *planePass) backward() {
	v := p.isa
	p.text("scaleShiftBackward",
		"func(dx *float32, dy *float32, x *float32, y *float32, relu int, "+scaleShiftSizes+")",
		"computes scaleShiftBackward. relu is 0 or 1.")
	p.begin()
	p.loadMaps()
	dx, dy, x, y := param(p.Context, "dx"), param(p.Context, "dy"), param(p.Context, "x"), param(p.Context, "y")
	none := v.vec(p.Context)
	zero(p.Context, none)
	p.eachGate(y, func(name string, by gate) {
		var center, scale, shift, slope, offset reg.VecVirtual
		p.eachPlane(name, 1, func() {
			center, scale, slope, offset = p.field(mapCenter), p.field(mapScale), p.field(mapSlope), p.field(mapOffset)
			if by == byX {
				shift = p.field(mapShift)
			}
			p.nextMap()
		}, func(_ int, m *mask) {
			r := v.vec(p.Context)
			v.load(p.Context, p.mem(x, 0), r, m)
			p.VSUBPS(center, r, r)
			var output reg.VecVirtual
			if by == byX {
				output = p.output(r, scale, shift)
			}
			g := p.gradient(dy, y, 0, none, output, by != open, m)
			p.VMULPS(slope, r, r)
			p.VADDPS(offset, r, r)
			p.VMULPS(scale, g, g)
			p.VADDPS(r, g, g)
			v.store(p.Context, g, p.mem(dx, 0), m)
		}, func() {})
		p.finish()
	})
}

// reduce sums dy and dy·(x − center).
func (p *planePass) reduce() {
	v := p.isa
	p.text("scaleShiftReduce",
		"func(sums *float64, dy *float32, x *float32, y *float32, relu int, "+scaleShiftSizes+")",
		"computes scaleShiftReduce. relu is 0 or 1.")
	p.begin()
	p.loadMaps()
	sums, dy, x, y := param(p.Context, "sums"), param(p.Context, "dy"), param(p.Context, "x"), param(p.Context, "y")
	none := v.vec(p.Context)
	zero(p.Context, none)
	p.eachGate(y, func(name string, by gate) {
		var center, scale, shift reg.VecVirtual
		p.sums(name, sums, func() {
			center = p.field(mapCenter)
			if by == byX {
				scale, shift = p.field(mapScale), p.field(mapShift)
			}
			p.nextMap()
		}, func(j int, m *mask) (g, d reg.VecVirtual) {
			d = v.vec(p.Context)
			v.load(p.Context, p.mem(x, j), d, m)
			p.VSUBPS(center, d, d)
			var output reg.VecVirtual
			if by == byX {
				output = p.output(d, scale, shift)
			}
			return p.gradient(dy, y, j, none, output, by != open, m), d
		})
	})
}

// sums writes a form of a pass, as for either, that sums g and g·d of each plane. before runs once per plane, and terms
// returns g and d of each vector j of those at the index.
func (p *planePass) sums(
	name string, sums reg.GPVirtual, before func(), terms func(j int, m *mask) (g, d reg.VecVirtual),
) {
	v := p.isa
	sum, product := v.vecs(p.Context, v.sumVectors()), v.vecs(p.Context, v.sumVectors())
	p.eachPlane(name, v.sumVectors(), func() {
		before()
		p.zeros(sum)
		p.zeros(product)
	}, func(j int, m *mask) {
		g, d := terms(j, m)
		p.VADDPS(g, sum[j], sum[j])
		p.VFMADD231PS(g, d, product[j])
	}, func() {
		p.VMOVUPD(p.totals(sum, product).AsX(), operand.Mem{Base: sums})
		p.ADDQ(operand.U8(16), sums)
	})
	p.finish()
}
