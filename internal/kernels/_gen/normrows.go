package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// normRows generates the layer normalization inside the cells of recurrent layers: normRows and normRowsBackward.
func normRows(c *build.Context) {
	for _, v := range isas {
		(&strideRows{planePass: planePass{Context: c, isa: v}}).forward()
		(&strideRows{planePass: planePass{Context: c, isa: v}}).backward()
	}
}

// strideRows is a pass over rows of matrices that have strides of their own.
type strideRows struct {
	planePass
	ratio reg.VecVirtual // 1/size, in every lane
}

// again writes a pass over a row from its beginning.
func (p *strideRows) again(name string, step func(j int, m *mask)) {
	p.XORQ(p.at, p.at)
	p.eachVector(name, p.isa.sumVectors(), step)
}

// read loads vector j from the index.
func (p *strideRows) read(base reg.GPVirtual, j int, m *mask) reg.VecVirtual {
	r := p.isa.vec(p.Context)
	p.isa.load(p.Context, p.mem(base, j), r, m)
	return r
}

// advance steps to the next row, which lies the elements of a parameter ahead.
func (p *strideRows) advance(stride string, bases ...reg.GPVirtual) {
	n := param(p.Context, stride)
	for _, base := range bases {
		p.LEAQ(operand.Mem{Base: base, Index: n, Scale: 4}, base)
	}
}

// means returns the means of a row's elements in every lane, from two sums.
func (p *strideRows) means(first, second []reg.VecVirtual) (a, b reg.VecVirtual) {
	sums := p.pair(first, second).AsX()
	p.VMULPS(p.ratio.AsX(), sums, sums)
	a, b = p.isa.vec(p.Context), p.isa.vec(p.Context)
	p.VMOVSHDUP(sums, b.AsX())
	p.VBROADCASTSS(b.AsX(), b)
	p.VBROADCASTSS(sums, a)
	return a, b
}

func (p *strideRows) forward() {
	v := p.isa
	p.text("normRows", "func(xhat *float32, x *float32, ld int, y *float32, ldy int, add *float32, ldadd int, "+
		"gain *float32, inverse *float32, planes int, size int, eps float32, ratio float32)",
		"computes normRows. ratio is 1/size.")
	p.begin()
	xhat, x, y := param(p.Context, "xhat"), param(p.Context, "x"), param(p.Context, "y")
	add, gain, inverse := param(p.Context, "add"), param(p.Context, "gain"), param(p.Context, "inverse")
	p.ratio = p.broadcast("ratio")
	eps := p.Load(p.Param("eps"), p.XMM()).(reg.VecVirtual)
	one := p.XMM()
	p.VMOVSS(p.ConstData("one"+v.name, operand.F32(1)), one)
	sum, none := v.vecs(p.Context, v.sumVectors()), v.vecs(p.Context, v.sumVectors())
	p.Label("row")
	p.zeros(sum)
	p.zeros(none)
	p.again("sum", func(j int, m *mask) { p.VADDPS(p.read(x, j, m), sum[j], sum[j]) })
	mean, _ := p.means(sum, none)
	p.zeros(sum)
	p.again("squares", func(j int, m *mask) {
		d := p.read(x, j, m)
		p.VSUBPS(mean, d, d)
		p.cut(d, m)
		p.VFMADD231PS(d, d, sum[j])
	})
	p.zeros(none)
	scale, _ := p.means(sum, none)
	s := scale.AsX()
	p.VADDSS(eps, s, s)
	p.VSQRTSS(s, s, s)
	p.VDIVSS(s, one, s)
	p.VMOVSS(s, operand.Mem{Base: inverse})
	p.VBROADCASTSS(s, scale)
	p.again("write", func(j int, m *mask) {
		d := p.read(x, j, m)
		p.VSUBPS(mean, d, d)
		p.VMULPS(scale, d, d)
		v.store(p.Context, d, p.mem(xhat, j), m)
		p.VFMADD213PS(p.read(add, j, m), p.read(gain, j, m), d)
		v.store(p.Context, d, p.mem(y, j), m)
	})
	p.advance("ld", xhat, x)
	p.advance("ldy", y)
	p.advance("ldadd", add)
	p.ADDQ(operand.U8(4), inverse)
	p.DECQ(p.planes)
	p.JNZ(operand.LabelRef("row"))
	p.VZEROUPPER()
	p.RET()
}

func (p *strideRows) backward() {
	v := p.isa
	p.text("normRowsBackward", "func(dx *float32, xhat *float32, ld int, dy *float32, lddy int, gain *float32, "+
		"dgain *float32, dshift *float32, inverse *float32, planes int, size int, ratio float32)",
		"computes normRowsBackward. ratio is 1/size.")
	p.begin()
	dx, xhat, dy := param(p.Context, "dx"), param(p.Context, "xhat"), param(p.Context, "dy")
	gain, dgain := param(p.Context, "gain"), param(p.Context, "dgain")
	dshift, inverse := param(p.Context, "dshift"), param(p.Context, "inverse")
	p.ratio = p.broadcast("ratio")
	sum, product := v.vecs(p.Context, v.sumVectors()), v.vecs(p.Context, v.sumVectors())
	scale := v.vec(p.Context)
	p.Label("row")
	p.zeros(sum)
	p.zeros(product)
	p.again("sums", func(j int, m *mask) {
		g, h := p.read(dy, j, m), p.read(xhat, j, m)
		total := p.read(dshift, j, m)
		p.VADDPS(g, total, total)
		v.store(p.Context, total, p.mem(dshift, j), m)
		total = p.read(dgain, j, m)
		p.VFMADD231PS(g, h, total)
		v.store(p.Context, total, p.mem(dgain, j), m)
		p.VMULPS(p.read(gain, j, m), g, g)
		p.VADDPS(g, sum[j], sum[j])
		p.VFMADD231PS(g, h, product[j])
	})
	mean, slope := p.means(sum, product)
	p.VBROADCASTSS(operand.Mem{Base: inverse}, scale)
	p.again("write", func(j int, m *mask) {
		g := p.read(dy, j, m)
		p.VMULPS(p.read(gain, j, m), g, g)
		p.VSUBPS(mean, g, g)
		p.VFNMADD231PS(p.read(xhat, j, m), slope, g)
		p.VMULPS(scale, g, g)
		v.store(p.Context, g, p.mem(dx, j), m)
	})
	p.advance("ld", dx, xhat)
	p.advance("lddy", dy)
	p.ADDQ(operand.U8(4), inverse)
	p.DECQ(p.planes)
	p.JNZ(operand.LabelRef("row"))
	p.VZEROUPPER()
	p.RET()
}
