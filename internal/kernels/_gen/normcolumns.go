package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// normColumns generates the batch normalization inside the cells of recurrent layers: columnMoments, normColumns,
// columnSums and normColumnsBackward.
func normColumns(c *build.Context) {
	for _, v := range isas {
		(&columnPass{Context: c, isa: v}).moments()
		(&columnPass{Context: c, isa: v}).forward()
		(&columnPass{Context: c, isa: v}).sums()
		(&columnPass{Context: c, isa: v}).backward()
	}
}

// columnPass is a pass over the rows of matrices for a vector of columns at a time.
type columnPass struct {
	*build.Context
	isa  isa
	at   reg.GPVirtual // of the vector of columns, in bytes
	mask *mask
	name string // of the vectors at work: the first part of labels
}

// columnRows is how many rows a loop takes at a time. A sum is spread over as many vectors.
const columnRows = 4

// pass writes a function of matrices, numbers for each column, count and n, and more parameters. body handles a vector
// of columns.
func (p *columnPass) pass(name, parameters, doc string, body func()) {
	c := p.Context
	function(c, name+p.isa.name, "("+parameters+")", "computes "+doc)
	p.at = c.GP64()
	c.XORQ(p.at, p.at)
	left := param(c, "n")
	lanes := operand.U8(uint8(p.isa.lanes))
	c.SUBQ(lanes, left)
	c.JLT(operand.LabelRef("tail"))
	c.Label("columns")
	p.mask, p.name = nil, "full"
	body()
	c.ADDQ(operand.U8(uint8(p.isa.bytes())), p.at)
	c.SUBQ(lanes, left)
	c.JGE(operand.LabelRef("columns"))
	c.Label("tail")
	c.ADDQ(lanes, left)
	c.JZ(operand.LabelRef("end"))
	p.mask, p.name = p.isa.tailMask(c, left), "masked"
	body()
	c.Label("end")
	c.VZEROUPPER()
	c.RET()
}

// number loads the numbers of the columns at work.
func (p *columnPass) number(name string) reg.VecVirtual {
	r := p.isa.vec(p.Context)
	p.isa.load(p.Context, p.place(name), r, p.mask)
	return r
}

func (p *columnPass) setNumber(name string, r reg.VecVirtual) {
	p.isa.store(p.Context, r, p.place(name), p.mask)
}

func (p *columnPass) place(name string) operand.Mem {
	return operand.Mem{Base: param(p.Context, name), Index: p.at, Scale: 1}
}

// everywhere loads a parameter into every lane.
func (p *columnPass) everywhere(name string) reg.VecVirtual {
	r := p.isa.vec(p.Context)
	p.VBROADCASTSS(address(p.Context, name), r)
	return r
}

// columns is a matrix in a loop over its rows.
type columns struct {
	name, stride string
	at           reg.GPVirtual // the columns at work in this row
}

// load reads the row at work.
func (p *columnPass) load(m *columns) reg.VecVirtual {
	r := p.isa.vec(p.Context)
	p.isa.load(p.Context, operand.Mem{Base: m.at}, r, p.mask)
	return r
}

func (p *columnPass) store(m *columns, r reg.VecVirtual) {
	p.isa.store(p.Context, r, operand.Mem{Base: m.at}, p.mask)
}

// eachRow writes the loop over the rows of matrices. step handles a row; it adds to vector k of a sum.
func (p *columnPass) eachRow(loop string, step func(k int), matrices ...*columns) {
	loop = p.name + loop
	for _, m := range matrices {
		m.at = p.GP64()
		p.LEAQ(p.place(m.name), m.at)
	}
	row := func(k int) {
		step(k)
		for _, m := range matrices {
			p.LEAQ(operand.Mem{Base: m.at, Index: param(p.Context, m.stride), Scale: 4}, m.at)
		}
	}
	left := param(p.Context, "count")
	p.SUBQ(operand.U8(columnRows), left)
	p.JLT(operand.LabelRef(loop + "rest"))
	p.Label(loop)
	for k := range columnRows {
		row(k)
	}
	p.SUBQ(operand.U8(columnRows), left)
	p.JGE(operand.LabelRef(loop))
	p.Label(loop + "rest")
	p.ADDQ(operand.U8(columnRows), left)
	p.JZ(operand.LabelRef(loop + "end"))
	p.Label(loop + "row")
	row(0)
	p.DECQ(left)
	p.JNZ(operand.LabelRef(loop + "row"))
	p.Label(loop + "end")
}

