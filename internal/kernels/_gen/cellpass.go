package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// cellPass is a pass over rows of n elements of several slices, one vector of each at a time.
type cellPass struct {
	constants
	size   reg.GPVirtual // of a row, in bytes
	rest   reg.GPVirtual // bytes of a row past its last whole vector
	slices map[string]*cellSlice
	order  []string
	mask   *mask
}

// cellSlice is a slice whose rows have blocks of n elements next to each other, or one block and a distance ld.
type cellSlice struct {
	name    string
	blocks  int
	strided bool
	at      rowsOf // the vector at work
}

// pass writes one function. body handles a vector of each slice.
func (p *cellPass) pass(name, what string, slices []cellSlice, body func()) {
	c, v := p.Context, p.isa
	signature, strided := "", false
	for _, s := range slices {
		signature += s.name + " *float32, "
		strided = strided || s.strided
	}
	signature += "count int, n int"
	if strided {
		signature += ", ld int"
	}
	function(c, name+v.name, "("+signature+")", "computes "+what+" for count rows.")
	p.size, p.rest = param(c, "n"), c.GP64()
	count, whole, left := param(c, "count"), c.GP64(), c.GP64()
	c.MOVQ(p.size, left)
	c.ANDQ(operand.U8(uint8(v.lanes-1)), left)
	c.MOVQ(left, p.rest)
	tail := v.tailMask(c, left)
	c.MOVQ(p.size, whole)
	c.SUBQ(p.rest, whole)
	c.SHLQ(operand.U8(2), p.size)
	c.SHLQ(operand.U8(2), p.rest)
	var skip reg.GPVirtual
	if strided {
		skip = param(c, "ld")
		c.SHLQ(operand.U8(2), skip)
		c.SUBQ(p.size, skip)
	}
	p.slices, p.order = map[string]*cellSlice{}, nil
	for _, s := range slices {
		s.at = rowsOf{base: param(c, s.name), stride: p.size}
		if s.blocks > 3 {
			s.at.third = c.GP64()
		}
		p.slices[s.name], p.order = &s, append(p.order, s.name)
	}
	c.Label("row")
	for _, name := range p.order {
		if s := p.slices[name]; s.blocks > 3 {
			c.LEAQ(operand.Mem{Base: s.at.base, Index: p.size, Scale: 2}, s.at.third)
			c.ADDQ(p.size, s.at.third)
		}
	}
	c.MOVQ(whole, left)
	c.TESTQ(left, left)
	c.JZ(operand.LabelRef("tail"))
	c.Label("loop")
	p.mask = nil
	body()
	for _, name := range p.order {
		s := p.slices[name]
		c.ADDQ(operand.U8(uint8(v.bytes())), s.at.base)
		if s.blocks > 3 {
			c.ADDQ(operand.U8(uint8(v.bytes())), s.at.third)
		}
	}
	c.SUBQ(operand.U8(uint8(v.lanes)), left)
	c.JNZ(operand.LabelRef("loop"))
	c.Label("tail")
	c.TESTQ(p.rest, p.rest)
	c.JZ(operand.LabelRef("next"))
	p.mask = tail
	body()
	c.Label("next")
	for _, name := range p.order {
		s := p.slices[name]
		c.ADDQ(p.rest, s.at.base)
		for range s.blocks - 1 {
			c.ADDQ(p.size, s.at.base)
		}
		if s.strided {
			c.ADDQ(skip, s.at.base)
		}
	}
	c.DECQ(count)
	c.JNZ(operand.LabelRef("row"))
	c.VZEROUPPER()
	c.RET()
}

func (p *cellPass) read(slice string, block int) reg.VecVirtual {
	r := p.isa.vec(p.Context)
	p.isa.load(p.Context, p.slices[slice].at.row(block, 0), r, p.mask)
	return r
}

func (p *cellPass) write(r reg.VecVirtual, slice string, block int) {
	p.isa.store(p.Context, r, p.slices[slice].at.row(block, 0), p.mask)
}
