package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// cells generates the passes over the gates of recurrent layers.
func cells(c *build.Context) {
	for _, v := range isas {
		p := &cellPass{constants: constants{Context: c, isa: v, mem: map[string]operand.Mem{}}}
		p.rnn()
		p.gru()
		p.lstm()
		p.lstmBackward()
	}
}

func one(name string) cellSlice { return cellSlice{name: name, blocks: 1} }

func strided(name string) cellSlice { return cellSlice{name: name, blocks: 1, strided: true} }

func blocks(name string, n int) cellSlice { return cellSlice{name: name, blocks: n} }

// upstream returns the gradient of an output, dh + dy.
func (p *cellPass) upstream() reg.VecVirtual {
	d := p.read("dh", 0)
	p.VADDPS(p.read("dy", 0), d, d)
	return d
}

// clear writes zeros.
func (p *cellPass) clear(slice string) {
	none := p.isa.vec(p.Context)
	zero(p.Context, none)
	p.write(none, slice, 0)
}

func (p *cellPass) rnn() {
	c := p.Context
	p.pass("rnnTanh", "rnnForward without relu", []cellSlice{one("h"), strided("y"), one("p")}, func() {
		x := p.read("p", 0)
		x = p.tanh(x)
		p.write(x, "h", 0)
		p.write(x, "y", 0)
	})
	p.pass("rnnReLU", "rnnForward with relu", []cellSlice{one("h"), strided("y"), one("p")}, func() {
		x, none := p.read("p", 0), p.isa.vec(c)
		zero(c, none)
		c.VMAXPS(x, none, x) // the order lets a NaN pass
		p.write(x, "h", 0)
		p.write(x, "y", 0)
	})
	backward := []cellSlice{one("dp"), one("dh"), strided("dy"), one("h")}
	p.pass("rnnTanhBackward", "rnnBackward without relu", backward, func() {
		d := p.upstream()
		c.VMULPS(p.tanhDerivative(p.read("h", 0)), d, d)
		p.write(d, "dp", 0)
		p.clear("dh")
	})
	p.pass("rnnReLUBackward", "rnnBackward with relu", backward, func() {
		d, h, none := p.upstream(), p.read("h", 0), p.isa.vec(c)
		zero(c, none)
		p.isa.keep(c, less, h, none, h, d)
		p.write(d, "dp", 0)
		p.clear("dh")
	})
}

func (p *cellPass) gru() {
	c := p.Context
	p.pass("gruForward", "gruForward", []cellSlice{one("h"), strided("y"), blocks("gates", 4), one("prev")}, func() {
		r := p.read("gates", 1)
		r = p.sigmoid(r)
		p.write(r, "gates", 1)
		n := p.read("gates", 0)
		c.VFMADD231PS(p.read("gates", 3), r, n)
		n = p.tanh(n)
		p.write(n, "gates", 0)
		z := p.read("gates", 2)
		z = p.sigmoid(z)
		p.write(z, "gates", 2)
		h := p.read("prev", 0)
		c.VSUBPS(n, h, h)
		c.VFMADD213PS(n, z, h)
		p.write(h, "h", 0)
		p.write(h, "y", 0)
	})
	p.pass("gruBackward", "gruBackward", []cellSlice{
		blocks("gates", 4), one("dh"), strided("dy"), one("prev"),
	}, func() {
		d, z, n := p.upstream(), p.read("gates", 2), p.read("gates", 0)
		dz := p.read("prev", 0)
		c.VSUBPS(n, dz, dz)
		c.VMULPS(d, dz, dz)
		c.VMULPS(p.derivative(z), dz, dz)
		p.write(dz, "gates", 2)
		c.VMULPS(d, z, z)
		p.write(z, "dh", 0)
		c.VSUBPS(z, d, d)
		c.VMULPS(p.tanhDerivative(n), d, d)
		p.write(d, "gates", 0)
		r := p.read("gates", 1)
		dr := p.derivative(r)
		c.VMULPS(p.read("gates", 3), dr, dr)
		c.VMULPS(d, dr, dr)
		p.write(dr, "gates", 1)
		c.VMULPS(d, r, r)
		p.write(r, "gates", 3)
	})
}

func (p *cellPass) lstm() {
	c := p.Context
	p.pass("lstmCell", "lstmCell", []cellSlice{one("c"), blocks("gates", 5), one("prev")}, func() {
		in := p.read("gates", 0)
		in = p.sigmoid(in)
		p.write(in, "gates", 0)
		value := p.read("gates", 2)
		value = p.tanh(value)
		p.write(value, "gates", 2)
		c.VMULPS(value, in, in)
		forget := p.read("gates", 1)
		forget = p.sigmoid(forget)
		p.write(forget, "gates", 1)
		c.VFMADD231PS(p.read("prev", 0), forget, in)
		p.write(in, "c", 0)
		out := p.read("gates", 3)
		out = p.sigmoid(out)
		p.write(out, "gates", 3)
	})
	p.pass("lstmOutput", "lstmOutput", []cellSlice{one("h"), strided("y"), blocks("gates", 5), one("c")}, func() {
		x := p.read("c", 0)
		x = p.tanh(x)
		p.write(x, "gates", 4)
		c.VMULPS(p.read("gates", 3), x, x)
		p.write(x, "h", 0)
		p.write(x, "y", 0)
	})
}

func (p *cellPass) lstmBackward() {
	c := p.Context
	p.pass("lstmOutputBackward", "lstmOutputBackward", []cellSlice{
		blocks("gates", 5), one("dc"), one("dh"), strided("dy"),
	}, func() {
		d, out, x := p.upstream(), p.read("gates", 3), p.read("gates", 4)
		p.clear("dh")
		dout := p.derivative(out)
		c.VMULPS(x, dout, dout)
		c.VMULPS(d, dout, dout)
		p.write(dout, "gates", 3)
		c.VMULPS(out, d, d)
		c.VMULPS(p.tanhDerivative(x), d, d)
		p.write(d, "dc", 0)
	})
	p.pass("lstmCellBackward", "lstmCellBackward", []cellSlice{
		blocks("gates", 5), one("dc"), one("dm"), one("prev"),
	}, func() {
		d, in, value, forget := p.read("dc", 0), p.read("gates", 0), p.read("gates", 2), p.read("gates", 1)
		c.VADDPS(p.read("dm", 0), d, d)
		din := p.derivative(in)
		c.VMULPS(value, din, din)
		c.VMULPS(d, din, din)
		p.write(din, "gates", 0)
		dvalue := p.tanhDerivative(value)
		c.VMULPS(in, dvalue, dvalue)
		c.VMULPS(d, dvalue, dvalue)
		p.write(dvalue, "gates", 2)
		dforget := p.derivative(forget)
		c.VMULPS(p.read("prev", 0), dforget, dforget)
		c.VMULPS(d, dforget, dforget)
		p.write(dforget, "gates", 1)
		c.VMULPS(forget, d, d)
		p.write(d, "dc", 0)
	})
}

// derivative returns x − x², the derivative of a sigmoid from its result x, rounded once.
func (c *constants) derivative(x reg.VecVirtual) reg.VecVirtual {
	r := c.isa.vec(c.Context)
	c.VMOVAPS(x, r)
	c.VFNMADD231PS(x, x, r)
	return r
}

// tanhDerivative returns 1 − x², the derivative of a tanh from its result x, rounded once.
func (c *constants) tanhDerivative(x reg.VecVirtual) reg.VecVirtual {
	r := c.constant("one", 1)
	c.VFNMADD231PS(x, x, r)
	return r
}
