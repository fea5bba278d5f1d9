package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// rowNorm generates the passes over rows that have a gamma and a beta for each element: rowNorm, rowNormReduce and
// rowNormBackward.
func rowNorm(c *build.Context) {
	for _, v := range isas {
		(&rowPass{planePass{Context: c, isa: v}}).forward()
		(&rowPass{planePass{Context: c, isa: v}}).reduce()
		(&rowPass{planePass{Context: c, isa: v}}).backward()
	}
}

// rowPass is a pass over planes that are rows. Each row has a map of its own.
type rowPass struct{ planePass }

const rowNormSizes = "maps *float32, planes int, size int"

// begin loads the sizes and where the first map is.
func (p *rowPass) begin() {
	p.planePass.begin()
	p.m = param(p.Context, "maps")
}

// nextMap steps to the next row's map.
func (p *rowPass) nextMap() { p.ADDQ(operand.U8(mapBytes), p.m) }

// within returns where a tensor of one row lies, such that the index leads to this row's elements in it.
func (p *rowPass) within(name string) reg.GPVirtual {
	r := param(p.Context, name)
	p.SUBQ(p.at, r)
	return r
}

// loadAt loads the vector at the index.
func (p *rowPass) loadAt(base reg.GPVirtual, j int, m *mask) reg.VecVirtual {
	r := p.isa.vec(p.Context)
	p.isa.load(p.Context, p.mem(base, j), r, m)
	return r
}

// forward maps x.
func (p *rowPass) forward() {
	v := p.isa
	p.text("rowNorm", "func(y *float32, x *float32, gamma *float32, beta *float32, "+rowNormSizes+", lower float32)",
		"computes rowNorm. lower is 0 with relu, and −Inf without.")
	p.begin()
	y, x := param(p.Context, "y"), param(p.Context, "x")
	lower := p.broadcast("lower")
	var center, scale, shift reg.VecVirtual
	var gamma, beta reg.GPVirtual
	p.eachPlane("", 1, func() {
		center, scale, shift = p.field(mapCenter), p.field(mapScale), p.field(mapShift)
		gamma, beta = p.within("gamma"), p.within("beta")
		p.nextMap()
	}, func(_ int, m *mask) {
		r := p.loadAt(x, 0, m)
		p.VSUBPS(center, r, r)
		p.VMULPS(scale, r, r)
		p.VADDPS(shift, r, r)
		p.VMULPS(p.loadAt(gamma, 0, m), r, r)
		p.VADDPS(p.loadAt(beta, 0, m), r, r)
		p.VMAXPS(r, lower, r) // the order lets a NaN pass
		v.store(p.Context, r, p.mem(y, 0), m)
	}, func() {})
	p.finish()
}

// reduce sums gamma·dy and gamma·dy·(x − center), with and without regard to y.
func (p *rowPass) reduce() {
	v := p.isa
	p.text("rowNormReduce",
		"func(sums *float64, dy *float32, x *float32, y *float32, gamma *float32, "+rowNormSizes+")",
		"computes rowNormReduce.")
	p.begin()
	sums, dy, x, y := param(p.Context, "sums"), param(p.Context, "dy"), param(p.Context, "x"), param(p.Context, "y")
	none := v.vec(p.Context)
	zero(p.Context, none)
	p.either(y, "Y", func(name string, relu bool) {
		var center reg.VecVirtual
		var gamma reg.GPVirtual
		p.sums(name, sums, func() {
			center, gamma = p.field(mapCenter), p.within("gamma")
			p.nextMap()
		}, func(j int, m *mask) (g, d reg.VecVirtual) {
			g = p.gradient(dy, y, j, none, nil, relu, m)
			p.VMULPS(p.loadAt(gamma, j, m), g, g)
			d = p.loadAt(x, j, m)
			p.VSUBPS(center, d, d)
			return g, d
		})
	})
}

// backward maps dy and adds to dgamma and dbeta, with and without regard to y.
func (p *rowPass) backward() {
	v := p.isa
	p.text("rowNormBackward", "func(dx *float32, dgamma *float32, dbeta *float32, dy *float32, x *float32, "+
		"y *float32, gamma *float32, "+rowNormSizes+")", "computes rowNormBackward.")
	p.begin()
	dx, dy, x, y := param(p.Context, "dx"), param(p.Context, "dy"), param(p.Context, "x"), param(p.Context, "y")
	none := v.vec(p.Context)
	zero(p.Context, none)
	p.either(y, "Y", func(name string, relu bool) {
		var center, scale, shift, slope, offset reg.VecVirtual
		var gamma, dgamma, dbeta reg.GPVirtual
		p.eachPlane(name, 1, func() {
			center, scale, shift = p.field(mapCenter), p.field(mapScale), p.field(mapShift)
			slope, offset = p.field(mapSlope), p.field(mapOffset)
			gamma, dgamma, dbeta = p.within("gamma"), p.within("dgamma"), p.within("dbeta")
			p.nextMap()
		}, func(_ int, m *mask) {
			g := p.gradient(dy, y, 0, none, nil, relu, m)
			sum := p.loadAt(dbeta, 0, m)
			p.VADDPS(g, sum, sum)
			v.store(p.Context, sum, p.mem(dbeta, 0), m)
			d := p.loadAt(x, 0, m)
			p.VSUBPS(center, d, d)
			xhat := v.vec(p.Context)
			p.VMULPS(scale, d, xhat)
			p.VADDPS(shift, xhat, xhat)
			p.VMULPS(g, xhat, xhat)
			sum = p.loadAt(dgamma, 0, m)
			p.VADDPS(xhat, sum, sum)
			v.store(p.Context, sum, p.mem(dgamma, 0), m)
			p.VMULPS(slope, d, d)
			p.VADDPS(offset, d, d)
			p.VMULPS(p.loadAt(gamma, 0, m), g, g)
			p.VMULPS(scale, g, g)
			p.VADDPS(d, g, g)
			v.store(p.Context, g, p.mem(dx, 0), m)
		}, func() {})
		p.finish()
	})
}
