package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// gate says where dy counts: everywhere, where y > 0, or where what x is mapped to is above 0. The last is the same as
// the second if y is what ReLU made of that, and reads less.
type gate int

const (
	open gate = iota
	byY
	byX
)

const less = operand.U8(17) // a comparison: ordered, quiet

// eachGate writes the forms of a pass, byY for y given and byX for relu without y, and the choice between them.
func (p *planePass) eachGate(y reg.GPVirtual, form func(name string, by gate)) {
	p.either(y, "Y", func(name string, given bool) {
		if given {
			form(name, byY)
			return
		}
		p.either(param(p.Context, "relu"), "ReLU", func(name string, relu bool) {
			if relu {
				form(name, byX)
			} else {
				form(name, open)
			}
		})
	})
}

// either writes both forms of a pass, one for a parameter that is given, one for 0, and the choice between them. Each
// form returns.
func (p *planePass) either(parameter reg.GPVirtual, name string, form func(name string, given bool)) {
	p.TESTQ(parameter, parameter)
	p.JZ(operand.LabelRef("without" + name))
	form("with"+name, true)
	p.Label("without" + name)
	form("without"+name, false)
}

// finish returns.
func (p *planePass) finish() {
	p.VZEROUPPER()
	p.RET()
}

// output returns what x is mapped to, from d, a vector of x − center.
func (p *planePass) output(d, scale, shift reg.VecVirtual) reg.VecVirtual {
	y := p.isa.vec(p.Context)
	p.VMULPS(scale, d, y)
	p.VADDPS(shift, y, y)
	return y
}

// gradient loads vector j of dy, with relu only where the output is above 0. That is at y if output is nil.
func (p *planePass) gradient(
	dy, y reg.GPVirtual, j int, none, output reg.VecVirtual, relu bool, m *mask,
) reg.VecVirtual {
	v := p.isa
	g := v.vec(p.Context)
	switch {
	case !relu:
		v.load(p.Context, p.mem(dy, j), g, m)
	case v == avx512:
		k := p.K()
		var from operand.Op = output
		if output == nil {
			from = p.mem(y, j)
		}
		if m == nil {
			p.VCMPPS(less, from, none, k)
		} else {
			p.VCMPPS(less, from, none, m.k, k)
		}
		p.VMOVUPS_Z(p.mem(dy, j), k, g)
	default:
		if output == nil {
			output = v.vec(p.Context)
			v.load(p.Context, p.mem(y, j), output, m)
		}
		p.VCMPPS(less, output, none, output)
		v.load(p.Context, p.mem(dy, j), g, m)
		p.VANDPS(output, g, g)
	}
	return g
}

// residual stores the gradient of what a residual connection adds, dy and more where y > 0, and sums as reduce does.
func (p *planePass) residual() {
	v := p.isa
	p.text("residualReduce", "func(sums *float64, dother *float32, dy *float32, more *float32, x *float32, y *float32, "+
		scaleShiftSizes+")", "computes residualReduce.")
	p.begin()
	p.loadMaps()
	sums, dother, dy := param(p.Context, "sums"), param(p.Context, "dother"), param(p.Context, "dy")
	more, x, y := param(p.Context, "more"), param(p.Context, "x"), param(p.Context, "y")
	none := v.vec(p.Context)
	zero(p.Context, none)
	form := func(name string, relu, adds bool) {
		var center reg.VecVirtual
		p.sums(name, sums, func() {
			center = p.field(mapCenter)
			p.nextMap()
		}, func(j int, m *mask) (r, d reg.VecVirtual) {
			r, d = v.vec(p.Context), v.vec(p.Context)
			v.load(p.Context, p.mem(dy, j), r, m)
			if adds {
				p.add(more, j, r, m)
			}
			if relu {
				output := v.vec(p.Context)
				v.load(p.Context, p.mem(y, j), output, m)
				v.keep(p.Context, less, output, none, output, r)
			}
			v.store(p.Context, r, p.mem(dother, j), m)
			v.load(p.Context, p.mem(x, j), d, m)
			p.VSUBPS(center, d, d)
			return r, d
		})
	}
	p.either(y, "Y", func(gated string, relu bool) {
		p.either(more, gated+"More", func(name string, adds bool) { form(name, relu, adds) })
	})
}
