package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The points of Winograd's algorithm are 0, ±a, ±b and infinity; see package kernels.
const (
	a = 5.0 / 8
	b = 3.0 / 2

	scale0 = 1 / (a * a * b * b)
	scaleA = 1 / (2 * a * a * (a*a - b*b))
	scaleB = 1 / (2 * b * b * (b*b - a*a))
)

// transform generates the transforms L·X·Lᵀ of Winograd's algorithm, of square matrices X whose elements are vectors.
// Multiplying by L on one side only, and one column, is a function of few additions and multiplications for each of the
// matrices L.
//
// They are bound by stores, which AVX-512 does not make faster, so one set serves it too.
func transform(c *build.Context) {
	s := &transformPass{constants: constants{Context: c, isa: avx2, mem: map[string]operand.Mem{}}}
	s.generate("Input", 6, 6, []named{
		{"a", a},
		{"b", b},
		{"aa", a * a},
		{"bb", b * b},
		{"aabb", a * a * b * b},
		{"sum", a*a + b*b},
	}, s.input)
	s.generate("Kernel", 3, 6, scales, s.kernel)
	s.generate("Output", 6, 4, []named{
		{"a", a},
		{"b", b},
		{"aa", a * a},
		{"bb", b * b},
		{"aaa", a * a * a},
		{"bbb", b * b * b},
	}, s.output)
	s.generate("OutputGradient", 4, 6, []named{{"a", a}, {"b", b}, {"aa", a * a}, {"bb", b * b}}, s.outputGradient)
	s.generate("KernelGradient", 6, 3, scales, s.kernelGradient)
}

// named is a constant.
type named struct {
	name string
	x    float32
}

// scales are the elements of the matrix G.
var scales = []named{
	{"scale0", scale0},
	{"scaleA", scaleA},
	{"aScaleA", a * scaleA},
	{"aaScaleA", a * a * scaleA},
	{"scaleB", scaleB},
	{"bScaleB", b * scaleB},
	{"bbScaleB", b * b * scaleB},
}

type transformPass struct {
	constants
	k map[string]reg.VecVirtual // the transform's constants, in every lane
}

// put takes element i of a result.
type put func(i int, r reg.VecVirtual)

// generate writes a transform of in×in vectors into out×out. multiply is the multiplication of a column by L. The
// transform of the outputs adds a bias and bounds what it gives.
func (s *transformPass) generate(name string, in, out int, consts []named, multiply func(x []reg.VecVirtual, to put)) {
	c, v := s.Context, s.isa
	biased := name == "Output"
	more, what := "", ""
	if biased {
		more, what = ", bias *float32, lower float32", ", adds the bias unless it is nil, and clamps to at least lower"
	}
	name = "transform" + name + v.name
	c.Function(name)
	c.SignatureExpr("func(dst *float32, to *int32, src *float32, from *int32, n int" + more + ")")
	c.Doc(fmt.Sprintf("%s transforms %d×%[2]d vectors into %d×%[3]d%s.", name, in, out, what))
	c.Pragma("noescape")
	p := params(c, "dst", "to", "src", "from", "n")
	// L·X, by columns. It is aligned: vectors across lines of the cache take twice the time.
	half := c.GP64()
	c.LEAQ(c.AllocLocal(in*out*v.bytes()+v.bytes()), half)
	c.ADDQ(operand.U8(uint8(v.bytes()-1)), half)
	c.ANDQ(operand.I8(int8(-v.bytes())), half)
	at := func(i, j int) operand.Mem { return operand.Mem{Base: half, Disp: (i*in + j) * v.bytes()} }
	s.k = map[string]reg.VecVirtual{}
	for _, k := range consts {
		s.k[k.name] = s.constant(k.name, k.x)
	}
	var bias reg.GPVirtual
	if biased {
		bias = param(c, "bias")
	}
	place := func(base, table reg.GPVirtual, i int) operand.Mem {
		offset := c.GP64()
		c.MOVLQSX(operand.Mem{Base: table, Disp: 4 * i}, offset)
		return operand.Mem{Base: base, Index: offset, Scale: 4}
	}
	vector := func(label string, m *mask) {
		for j := range in {
			x := v.vecs(c, in)
			for i := range x {
				v.load(c, place(p["src"], p["from"], i*in+j), x[i], m)
			}
			multiply(x, func(i int, r reg.VecVirtual) { c.VMOVAPS(r, at(i, j)) })
		}
		for i := range out {
			x := v.vecs(c, in)
			for j := range x {
				c.VMOVAPS(at(i, j), x[j])
			}
			multiply(x, func(j int, r reg.VecVirtual) {
				if biased {
					next := fmt.Sprintf("%sUnbiased%d%d", label, i, j)
					c.TESTQ(bias, bias)
					c.JZ(operand.LabelRef(next))
					add := v.vec(c)
					v.load(c, operand.Mem{Base: bias}, add, m)
					c.VADDPS(add, r, r)
					c.Label(next)
					lower := v.vec(c)
					c.VBROADCASTSS(address(c, "lower"), lower)
					c.VMAXPS(r, lower, r) // the order lets a NaN pass
				}
				v.store(c, r, place(p["dst"], p["to"], i*out+j), m)
			})
		}
	}
	c.SUBQ(operand.U8(uint8(v.lanes)), p["n"])
	c.JLT(operand.LabelRef("tail"))
	c.Label("loop")
	vector("loop", nil)
	c.ADDQ(operand.U8(uint8(v.bytes())), p["src"])
	c.ADDQ(operand.U8(uint8(v.bytes())), p["dst"])
	if biased {
		next := "loopEnd"
		c.TESTQ(bias, bias)
		c.JZ(operand.LabelRef(next))
		c.ADDQ(operand.U8(uint8(v.bytes())), bias)
		c.Label(next)
	}
	c.SUBQ(operand.U8(uint8(v.lanes)), p["n"])
	c.JGE(operand.LabelRef("loop"))
	c.Label("tail")
	c.ADDQ(operand.U8(uint8(v.lanes)), p["n"])
	c.JZ(operand.LabelRef("done"))
	vector("tail", v.tailMask(c, p["n"]))
	c.Label("done")
	c.VZEROUPPER()
	c.RET()
}

