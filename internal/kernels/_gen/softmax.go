package main

import (
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const scaled = "scale float32"

// softmax generates the softmax of rows, and its gradient.
func softmax(c *build.Context) {
	for _, v := range isas {
		p := &softmaxPass{elementwisePass{constants: constants{Context: c, isa: v, mem: map[string]operand.Mem{}}}}
		p.function("softmaxRows", "SoftmaxRows", []string{"y", "x"}, func() {
			scale := p.scale()
			top := p.top()
			sum := p.exponentialSum(top, func(x reg.VecVirtual) { c.VMULPS(scale, x, x) }, "y")
			c.VDIVPS(sum, p.constant("one", 1), sum)
			p.across("scale", func() {
				y := p.read("y")
				c.VMULPS(sum, y, y)
				p.write(y, "y")
			})
		}, scaled)
		p.function("logSumRows", "LogSoftmaxRows' maximum and sum of exponentials of each row",
			[]string{"x"}, func() {
				top := p.top()
				sum := p.exponentialSum(top, func(reg.VecVirtual) {}, "")
				tops, sums := address(c, "tops"), address(c, "sums")
				for _, result := range []struct {
					to operand.Mem
					r  reg.VecVirtual
				}{{tops, top}, {sums, sum}} {
					at := c.GP64()
					c.MOVQ(result.to, at)
					c.VMOVSS(result.r.AsX(), operand.Mem{Base: at})
					c.ADDQ(operand.U8(4), at)
					c.MOVQ(at, result.to)
				}
			}, "tops, sums *float32")
		p.function("logSoftmaxRowsBackward", "LogSoftmaxRowsBackward", []string{"dx", "dy", "y"}, func() {
			sum := v.vec(c)
			zero(c, sum)
			p.across("sum", func() { c.VADDPS(p.read("dy"), sum, sum) })
			sum = p.lanes(sum, c.VADDPS)
			p.across("exp", func() {
				e, g := p.exponential(p.read("y")), p.read("dy")
				c.VFNMADD231PS(sum, e, g)
				p.write(g, "dx")
			})
		})
		p.function("softmaxRowsBackward", "SoftmaxRowsBackward", []string{"dx", "dy", "y"}, func() {
			sum, scale := v.vec(c), p.scale()
			zero(c, sum)
			p.across("sum", func() { c.VFMADD231PS(p.read("dy"), p.read("y"), sum) })
			sum = p.lanes(sum, c.VADDPS)
			p.across("scale", func() {
				g := p.read("dy")
				c.VSUBPS(sum, g, g)
				c.VMULPS(p.read("y"), g, g)
				c.VMULPS(scale, g, g)
				p.write(g, "dx")
			})
		}, scaled)
	}
}

// softmaxPass is a pass over rows of n elements, which are stride elements apart in every slice.
type softmaxPass struct{ elementwisePass }

// function writes one function, with more parameters at the end. row handles a row.
func (p *softmaxPass) function(name, what string, slices []string, row func(), more ...string) {
	signature := ""
	for _, s := range slices {
		signature += s + " *float32, "
	}
	p.Function(name + p.isa.name)
	p.Attributes(attr.NOSPLIT)
	signature += "rows, n, stride int"
	for _, m := range more {
		signature += ", " + m
	}
	p.SignatureExpr("func(" + signature + ")")
	p.Doc(name + p.isa.name + " computes " + what + " for at least one row of at least one element.")
	p.Pragma("noescape")
	p.slices = params(p.Context, slices...)
	left, stride := param(p.Context, "rows"), param(p.Context, "stride")
	p.SHLQ(operand.U8(2), stride)
	p.at = p.GP64()
	p.Label("row")
	row()
	for _, s := range slices {
		p.ADDQ(stride, p.slices[s])
	}
	p.DECQ(left)
	p.JNZ(operand.LabelRef("row"))
	p.VZEROUPPER()
	p.RET()
}

// top returns the largest number of the row, in every lane.
func (p *softmaxPass) top() reg.VecVirtual {
	top := p.isa.vec(p.Context)
	p.VBROADCASTSS(operand.Mem{Base: p.slices["x"]}, top)
	p.across("top", func() {
		x := p.read("x")
		switch {
		case p.mask == nil:
			p.VMAXPS(x, top, top)
		case p.isa == avx512:
			p.VMAXPS(x, top, p.mask.k, top)
		default:
			p.VBLENDVPS(p.mask.y, x, top, x)
			p.VMAXPS(x, top, top)
		}
	})
	return p.lanes(top, p.VMAXPS)
}

// exponentialSum returns the sum of the exponentials of x − top, which prepare scales, in every lane. It writes them to
// a slice, unless that is "".
func (p *softmaxPass) exponentialSum(top reg.VecVirtual, prepare func(reg.VecVirtual), to string) reg.VecVirtual {
	sum := p.isa.vec(p.Context)
	zero(p.Context, sum)
	p.across("exp", func() {
		x := p.read("x")
		p.VSUBPS(top, x, x)
		prepare(x)
		e := p.exponential(x)
		p.hold(e)
		p.VADDPS(e, sum, sum)
		if to != "" {
			p.write(e, to)
		}
	})
	return p.lanes(sum, p.VADDPS)
}

// scale returns the parameter of that name in every lane.
func (p *softmaxPass) scale() reg.VecVirtual {
	r := p.isa.vec(p.Context)
	p.VBROADCASTSS(address(p.Context, "scale"), r)
	return r
}

// across handles the vectors of a row with body.
func (p *softmaxPass) across(name string, body func()) {
	left := param(p.Context, "n")
	p.XORQ(p.at, p.at)
	p.SUBQ(operand.U8(uint8(p.isa.lanes)), left)
	p.JLT(operand.LabelRef(name + "Tail"))
	p.Label(name)
	p.mask = nil
	body()
	p.ADDQ(operand.U8(uint8(p.isa.bytes())), p.at)
	p.SUBQ(operand.U8(uint8(p.isa.lanes)), left)
	p.JGE(operand.LabelRef(name))
	p.Label(name + "Tail")
	p.ADDQ(operand.U8(uint8(p.isa.lanes)), left)
	p.JZ(operand.LabelRef(name + "Done"))
	p.mask = p.isa.tailMask(p.Context, left)
	body()
	p.Label(name + "Done")
}

// hold sets the lanes of r past the row's end to 0.
func (p *softmaxPass) hold(r reg.VecVirtual) {
	switch {
	case p.mask == nil:
	case p.isa == avx512:
		p.VMOVAPS_Z(r, p.mask.k, r)
	default:
		p.VANDPS(p.mask.y, r, r)
	}
}

// lanes returns a vector whose every lane is the lanes of r combined, which are overwritten.
func (p *softmaxPass) lanes(r reg.VecVirtual, combine func(...operand.Op)) reg.VecVirtual {
	half := r
	if p.isa == avx512 {
		half = p.YMM()
		p.VEXTRACTF64X4(operand.U8(1), r, half)
		combine(r.AsY(), half, half)
	}
	quarter, other := p.XMM(), p.XMM()
	p.VEXTRACTF128(operand.U8(1), half, quarter)
	combine(half.AsX(), quarter, quarter)
	p.VPERMILPS(operand.U8(0b01001110), quarter, other)
	combine(other, quarter, quarter)
	p.VPERMILPS(operand.U8(0b10110001), quarter, other)
	combine(other, quarter, quarter)
	all := p.isa.vec(p.Context)
	p.VBROADCASTSS(quarter, all)
	return all
}
