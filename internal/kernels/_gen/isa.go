package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// isa is an instruction set that kernels are generated for.
type isa struct {
	name    string // suffix of the functions' names
	lanes   int    // float32 elements of a vector
	opmasks bool   // masks are in registers of their own
}

var (
	avx2   = isa{"AVX2", 8, false}
	avx512 = isa{"AVX512", 16, true}
	isas   = []isa{avx2, avx512}

	avx512Half = isa{"AVX512", 8, true} // has twice the loads of AVX-512 in a cycle, and 32 registers
)

// bytes is the size of a vector.
func (v isa) bytes() int { return 4 * v.lanes }

// vec allocates a vector register.
func (v isa) vec(c *build.Context) reg.VecVirtual { return vecOf(c, v.lanes) }

// vecOf allocates a register of 16, 8 or at most 4 lanes.
func vecOf(c *build.Context, lanes int) reg.VecVirtual {
	switch lanes {
	case 16:
		return c.ZMM()
	case 8:
		return c.YMM()
	}
	return c.XMM()
}

func (v isa) vecs(c *build.Context, n int) []reg.VecVirtual {
	r := make([]reg.VecVirtual, n)
	for i := range r {
		r[i] = v.vec(c)
	}
	return r
}

// zero sets r to 0.
func zero(c *build.Context, r reg.VecVirtual) {
	c.VXORPS(r, r, r)
}

// mask holds off the lanes of a vector past a tail's last element: lanes read as 0 and are not written.
type mask struct {
	k reg.OpmaskVirtual
	y reg.VecVirtual
}

// tailMask returns the mask of the first n lanes, 0 ≤ n ≤ lanes; n is overwritten.
func (v isa) tailMask(c *build.Context, n reg.GPVirtual) *mask {
	if v.opmasks {
		m := &mask{k: c.K()}
		ones := c.GP64()
		c.MOVQ(operand.I32(-1), ones)
		c.BZHIQ(n, ones, ones)
		c.KMOVW(ones.As32(), m.k)
		return m
	}
	m := &mask{y: c.YMM()}
	table := c.GP64()
	c.LEAQ(maskTable(c), table)
	c.NEGQ(n)
	c.VMOVDQU(operand.Mem{Base: table, Index: n, Scale: 4, Disp: 4 * v.lanes}, m.y)
	return m
}

// maskTable returns 8 elements of ones and then 8 of zeros.
func maskTable(c *build.Context) operand.Mem {
	t, ok := maskTables[c]
	if !ok {
		t = c.StaticGlobal("tailMasks")
		c.DataAttributes(attr.RODATA | attr.NOPTR)
		for i := range 16 {
			ones := uint32(0xffffffff)
			if i >= 8 {
				ones = 0
			}
			c.AppendDatum(operand.U32(ones))
		}
		maskTables[c] = t
	}
	return t
}

var maskTables = map[*build.Context]operand.Mem{}

// load reads a vector, masked unless m is nil.
func (v isa) load(c *build.Context, from operand.Mem, to reg.VecVirtual, m *mask) {
	switch {
	case m == nil:
		c.VMOVUPS(from, to)
	case v.opmasks:
		c.VMOVUPS_Z(from, m.k, to)
	default:
		c.VMASKMOVPS(from, m.y, to)
	}
}

// store writes a vector, masked unless m is nil.
func (v isa) store(c *build.Context, from reg.VecVirtual, to operand.Mem, m *mask) {
	switch {
	case m == nil:
		c.VMOVUPS(from, to)
	case v.opmasks:
		c.VMOVUPS(from, m.k, to)
	default:
		c.VMASKMOVPS(from, m.y, to)
	}
}

// keep sets x to 0 in the lanes where comparing a with b is false. It may overwrite scratch, which may be a or b.
func (v isa) keep(c *build.Context, comparison operand.U8, b, a, scratch, x reg.VecVirtual) {
	if v.opmasks {
		k := c.K()
		c.VCMPPS(comparison, b, a, k)
		c.VMOVAPS_Z(x, k, x)
		return
	}
	c.VCMPPS(comparison, b, a, scratch)
	c.VANDPS(scratch, x, x)
}

// rowsOf addresses up to 6 rows of a matrix with three registers: base, stride and base + 3·stride.
type rowsOf struct{ base, third, stride reg.GPVirtual }

// row addresses row i at a displacement in bytes.
func (r rowsOf) row(i, disp int) operand.Mem {
	base := r.base
	if i >= 3 {
		base, i = r.third, i-3
	}
	m := operand.Mem{Base: base, Disp: disp}
	if i > 0 {
		m.Index, m.Scale = r.stride, uint8(i)
	}
	return m
}

// function begins the function of a name, with its parameters in parentheses and its comment.
func function(c *build.Context, name, parameters, doc string) {
	c.Function(name)
	c.SignatureExpr("func" + parameters)
	c.Attributes(attr.NOSPLIT)
	c.Doc(name + " " + doc)
	c.Pragma("noescape")
}

// params loads the parameters of a function into registers by name.
func params(c *build.Context, names ...string) map[string]reg.GPVirtual {
	p := map[string]reg.GPVirtual{}
	for _, name := range names {
		p[name] = param(c, name)
	}
	return p
}

// param loads a parameter into a register.
func param(c *build.Context, name string) reg.GPVirtual {
	return c.Load(c.Param(name), c.GP64()).(reg.GPVirtual)
}

// address returns where a parameter lies.
func address(c *build.Context, name string) operand.Mem {
	p, err := c.Param(name).Resolve()
	if err != nil {
		panic(err) // no such parameter
	}
	return p.Addr
}

// constants are the numbers that the functions of a family use with one instruction set.
type constants struct {
	*build.Context
	isa isa
	mem map[string]operand.Mem
}

// constant loads a number into every lane.
func (c *constants) constant(name string, x float32) reg.VecVirtual {
	name += c.isa.name
	if _, ok := c.mem[name]; !ok {
		c.mem[name] = c.ConstData(name, operand.F32(x))
	}
	return c.everywhere(name)
}

// bits loads 32 bits into every lane.
func (c *constants) bits(name string, x uint32) reg.VecVirtual {
	name += c.isa.name
	if _, ok := c.mem[name]; !ok {
		c.mem[name] = c.ConstData(name, operand.U32(x))
	}
	return c.everywhere(name)
}

// everywhere loads a constant into every lane.
func (c *constants) everywhere(name string) reg.VecVirtual {
	r := c.isa.vec(c.Context)
	c.VBROADCASTSS(c.mem[name], r)
	return r
}

// count returns "1 row" or "2 rows".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
