package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// elementwise generates the passes over slices of one length. Solver updates round each operation by itself, as Go does
// on amd64.
func elementwise(c *build.Context) {
	for _, v := range isas {
		p := &elementwisePass{constants: constants{Context: c, isa: v, mem: map[string]operand.Mem{}}}
		p.pass("relu", "ReLU", []string{"y", "x"}, nil, func() {
			x, none := p.read("x"), v.vec(c)
			zero(c, none)
			c.VMAXPS(x, none, x) // the order lets a NaN pass
			p.write(x, "y")
		})
		p.pass("reluBackward", "ReLUBackward", []string{"dx", "dy", "y"}, nil, func() {
			y, g, none := p.read("y"), p.read("dy"), v.vec(c)
			zero(c, none)
			v.keep(c, less, y, none, y, g)
			p.write(g, "dx")
		})
		p.pass("multiply", "Dropout", []string{"y", "x", "mask"}, nil, func() {
			x := p.read("x")
			c.VMULPS(p.read("mask"), x, x)
			p.write(x, "y")
		})
		p.pass("add", "Add", []string{"y", "a", "b"}, nil, func() {
			sum := p.read("a")
			c.VADDPS(p.read("b"), sum, sum)
			p.write(sum, "y")
		})
		p.pass("exponentials", "exponentials", []string{"e", "x"}, []string{"top"}, p.exponentials)
		p.pass("clipScale", "the clipping and scaling of Gradient", []string{"dst", "grad"},
			[]string{"scale", "clip", "least"}, func() {
				g := p.read("grad")
				c.VMAXPS(g, p.floats["least"], g) // the order lets a NaN pass
				c.VMINPS(g, p.floats["clip"], g)
				c.VMULPS(p.floats["scale"], g, g)
				p.write(g, "dst")
			})
		p.boundedPass("addScaled", "the penalty l2·w of Gradient", []string{"dst", "w"}, []string{"l2"}, func() {
			w, sum := p.read("w"), p.read("dst")
			c.VMULPS(p.floats["l2"], w, w)
			c.VADDPS(w, sum, sum)
			p.bound(sum, "dst")
			p.write(sum, "dst")
		})
		p.sizes()
		p.boundedPass("sgd", "SGD.Update without momentum", []string{"w", "grad"}, []string{"rate"}, func() {
			p.descend(p.read("grad"))
		})
		// momentum moves v, and returns it and the gradient.
		momentum := func() (g, v reg.VecVirtual) {
			g, v = p.read("grad"), p.read("v")
			gain := p.isa.vec(c)
			c.VMULPS(p.floats["momentum"], v, v)
			c.VMULPS(p.floats["gain"], g, gain)
			c.VADDPS(gain, v, v)
			p.bound(v, "grad")
			p.write(v, "v")
			return g, v
		}
		sgd := []string{"rate", "momentum", "gain"}
		p.boundedPass("sgdMomentum", "SGD.Update with momentum", []string{"w", "grad", "v"}, sgd, func() {
			_, v := momentum()
			p.descend(v)
		})
		p.boundedPass("sgdNesterov", "SGD.Update with Nesterov's momentum", []string{"w", "grad", "v"}, sgd, func() {
			g, v := momentum()
			c.VMULPS(p.floats["momentum"], v, v)
			c.VADDPS(v, g, g)
			p.descend(g)
		})
		adam := []string{"beta1", "gain1", "beta2", "gain2", "rate", "root", "eps", "limit", "least"}
		p.boundedPass("adam", "Adam.Update without a peak", []string{"w", "grad", "m", "v"}, adam, func() {
			g, m, second := p.read("grad"), p.read("m"), p.read("v")
			gain := p.isa.vec(c)
			c.VMAXPS(g, p.floats["least"], g) // the order lets a NaN pass
			c.VMINPS(g, p.floats["limit"], g)
			c.VMULPS(p.floats["beta1"], m, m)
			c.VMULPS(p.floats["gain1"], g, gain)
			c.VADDPS(gain, m, m)
			p.write(m, "m")
			c.VMULPS(p.floats["gain2"], g, gain)
			c.VMULPS(g, gain, gain)
			c.VMULPS(p.floats["beta2"], second, second)
			c.VADDPS(gain, second, second)
			p.write(second, "v")
			c.VSQRTPS(second, second)
			c.VDIVPS(p.floats["root"], second, second)
			c.VADDPS(p.floats["eps"], second, second)
			c.VMULPS(p.floats["rate"], m, m)
			c.VDIVPS(second, m, m)
			w := p.read("w")
			c.VSUBPS(m, w, w)
			p.bound(w, "grad")
			p.write(w, "w")
		})
	}
}

// elementwisePass is a pass over slices of n elements, one vector of each at a time.
type elementwisePass struct {
	constants
	at     reg.GPVirtual // the vector's offset in bytes
	slices map[string]reg.GPVirtual
	floats map[string]reg.VecVirtual // the numbers, in every lane
	mask   *mask

	prepare func()           // loads what else the loop needs; nil if it needs nothing
	limit   []reg.VecVirtual // for bound
}

