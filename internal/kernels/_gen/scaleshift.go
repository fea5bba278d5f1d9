package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// scaleShift generates the passes over planes: statistics, scaleShift, scaleShiftBackward and scaleShiftReduce.
func scaleShift(c *build.Context) {
	for _, v := range isas {
		(&planePass{Context: c, isa: v}).statistics()
		(&planePass{Context: c, isa: v}).forward()
		(&planePass{Context: c, isa: v}).backward()
		(&planePass{Context: c, isa: v}).reduce()
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
	p.VZEROUPPER()
	p.RET()
}

// forward maps x.
func (p *planePass) forward() {
	v := p.isa
	p.text("scaleShift", "func(y *float32, x *float32, "+scaleShiftSizes+", lower float32)",
		"computes scaleShift. lower is 0 with relu, and −Inf without.")
	p.begin()
	p.loadMaps()
	y, x := param(p.Context, "y"), param(p.Context, "x")
	lower := p.broadcast("lower")
	var center, scale, shift reg.VecVirtual
	p.eachPlane("", 1, func() {
		center, scale, shift = p.field(mapCenter), p.field(mapScale), p.field(mapShift)
		p.nextMap()
	}, func(_ int, m *mask) {
		r := v.vec(p.Context)
		v.load(p.Context, p.mem(x, 0), r, m)
		p.VSUBPS(center, r, r)
		p.VMULPS(scale, r, r)
		p.VADDPS(shift, r, r)
		p.VMAXPS(r, lower, r) // the order lets a NaN pass
		v.store(p.Context, r, p.mem(y, 0), m)
	}, func() {})
	p.VZEROUPPER()
	p.RET()
}

// broadcast loads a float32 parameter into every lane.
func (p *planePass) broadcast(name string) reg.VecVirtual {
	address, err := p.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	r := p.isa.vec(p.Context)
	p.VBROADCASTSS(address.Addr, r)
	return r
}

// backward maps dy, with and without regard to y.
func (p *planePass) backward() {
	v := p.isa
	p.text("scaleShiftBackward", "func(dx *float32, dy *float32, x *float32, y *float32, "+scaleShiftSizes+")",
		"computes scaleShiftBackward.")
	p.begin()
	p.loadMaps()
	dx, dy, x, y := param(p.Context, "dx"), param(p.Context, "dy"), param(p.Context, "x"), param(p.Context, "y")
	none := v.vec(p.Context)
	zero(p.Context, none)
	p.withOrWithout(y, func(name string, relu bool) {
		var center, scale, slope, offset reg.VecVirtual
		p.eachPlane(name, 1, func() {
			center, scale, slope, offset = p.field(mapCenter), p.field(mapScale), p.field(mapSlope), p.field(mapOffset)
			p.nextMap()
		}, func(_ int, m *mask) {
			r := v.vec(p.Context)
			v.load(p.Context, p.mem(x, 0), r, m)
			p.VSUBPS(center, r, r)
			p.VMULPS(slope, r, r)
			p.VADDPS(offset, r, r)
			g := p.gradient(dy, y, 0, none, relu, m)
			p.VMULPS(scale, g, g)
			p.VADDPS(r, g, g)
			v.store(p.Context, g, p.mem(dx, 0), m)
		}, func() {})
	})
}

// withOrWithout writes both forms of a pass, one for y given, one for y nil, and the choice between them.
func (p *planePass) withOrWithout(y reg.GPVirtual, form func(name string, relu bool)) {
	p.TESTQ(y, y)
	p.JZ(operand.LabelRef("without"))
	form("with", true)
	p.VZEROUPPER()
	p.RET()
	p.Label("without")
	form("without", false)
	p.VZEROUPPER()
	p.RET()
}

// gradient loads vector j of dy, with relu only where y > 0.
func (p *planePass) gradient(dy, y reg.GPVirtual, j int, none reg.VecVirtual, relu bool, m *mask) reg.VecVirtual {
	const less = operand.U8(17) // ordered, quiet
	v := p.isa
	g := v.vec(p.Context)
	switch {
	case !relu:
		v.load(p.Context, p.mem(dy, j), g, m)
	case v == avx512:
		gate := p.K()
		if m == nil {
			p.VCMPPS(less, p.mem(y, j), none, gate)
		} else {
			p.VCMPPS(less, p.mem(y, j), none, m.k, gate)
		}
		p.VMOVUPS_Z(p.mem(dy, j), gate, g)
	default:
		gate := v.vec(p.Context)
		v.load(p.Context, p.mem(y, j), gate, m)
		p.VCMPPS(less, gate, none, gate)
		v.load(p.Context, p.mem(dy, j), g, m)
		p.VANDPS(gate, g, g)
	}
	return g
}

// reduce sums dy and dy·(x − center), with and without regard to y.
func (p *planePass) reduce() {
	v := p.isa
	p.text("scaleShiftReduce", "func(sums *float64, dy *float32, x *float32, y *float32, "+scaleShiftSizes+")",
		"computes scaleShiftReduce.")
	p.begin()
	p.loadMaps()
	sums, dy, x, y := param(p.Context, "sums"), param(p.Context, "dy"), param(p.Context, "x"), param(p.Context, "y")
	none := v.vec(p.Context)
	zero(p.Context, none)
	p.withOrWithout(y, func(name string, relu bool) {
		var center reg.VecVirtual
		sum, product := v.vecs(p.Context, v.sumVectors()), v.vecs(p.Context, v.sumVectors())
		p.eachPlane(name, v.sumVectors(), func() {
			center = p.field(mapCenter)
			p.nextMap()
			p.zeros(sum)
			p.zeros(product)
		}, func(j int, m *mask) {
			g, d := p.gradient(dy, y, j, none, relu, m), v.vec(p.Context)
			v.load(p.Context, p.mem(x, j), d, m)
			p.VSUBPS(center, d, d)
			p.VADDPS(g, sum[j], sum[j])
			p.VFMADD231PS(g, d, product[j])
		}, func() {
			p.VMOVUPD(p.totals(sum, product).AsX(), operand.Mem{Base: sums})
			p.ADDQ(operand.U8(16), sums)
		})
	})
}
