package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
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

// planePass is a pass over planes of size elements, which lie one after the other. All tensors of a pass have one
// shape, so one index, in bytes, serves them all.
type planePass struct {
	*build.Context
	isa          isa
	at, size     reg.GPVirtual
	planes       reg.GPVirtual
	maps, m, end reg.GPVirtual // the first channel's map, this plane's, and where they end
}

// Bytes of a map, and where its numbers are.
const (
	mapBytes                                           = 20
	mapCenter, mapScale, mapShift, mapSlope, mapOffset = 0, 4, 8, 12, 16
)

const scaleShiftSizes = "maps *float32, ch int, channels int, planes int, size int"

func (p *planePass) text(name, signature, doc string) {
	p.Function(name + p.isa.name)
	p.Attributes(attr.NOSPLIT)
	p.SignatureExpr(signature)
	p.Doc(name + p.isa.name + " " + doc)
	p.Pragma("noescape")
}

// begin loads the sizes and sets the index to 0.
func (p *planePass) begin() {
	p.planes, p.size, p.at = param(p.Context, "planes"), param(p.Context, "size"), p.GP64()
	p.XORQ(p.at, p.at)
}

// loadMaps loads where the maps are.
func (p *planePass) loadMaps() {
	p.maps, p.m, p.end = param(p.Context, "maps"), param(p.Context, "ch"), param(p.Context, "channels")
	p.IMUL3Q(operand.U8(mapBytes), p.m, p.m)
	p.ADDQ(p.maps, p.m)
	p.IMUL3Q(operand.U8(mapBytes), p.end, p.end)
	p.ADDQ(p.maps, p.end)
}

// nextMap steps to the next plane's map.
func (p *planePass) nextMap() {
	p.ADDQ(operand.U8(mapBytes), p.m)
	p.CMPQ(p.m, p.end)
	p.CMOVQEQ(p.maps, p.m)
}

// field broadcasts a number of the map.
func (p *planePass) field(offset int) reg.VecVirtual {
	r := p.isa.vec(p.Context)
	p.VBROADCASTSS(operand.Mem{Base: p.m, Disp: offset}, r)
	return r
}

// mem is a tensor's vector j from the index.
func (p *planePass) mem(base reg.GPVirtual, j int) operand.Mem {
	return operand.Mem{Base: base, Index: p.at, Scale: 1, Disp: j * p.isa.bytes()}
}

// eachPlane writes the loop over planes, of several vectors at a time. before and after run once per plane, step on
// each vector j of those at the index, masked at the end of the plane.
func (p *planePass) eachPlane(name string, vectors int, before func(), step func(j int, m *mask), after func()) {
	lanes := vectors * p.isa.lanes
	p.Label(name + "plane")
	before()
	left := p.GP64()
	p.MOVQ(p.size, left)
	p.SUBQ(operand.U8(uint8(lanes)), left)
	p.JLT(operand.LabelRef(name + "tail"))
	p.Label(name + "loop")
	for j := range vectors {
		step(j, nil)
	}
	p.ADDQ(operand.U32(uint32(4*lanes)), p.at)
	p.SUBQ(operand.U8(uint8(lanes)), left)
	p.JGE(operand.LabelRef(name + "loop"))
	p.Label(name + "tail")
	p.ADDQ(operand.U8(uint8(lanes)), left)
	p.JZ(operand.LabelRef(name + "end"))
	next := p.GP64()
	p.LEAQ(operand.Mem{Base: p.at, Index: left, Scale: 4}, next)
	for j := range vectors {
		if j < vectors-1 {
			p.CMPQ(left, operand.U8(uint8(p.isa.lanes)))
			p.JLT(operand.LabelRef(fmt.Sprint(name, "masked", j)))
			step(j, nil)
			p.SUBQ(operand.U8(uint8(p.isa.lanes)), left)
			p.JZ(operand.LabelRef(name + "next"))
			p.JMP(operand.LabelRef(fmt.Sprint(name, "full", j)))
			p.Label(fmt.Sprint(name, "masked", j))
		}
		step(j, p.isa.tailMask(p.Context, left))
		if j < vectors-1 {
			p.JMP(operand.LabelRef(name + "next"))
			p.Label(fmt.Sprint(name, "full", j))
		}
	}
	p.Label(name + "next")
	p.MOVQ(next, p.at)
	p.Label(name + "end")
	after()
	p.DECQ(p.planes)
	p.JNZ(operand.LabelRef(name + "plane"))
}

// sumVectors is how many vectors a sum is spread over: 32 lanes for any size of vectors, so that all add in one order.
func (v isa) sumVectors() int { return 32 / v.lanes }

// zeros sets vectors to 0.
func (p *planePass) zeros(r []reg.VecVirtual) {
	for _, v := range r {
		zero(p.Context, v)
	}
}

// totals adds up the 32 lanes of each of two sums, and returns both as float64 in the lower half of a register.
func (p *planePass) totals(first, second []reg.VecVirtual) reg.VecVirtual {
	a, b := p.eight(first), p.eight(second)
	sum, high := p.YMM(), p.YMM()
	p.VUNPCKLPS(b, a, sum) // lanes alternate from here on
	p.VUNPCKHPS(b, a, high)
	p.VADDPS(high, sum, sum)
	p.VEXTRACTF128(operand.U8(1), sum, high.AsX())
	p.VADDPS(high.AsX(), sum.AsX(), sum.AsX())
	p.VMOVHLPS(sum.AsX(), sum.AsX(), high.AsX())
	p.VADDPS(high.AsX(), sum.AsX(), sum.AsX())
	p.VCVTPS2PD(sum.AsX(), sum.AsX())
	return sum
}

// eight adds up the 32 lanes of a sum until 8 are left.
func (p *planePass) eight(acc []reg.VecVirtual) reg.Register {
	for n := len(acc) / 2; n > 0; n /= 2 {
		for j := range n {
			p.VADDPS(acc[j+n], acc[j], acc[j])
		}
	}
	if p.isa == avx512 {
		high := p.YMM()
		p.VEXTRACTF64X4(operand.U8(1), acc[0], high)
		p.VADDPS(high, acc[0].AsY(), acc[0].AsY())
	}
	return acc[0].AsY()
}

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

// cut sets the lanes that m holds off to 0.
func (p *planePass) cut(r reg.VecVirtual, m *mask) {
	switch {
	case m == nil:
	case p.isa == avx512:
		p.VMOVAPS_Z(r, m.k, r)
	default:
		p.VANDPS(m.y, r, r)
	}
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
