package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

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
	p.Label(name + "plane")
	before()
	p.eachVector(name, vectors, step)
	after()
	p.DECQ(p.planes)
	p.JNZ(operand.LabelRef(name + "plane"))
}

// eachVector writes the loop over the vectors of a plane from the index on, several at a time. It leaves the index
// behind the plane.
func (p *planePass) eachVector(name string, vectors int, step func(j int, m *mask)) {
	lanes := vectors * p.isa.lanes
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
	sum := p.pair(first, second)
	p.VCVTPS2PD(sum.AsX(), sum.AsX())
	return sum
}

// pair adds up the 32 lanes of each of two sums, and returns both in the first lanes of a register.
func (p *planePass) pair(first, second []reg.VecVirtual) reg.VecVirtual {
	a, b := p.eight(first), p.eight(second)
	sum, high := p.YMM(), p.YMM()
	p.VUNPCKLPS(b, a, sum) // lanes alternate from here on
	p.VUNPCKHPS(b, a, high)
	p.VADDPS(high, sum, sum)
	p.VEXTRACTF128(operand.U8(1), sum, high.AsX())
	p.VADDPS(high.AsX(), sum.AsX(), sum.AsX())
	p.VMOVHLPS(sum.AsX(), sum.AsX(), high.AsX())
	p.VADDPS(high.AsX(), sum.AsX(), sum.AsX())
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