// pass writes one function. body handles the vectors at the offset.
func (p *elementwisePass) pass(name, what string, slices, floats []string, body func()) {
	signature := ""
	for _, s := range slices {
		signature += s + " *float32, "
	}
	signature += "n int"
	for _, f := range floats {
		signature += ", " + f + " float32"
	}
	p.Function(name + p.isa.name)
	p.Attributes(attr.NOSPLIT)
	p.SignatureExpr("func(" + signature + ")")
	p.Doc(name + p.isa.name + " computes " + what + ".")
	p.Pragma("noescape")
	p.slices, p.floats = params(p.Context, slices...), map[string]reg.VecVirtual{}
	for _, f := range floats {
		address, err := p.Param(f).Resolve()
		if err != nil {
			panic(err)
		}
		p.floats[f] = p.isa.vec(p.Context)
		p.VBROADCASTSS(address.Addr, p.floats[f])
	}
	if p.prepare != nil {
		p.prepare()
	}
	left := param(p.Context, "n")
	p.at = p.GP64()
	p.XORQ(p.at, p.at)
	p.SUBQ(operand.U8(uint8(p.isa.lanes)), left)
	p.JLT(operand.LabelRef("tail"))
	p.Label("loop")
	p.mask = nil
	body()
	p.ADDQ(operand.U8(uint8(p.isa.bytes())), p.at)
	p.SUBQ(operand.U8(uint8(p.isa.lanes)), left)
	p.JGE(operand.LabelRef("loop"))
	p.Label("tail")
	p.ADDQ(operand.U8(uint8(p.isa.lanes)), left)
	p.JZ(operand.LabelRef("done"))
	p.mask = p.isa.tailMask(p.Context, left)
	body()
	p.Label("done")
	p.VZEROUPPER()
	p.RET()
}

func (p *elementwisePass) read(slice string) reg.VecVirtual {
	r := p.isa.vec(p.Context)
	p.isa.load(p.Context, operand.Mem{Base: p.slices[slice], Index: p.at, Scale: 1}, r, p.mask)
	return r
}

func (p *elementwisePass) write(r reg.VecVirtual, slice string) {
	p.isa.store(p.Context, r, operand.Mem{Base: p.slices[slice], Index: p.at, Scale: 1}, p.mask)
}

// sizes writes the function that finds the largest sizes of elements of x whose places differ by multiples of a
// vector's lanes; n is a multiple of 32.
func (p *elementwisePass) sizes() {
	const apart = 32
	c, v := p.Context, p.isa
	function(c, "sizes"+v.name, "(y, x *float32, n int)",
		fmt.Sprintf("sets y to the largest sizes of elements that are %d apart.", v.lanes))
	s, left := params(c, "y", "x"), param(c, "n")
	highest, lowest := v.vecs(c, apart/v.lanes), v.vecs(c, apart/v.lanes)
	for i := range highest {
		zero(c, highest[i])
		zero(c, lowest[i])
	}
	x := v.vec(c)
	c.Label("loop")
	for i := range highest {
		c.VMOVUPS(operand.Mem{Base: s["x"], Disp: i * v.bytes()}, x)
		c.VMAXPS(x, highest[i], highest[i])
		c.VMINPS(x, lowest[i], lowest[i])
	}
	c.ADDQ(operand.U32(4*apart), s["x"])
	c.SUBQ(operand.U8(apart), left)
	c.JNZ(operand.LabelRef("loop"))
	for i := range highest[1:] {
		c.VMAXPS(highest[i+1], highest[0], highest[0])
		c.VMINPS(lowest[i+1], lowest[0], lowest[0])
	}
	zero(c, x)
	c.VSUBPS(lowest[0], x, x)
	c.VMAXPS(x, highest[0], highest[0])
	c.VMOVUPS(highest[0], operand.Mem{Base: s["y"]})
	c.VZEROUPPER()
	c.RET()
}

// descend subtracts rate·d from w.
func (p *elementwisePass) descend(d reg.VecVirtual) {
	w := p.read("w")
	p.VMULPS(p.floats["rate"], d, d)
	p.VSUBPS(d, w, w)
	p.bound(w, "grad")
	p.write(w, "w")
}

// limits loads what bound needs.
func (p *elementwisePass) limits() []reg.VecVirtual {
	if p.isa == avx512 {
		// A table has a hexadecimal digit for what becomes of a NaN, a signalling one, 0, 1, −∞, ∞, a negative and a
		// positive number, from the right: 0 keeps it, 2 copies the NaN, 3 is NaN, e is the largest float32 and f is −e.
		return []reg.VecVirtual{p.bits("infinite", 0x00ef0000), p.bits("faulty", 0x00330022)}
	}
	return []reg.VecVirtual{p.constant("lowest", -math.MaxFloat32), p.constant("highest", math.MaxFloat32)}
}

// bound holds x to the largest float32, where it comes from elements of slice that are finite. Else it makes x NaN.
func (p *elementwisePass) bound(x reg.VecVirtual, slice string) {
	from := p.read(slice)
	if p.isa == avx512 {
		p.VFIXUPIMMPS(operand.U8(0), p.limit[0], x, x)
		p.VFIXUPIMMPS(operand.U8(0), p.limit[1], from, x)
		return
	}
	p.VMAXPS(x, p.limit[0], x) // the order lets a NaN pass
	p.VMINPS(x, p.limit[1], x)
	p.VSUBPS(from, from, from)
	p.VORPS(from, x, x)
}

// boundedPass writes the function of a pass that calls bound.
func (p *elementwisePass) boundedPass(name, what string, slices, floats []string, body func()) {
	p.prepare = func() { p.limit = p.limits() }
	p.pass(name, what, slices, floats, body)
	p.prepare = nil
}