// zeros returns the vectors of a sum.
func (p *columnPass) zeros() []reg.VecVirtual {
	r := p.isa.vecs(p.Context, columnRows)
	for _, v := range r {
		zero(p.Context, v)
	}
	return r
}

// total adds up the vectors of a sum.
func (p *columnPass) total(sum []reg.VecVirtual) reg.VecVirtual {
	for n := len(sum) / 2; n > 0; n /= 2 {
		for k := range n {
			p.VADDPS(sum[k+n], sum[k], sum[k])
		}
	}
	return sum[0]
}

func (p *columnPass) moments() {
	p.pass("columnMoments", "mean *float32, variance *float32, x *float32, ld int, count int, n int, ratio float32",
		"columnMoments. ratio is 1/count.", func() {
			x, ratio, sum := &columns{name: "x", stride: "ld"}, p.everywhere("ratio"), p.zeros()
			p.eachRow("sum", func(k int) { p.VADDPS(p.load(x), sum[k], sum[k]) }, x)
			mean := p.total(sum)
			p.VMULPS(ratio, mean, mean)
			p.setNumber("mean", mean)
			squares := p.zeros()
			p.eachRow("squares", func(k int) {
				d := p.load(x)
				p.VSUBPS(mean, d, d)
				p.VFMADD231PS(d, d, squares[k])
			}, x)
			variance := p.total(squares)
			p.VMULPS(ratio, variance, variance)
			p.setNumber("variance", variance)
		})
}

func (p *columnPass) forward() {
	p.pass("normColumns", "xhat *float32, x *float32, ld int, y *float32, ldy int, add *float32, ldadd int, "+
		"gain *float32, mean *float32, inverse *float32, count int, n int", "normColumns.", func() {
		xhat, x := &columns{name: "xhat", stride: "ld"}, &columns{name: "x", stride: "ld"}
		y, add := &columns{name: "y", stride: "ldy"}, &columns{name: "add", stride: "ldadd"}
		gain, mean, inverse := p.number("gain"), p.number("mean"), p.number("inverse")
		p.eachRow("write", func(int) {
			d := p.load(x)
			p.VSUBPS(mean, d, d)
			p.VMULPS(inverse, d, d)
			p.store(xhat, d)
			p.VFMADD213PS(p.load(add), gain, d)
			p.store(y, d)
		}, xhat, x, y, add)
	})
}

func (p *columnPass) sums() {
	p.pass("columnSums", "dgain *float32, dshift *float32, xhat *float32, ld int, dy *float32, lddy int, count int, n int",
		"columnSums.", func() {
			xhat, dy := &columns{name: "xhat", stride: "ld"}, &columns{name: "dy", stride: "lddy"}
			dgain, dshift := p.zeros(), p.zeros()
			p.eachRow("sums", func(k int) {
				g := p.load(dy)
				p.VADDPS(g, dshift[k], dshift[k])
				p.VFMADD231PS(p.load(xhat), g, dgain[k])
			}, xhat, dy)
			p.setNumber("dgain", p.total(dgain))
			p.setNumber("dshift", p.total(dshift))
		})
}

func (p *columnPass) backward() {
	p.pass("normColumnsBackward", "dx *float32, xhat *float32, ld int, dy *float32, lddy int, gain *float32, "+
		"inverse *float32, dgain *float32, dshift *float32, count int, n int, ratio float32", "normColumnsBackward.",
		func() {
			dx, xhat := &columns{name: "dx", stride: "ld"}, &columns{name: "xhat", stride: "ld"}
			dy := &columns{name: "dy", stride: "lddy"}
			scale, slope, mean, ratio := p.number("gain"), p.number("dgain"), p.number("dshift"), p.everywhere("ratio")
			p.VMULPS(p.number("inverse"), scale, scale)
			p.VMULPS(ratio, slope, slope)
			p.VMULPS(ratio, mean, mean)
			p.eachRow("write", func(int) {
				g := p.load(dy)
				p.VSUBPS(mean, g, g)
				p.VFNMADD231PS(p.load(xhat), slope, g)
				p.VMULPS(scale, g, g)
				p.store(dx, g)
			}, dx, xhat, dy)
		})
}
