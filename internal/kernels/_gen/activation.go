package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// activation generates the smooth activation functions and their gradients, which go over slices of one length.
func activation(c *build.Context) {
	for _, v := range isas {
		p := &elementwisePass{constants: constants{Context: c, isa: v, mem: map[string]operand.Mem{}}}
		forward, backward := []string{"y", "x"}, []string{"dx", "dy", "x"}
		p.pass("sigmoid", "Sigmoid", forward, nil, func() { p.write(p.sigmoid(p.read("x")), "y") })
		p.pass("tanh", "Tanh", forward, nil, func() { p.write(p.tanh(p.read("x")), "y") })
		p.pass("silu", "SiLU", forward, nil, func() {
			x := p.read("x")
			y := p.sigmoid(x)
			c.VMULPS(x, y, y)
			p.write(y, "y")
		})
		p.pass("gelu", "GELU", forward, nil, func() {
			x := p.read("x")
			y, _ := p.normal(x)
			c.VMULPS(x, y, y)
			p.write(y, "y")
		})
		p.pass("geluTanh", "GELUTanh", forward, nil, func() {
			x := p.read("x")
			square := p.square(x)
			y := p.sigmoid(p.times(p.linear(square, "cubic", geluCubic, "slope", geluSlope), x))
			c.VMULPS(x, y, y)
			p.write(y, "y")
		})
		p.pass("mish", "Mish", forward, nil, func() {
			x := p.read("x")
			y, _ := p.mish(x)
			p.write(p.times(y, x), "y")
		})
		p.pass("elu", "ELU: positive·x, and negative·(exp(x) − 1) where x < 0", forward, []string{"positive", "negative"},
			func() {
				x, y := p.read("x"), v.vec(c)
				e := p.times(p.lessOne(p.negativePart(x)), p.floats["negative"])
				c.VMULPS(p.floats["positive"], x, y)
				p.write(p.bySign(x, e, y), "y")
			})
		p.pass("sigmoidBackward", "SigmoidBackward", []string{"dx", "dy", "y"}, nil, func() {
			y, rest := p.read("y"), v.vec(c)
			c.VSUBPS(y, p.constant("one", 1), rest)
			p.gradient(p.times(rest, y))
		})
		p.pass("tanhBackward", "TanhBackward", []string{"dx", "dy", "y"}, nil, func() {
			y, slope := p.read("y"), p.constant("one", 1)
			c.VFNMADD231PS(y, y, slope)
			p.gradient(slope)
		})
		p.pass("siluBackward", "SiLUBackward", backward, nil, func() {
			x := p.read("x")
			s, slope := p.sigmoid(x), p.constant("one", 1)
			c.VSUBPS(s, slope, slope)
			c.VFMADD213PS(p.constant("one", 1), x, slope)
			p.gradient(p.times(slope, s))
		})
		p.pass("mishBackward", "the gradient of Mish", backward, nil, func() {
			x := p.read("x")
			t, e := p.mish(x)
			below, slope := v.vec(c), p.constant("one", 1)
			c.VADDPS(slope, e, below)
			c.VDIVPS(below, e, e) // sigmoid(x)
			c.VFNMADD231PS(t, t, slope)
			c.VMULPS(e, slope, slope)
			c.VFMADD213PS(t, x, slope)
			p.gradient(slope)
		})
		p.pass("eluBackward", "the gradient of ELU; rest is positive − negative", backward, []string{"negative", "rest"},
			func() {
				x, none, rest := p.read("x"), v.vec(c), v.vec(c)
				slope := p.times(p.exponential(p.negativePart(x)), p.floats["negative"])
				zero(c, none)
				c.VMOVAPS(p.floats["rest"], rest)
				v.keep(c, less, x, none, x, rest)
				c.VADDPS(rest, slope, slope)
				p.gradient(slope)
			})
		p.pass("geluBackward", "GELUBackward", backward, nil, func() {
			x := p.read("x")
			share, e := p.normal(x)
			c.VMULPS(p.constant("density", float32(1/math.Sqrt(2*math.Pi))), e, e)
			c.VFMADD231PS(x, e, share)
			p.gradient(share)
		})
		p.pass("geluTanhBackward", "GELUTanhBackward", backward, nil, func() {
			x := p.read("x")
			square := p.square(x)
			s := p.sigmoid(p.times(p.linear(square, "cubic", geluCubic, "slope", geluSlope), x))
			slope := p.linear(square, "cubic3", 3*geluCubic, "slope", geluSlope)
			rest := v.vec(c)
			c.VSUBPS(s, p.constant("one", 1), rest)
			c.VMULPS(s, rest, rest)
			c.VMULPS(x, rest, rest)
			c.VFMADD231PS(rest, slope, s)
			p.gradient(s)
		})
	}
}

// GELUTanh is x·sigmoid(x·(geluSlope + geluCubic·x²)).
const (
	geluSlope = 1.5957691216057307117597842397375 // 2·√(2/π)
	geluCubic = 0.044715 * geluSlope
)

// gradient writes dx = dy·slope, and overwrites slope.
func (p *elementwisePass) gradient(slope reg.VecVirtual) {
	p.VMULPS(p.read("dy"), slope, slope)
	p.write(slope, "dx")
}

// square returns x·x.
func (p *elementwisePass) square(x reg.VecVirtual) reg.VecVirtual {
	y := p.isa.vec(p.Context)
	p.VMULPS(x, x, y)
	return y
}