func (s *transformPass) copy(x reg.VecVirtual) reg.VecVirtual {
	r := s.isa.vec(s.Context)
	s.VMOVAPS(x, r)
	return r
}

// product returns x times a constant.
func (s *transformPass) product(x reg.VecVirtual, constant string) reg.VecVirtual {
	r := s.isa.vec(s.Context)
	s.VMULPS(s.k[constant], x, r)
	return r
}

// add adds x times a constant to sum, subtract subtracts it.
func (s *transformPass) add(sum, x reg.VecVirtual, constant string) {
	s.VFMADD231PS(s.k[constant], x, sum)
}

func (s *transformPass) subtract(sum, x reg.VecVirtual, constant string) {
	s.VFNMADD231PS(s.k[constant], x, sum)
}

// pair puts even + odd·constant as element i and even − odd·constant as the next.
func (s *transformPass) pair(to put, i int, even, odd reg.VecVirtual, constant string) {
	plus := s.copy(even)
	s.add(plus, odd, constant)
	to(i, plus)
	s.subtract(even, odd, constant)
	to(i+1, even)
}

// sumDifference returns the sum and the difference of x[i] and x[i+1]. It overwrites x[i].
func (s *transformPass) sumDifference(x []reg.VecVirtual, i int) (sum, difference reg.VecVirtual) {
	sum = s.isa.vec(s.Context)
	s.VADDPS(x[i+1], x[i], sum)
	s.VSUBPS(x[i+1], x[i], x[i])
	return sum, x[i]
}

// input is Bᵀ·d.
func (s *transformPass) input(d []reg.VecVirtual, to put) {
	first := s.copy(d[4])
	s.add(first, d[0], "aabb")
	s.subtract(first, d[2], "sum")
	to(0, first)
	s.add(d[5], d[1], "aabb")
	s.subtract(d[5], d[3], "sum")
	to(5, d[5])
	even, odd := s.copy(d[4]), s.copy(d[3])
	s.subtract(even, d[2], "bb")
	s.subtract(odd, d[1], "bb")
	s.pair(to, 1, even, odd, "a")
	s.subtract(d[4], d[2], "aa")
	s.subtract(d[3], d[1], "aa")
	s.pair(to, 3, d[4], d[3], "b")
}

// kernel is G·g.
func (s *transformPass) kernel(g []reg.VecVirtual, to put) {
	to(0, s.product(g[0], "scale0"))
	even := s.product(g[0], "scaleA")
	s.add(even, g[2], "aaScaleA")
	s.pair(to, 1, even, g[1], "aScaleA")
	even = s.product(g[0], "scaleB")
	s.add(even, g[2], "bbScaleB")
	s.pair(to, 3, even, g[1], "bScaleB")
	to(5, g[2])
}

// output is Aᵀ·m.
func (s *transformPass) output(m []reg.VecVirtual, to put) {
	sumA, differenceA := s.sumDifference(m, 1)
	sumB, differenceB := s.sumDifference(m, 3)
	s.VADDPS(sumA, m[0], m[0])
	s.VADDPS(sumB, m[0], m[0])
	to(0, m[0])
	s.add(m[5], differenceA, "aaa")
	s.add(m[5], differenceB, "bbb")
	to(3, m[5])
	second := s.product(differenceA, "a")
	s.add(second, differenceB, "b")
	to(1, second)
	third := s.product(sumA, "aa")
	s.add(third, sumB, "bb")
	to(2, third)
}

// outputGradient is A·y.
func (s *transformPass) outputGradient(y []reg.VecVirtual, to put) {
	to(0, y[0])
	to(5, y[3])
	even, odd := s.copy(y[0]), s.copy(y[1])
	s.add(even, y[2], "aa")
	s.add(odd, y[3], "aa")
	s.pair(to, 1, even, odd, "a")
	s.add(y[0], y[2], "bb")
	s.add(y[1], y[3], "bb")
	s.pair(to, 3, y[0], y[1], "b")
}

// kernelGradient is Gᵀ·u.
func (s *transformPass) kernelGradient(u []reg.VecVirtual, to put) {
	sumA, differenceA := s.sumDifference(u, 1)
	sumB, differenceB := s.sumDifference(u, 3)
	first := s.product(u[0], "scale0")
	s.add(first, sumA, "scaleA")
	s.add(first, sumB, "scaleB")
	to(0, first)
	second := s.product(differenceA, "aScaleA")
	s.add(second, differenceB, "bScaleB")
	to(1, second)
	s.add(u[5], sumA, "aaScaleA")
	s.add(u[5], sumB, "bbScaleB")
	to(2, u[5])
}
