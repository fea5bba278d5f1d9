package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// pool2x2Pass is a pass over planes of row pairs. Its pointers go along the upper row of a pair and along the row of
// outputs.
type pool2x2Pass struct {
	planePass
	row             reg.GPVirtual   // bytes from the upper row to the lower
	inputs, outputs []reg.GPVirtual // pointers into tensors like x, and like y
	order           reg.VecVirtual  // AVX-512: the permutation that brings pairs into order, or out of it
}

// block is a run of outputs at the pointers: a vector of lanes, masked unless out is nil.
type block struct {
	name        string // no other block of the function has it
	lanes       int
	out, in, on *mask // of the outputs, and of the two vectors of inputs
}

const pool2x2Sizes = "maps *float32, ch int, channels int, planes int, pairs int, row int, size int)"

// evens and odds select the even and the odd elements of an even vector and the next.
const evens, odds = operand.U8(0x88), operand.U8(0xdd)

// begin starts a function of the given name. inputs and outputs name its tensors like x and like y; order is where a
// vector's pairs of outputs come from in bring.
func (p *pool2x2Pass) begin(name, signature, doc string, inputs, outputs []string, order []uint64) {
	p.text(name, signature, doc)
	p.planes, p.size = param(p.Context, "planes"), param(p.Context, "size")
	p.loadMaps()
	p.row = param(p.Context, "row")
	for _, name := range inputs {
		p.inputs = append(p.inputs, param(p.Context, name))
	}
	for _, name := range outputs {
		p.outputs = append(p.outputs, param(p.Context, name))
	}
	if p.isa == avx512 {
		t := p.StaticGlobal(name + "Order")
		p.DataAttributes(attr.RODATA | attr.NOPTR)
		for _, i := range order {
			p.AppendDatum(operand.U64(i))
		}
		p.order = p.ZMM()
		p.VMOVUPS(t, p.order)
	}
}

// bring permutes a vector of outputs into order, or out of it.
func (p *pool2x2Pass) bring(lanes int, r reg.VecVirtual) {
	switch lanes {
	case 16:
		p.VPERMPD(r, p.order, r)
	case 8:
		p.VPERMPD(operand.U8(0xd8), r, r) // 0, 2, 1, 3
	}
}

// eachRow writes the loop over the row pairs of a plane.
func (p *pool2x2Pass) eachRow(name string, body func(b block)) {
	v := p.isa
	rows, left := param(p.Context, "pairs"), p.GP64()
	p.Label(name + "row")
	p.MOVQ(p.size, left)
	p.SUBQ(operand.U8(uint8(v.lanes)), left)
	p.JLT(operand.LabelRef(name + "tail"))
	p.Label(name + "loop")
	body(block{name: name, lanes: v.lanes})
	p.advance(v.lanes)
	p.SUBQ(operand.U8(uint8(v.lanes)), left)
	p.JGE(operand.LabelRef(name + "loop"))
	p.Label(name + "tail")
	p.ADDQ(operand.U8(uint8(v.lanes)), left)
	for lanes := v.lanes / 2; lanes >= 4; lanes /= 2 {
		p.CMPQ(left, operand.U8(uint8(lanes)))
		p.JLT(operand.LabelRef(fmt.Sprint(name, "under", lanes)))
		body(block{name: fmt.Sprint(name, lanes), lanes: lanes})
		p.advance(lanes)
		p.SUBQ(operand.U8(uint8(lanes)), left)
		p.Label(fmt.Sprint(name, "under", lanes))
	}
	p.TESTQ(left, left)
	p.JZ(operand.LabelRef(name + "end"))
	body(p.masked(name+"masked", left))
	for _, r := range p.inputs {
		p.LEAQ(operand.Mem{Base: r, Index: left, Scale: 8}, r)
	}
	for _, r := range p.outputs {
		p.LEAQ(operand.Mem{Base: r, Index: left, Scale: 4}, r)
	}
	p.Label(name + "end")
	for _, r := range p.inputs {
		p.ADDQ(p.row, r)
	}
	p.DECQ(rows)
	p.JNZ(operand.LabelRef(name + "row"))
}

// advance moves the pointers by n outputs.
func (p *pool2x2Pass) advance(n int) {
	for _, r := range p.inputs {
		p.ADDQ(operand.I32(int32(8*n)), r)
	}
	for _, r := range p.outputs {
		p.ADDQ(operand.I32(int32(4*n)), r)
	}
}

// masked returns the block of left outputs, fewer than 4.
func (p *pool2x2Pass) masked(name string, left reg.GPVirtual) block {
	b := block{name, 4, &mask{}, &mask{}, &mask{}}
	n := p.GP64()
	if p.isa == avx512 {
		ones, bits := p.GP64(), p.GP64()
		p.MOVQ(operand.I32(-1), ones)
		p.BZHIQ(left, ones, bits)
		b.out.k, b.in.k, b.on.k = p.K(), p.K(), p.K()
		p.KMOVW(bits.As32(), b.out.k)
		p.LEAQ(operand.Mem{Base: left, Index: left, Scale: 1}, n)
		p.BZHIQ(n, ones, bits)
		p.KMOVW(bits.As32(), b.in.k)
		p.SHRQ(operand.U8(4), bits)
		p.KMOVW(bits.As32(), b.on.k)
		return b
	}
	table := p.GP64()
	p.LEAQ(maskTable(p.Context), table)
	p.MOVQ(left, n)
	p.NEGQ(n)
	b.out.y, b.in.y, b.on.y = p.XMM(), p.XMM(), p.XMM()
	p.VMOVDQU(operand.Mem{Base: table, Index: n, Scale: 4, Disp: 32}, b.out.y)
	p.VMOVDQU(operand.Mem{Base: table, Index: n, Scale: 8, Disp: 32}, b.in.y)
	p.VMOVDQU(operand.Mem{Base: table, Index: n, Scale: 8, Disp: 48}, b.on.y)
	return b
}

// read loads a vector of a block.
func (p *pool2x2Pass) read(b block, from operand.Mem, m *mask) reg.VecVirtual {
	r := vecOf(p.Context, b.lanes)
	switch {
	case m == nil:
		p.VMOVUPS(from, r)
	case p.isa == avx512:
		p.VMOVUPS_Z(from, m.k, r)
	default:
		p.VMASKMOVPS(from, m.y, r)
	}
	return r
}

// write stores a vector of a block.
func (p *pool2x2Pass) write(r reg.VecVirtual, to operand.Mem, m *mask) {
	switch {
	case m == nil:
		p.VMOVUPS(r, to)
	case p.isa == avx512:
		p.VMOVUPS(r, m.k, to)
	default:
		p.VMASKMOVPS(r, m.y, to)
	}
}

// corners reads the left and the right corners of a block's windows, of the upper rows or the lower.
func (p *pool2x2Pass) corners(b block, base reg.GPVirtual, lower bool) (left, right reg.VecVirtual) {
	from := operand.Mem{Base: base}
	if lower {
		from.Index, from.Scale = p.row, 1
	}
	even, odd := p.read(b, from, b.in), p.read(b, from.Offset(4*b.lanes), b.on)
	left, right = vecOf(p.Context, b.lanes), vecOf(p.Context, b.lanes)
	p.VSHUFPS(evens, odd, even, left)
	p.VSHUFPS(odds, odd, even, right)
	return left, right
}

// as returns the part of a register that a block's vectors have.
func as(lanes int, r reg.VecVirtual) reg.Register {
	switch lanes {
	case 16:
		return r.AsZ()
	case 8:
		return r.AsY()
	}
	return r.AsX()
}