// times returns a·b in a.
func (p *elementwisePass) times(a, b reg.VecVirtual) reg.VecVirtual {
	p.VMULPS(b, a, a)
	return a
}

// linear returns a·x + b, where a and b are constants of these names.
func (p *elementwisePass) linear(x reg.VecVirtual, nameA string, a float32, nameB string, b float32) reg.VecVirtual {
	y := p.constant(nameA, a)
	p.VFMADD213PS(p.constant(nameB, b), x, y)
	return y
}

// bySign returns, in other, the lanes of negative where x has its sign bit set.
func (p *constants) bySign(x, negative, other reg.VecVirtual) reg.VecVirtual {
	if p.isa == avx512 {
		k := p.K()
		p.VPMOVD2M(x, k)
		p.VMOVAPS(negative, k, other)
	} else {
		p.VBLENDVPS(x, negative, other, other)
	}
	return other
}

// sigmoid returns 1/(1 + exp(−x)) by e = exp(−|x|), which cannot overflow: 1/(1 + e), and e/(1 + e) where x < 0.
func (p *constants) sigmoid(x reg.VecVirtual) reg.VecVirtual {
	e, y := p.isa.vec(p.Context), p.isa.vec(p.Context)
	p.VORPS(p.bits("sign", 1<<31), x, e)
	e = p.exponential(e)
	p.VADDPS(p.constant("one", 1), e, y)
	p.VDIVPS(y, p.constant("one", 1), y)
	p.VMULPS(y, e, e)
	return p.bySign(x, e, y)
}

// tanh returns e/(e + 2) for e = exp(2|x|) − 1, with the sign of x. From |x| = 10 on it is 1.
func (p *constants) tanh(x reg.VecVirtual) reg.VecVirtual {
	v := p.isa
	a, sign := v.vec(p.Context), p.bits("sign", 1<<31)
	p.VANDNPS(x, sign, a)
	p.VANDPS(x, sign, sign)
	p.VMINPS(a, p.constant("ten", 10), a) // the order lets a NaN pass
	p.VADDPS(a, a, a)
	e := p.lessOne(a)
	p.VADDPS(p.constant("two", 2), e, a)
	p.VDIVPS(a, e, e)
	p.VORPS(sign, e, e)
	return e
}

// lessOne returns exp(x) − 1 for x between −87 and 88, which is overwritten.
func (p *constants) lessOne(x reg.VecVirtual) reg.VecVirtual {
	n, y := p.reduce(x)
	scale := p.constant("one", 1)
	p.VPSLLD(operand.U8(23), n, n)
	p.VPADDD(n, scale, scale)
	p.VMULPS(scale, y, y)
	p.VSUBPS(p.constant("one", 1), scale, scale)
	p.VADDPS(scale, y, y)
	return y
}

// negativePart returns min(x, 0), held to −87 where that is less.
func (p *constants) negativePart(x reg.VecVirtual) reg.VecVirtual {
	y := p.isa.vec(p.Context)
	zero(p.Context, y)
	p.VMINPS(x, y, y) // the order lets a NaN pass
	p.VMAXPS(y, p.constant("least", -87), y)
	return y
}

// mish returns tanh(log(1 + e)) = n/(n + 2) for e = exp(min(x, 20)) and n = e·(e + 2). At 20 it is 1.
func (p *constants) mish(x reg.VecVirtual) (t, e reg.VecVirtual) {
	n, most := p.isa.vec(p.Context), p.constant("twenty", 20)
	p.VMINPS(x, most, most) // the order lets a NaN pass
	e = p.exponential(most)
	p.VADDPS(p.constant("two", 2), e, n)
	p.VMULPS(e, n, n)
	t = p.constant("two", 2)
	p.VADDPS(n, t, t)
	p.VDIVPS(t, n, t)
	return t, e
}

// normal returns Φ(x), the share of a standard normal distribution that is below x, and e = exp(−x²/2).
//
// Φ(−|x|) is e·t·P(t), where t = 1/(1 + 0.3|x|) and P is the polynomial through the Chebyshev nodes of t for |x| up to
// 13.3. Its relative error is 1e-7.
func (p *elementwisePass) normal(x reg.VecVirtual) (share, e reg.VecVirtual) {
	v := p.isa
	t, half := v.vec(p.Context), v.vec(p.Context)
	p.VANDPS(p.bits("size", 1<<31-1), x, t)
	p.VMULPS(p.constant("minusHalf", -0.5), x, half)
	p.VMULPS(x, half, half)
	e = p.exponential(half)
	p.VFMADD213PS(p.constant("one", 1), p.constant("reach", 0.3), t)
	p.VDIVPS(t, p.constant("one", 1), t)
	below := p.constant("normal7", 0.03759780305)
	for i, c := range []float32{
		-0.165133172, 0.2198541143, -0.06593426832, 0.1349339022, 0.09802109037, 0.1210500606, 0.1196105034,
	} {
		p.VFMADD213PS(p.constant(fmt.Sprint("normal", 6-i), c), t, below)
	}
	p.VMULPS(t, below, below)
	p.VMULPS(e, below, below)
	share = v.vec(p.Context)
	p.VSUBPS(below, p.constant("one", 1), share)
	return p.bySign(x, below, share), e
}
