package safetensors

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// DType is the type of a tensor's elements.
type DType string

// The element types whose numbers are read.
const (
	Bool DType = "BOOL"
	U8   DType = "U8"
	I8   DType = "I8"
	I16  DType = "I16"
	U16  DType = "U16"
	F16  DType = "F16"
	BF16 DType = "BF16"
	I32  DType = "I32"
	U32  DType = "U32"
	F32  DType = "F32"
	F64  DType = "F64"
	I64  DType = "I64"
	U64  DType = "U64"

	// The numbers of 8 bits are named for their bits of exponent and mantissa. E4M3 is PyTorch's float8_e4m3fn.
	F8E4M3     DType = "F8_E4M3"
	F8E5M2     DType = "F8_E5M2"
	F8E4M3FNUZ DType = "F8_E4M3FNUZ"
	F8E5M2FNUZ DType = "F8_E5M2FNUZ"
	F8E8M0     DType = "F8_E8M0" // a power of two
)

// The element types of the format whose numbers are not read: a file with such tensors is, and they keep their bytes.
const (
	C64    DType = "C64" // a complex number, two F32
	F6E2M3 DType = "F6_E2M3"
	F6E3M2 DType = "F6_E3M2"
	F4     DType = "F4"
)

// dtypes lists the types of whole bytes that came with the format, larger elements first.
var dtypes = []DType{F64, I64, U64, F32, I32, U32, BF16, F16, I16, U16, Bool, I8, U8}

// later lists the types that the format got since.
var later = []DType{C64, F8E4M3, F8E5M2, F8E4M3FNUZ, F8E5M2FNUZ, F8E8M0, F6E2M3, F6E3M2, F4}

// Size returns the number of bytes per element, 0 for a type that has no whole number of them or is not one of the
// above.
func (d DType) Size() int { return d.bits() / 8 }

// Numeric reports whether the elements are numbers that are read. Others are complex, or packed.
func (d DType) Numeric() bool {
	switch d {
	case C64, F6E2M3, F6E3M2, F4:
		return false
	}
	return d.bits() > 0
}

// bits returns the number of bits per element, 0 for a type that is not one of the above.
func (d DType) bits() int {
	switch d {
	case F4:
		return 4
	case F6E2M3, F6E3M2:
		return 6
	case Bool, U8, I8, F8E4M3, F8E5M2, F8E4M3FNUZ, F8E5M2FNUZ, F8E8M0:
		return 8
	case I16, U16, F16, BF16:
		return 16
	case I32, U32, F32:
		return 32
	case F64, I64, U64, C64:
		return 64
	}
	return 0
}

// byteSize returns the number of bytes of a tensor.
func byteSize(d DType, shape []int) (int, error) {
	bits := d.bits()
	if bits == 0 {
		return 0, fmt.Errorf("dtype: got %q, want one of %s", d, strings.Trim(fmt.Sprint(slices.Concat(dtypes, later)), "[]"))
	}
	for _, n := range shape {
		if n < 0 {
			return 0, fmt.Errorf("shape: got %v, want no negative dimension", shape)
		}
	}
	if slices.Contains(shape, 0) {
		return 0, nil
	}
	size, unit := bits/8, 1 // units of one byte
	if bits%8 != 0 {
		size, unit = bits, 8
	}
	for _, n := range shape {
		if n > math.MaxInt/size {
			return 0, fmt.Errorf("shape: got %v, want fewer than 2^63 bytes", shape)
		}
		size *= n
	}
	if size%unit != 0 {
		return 0, fmt.Errorf("shape: got %v of %d bits each, want a whole number of bytes", shape, bits)
	}
	return size / unit, nil
}

// small returns the value of a number of at most 16 bits: a sign, bits of exponent, bits of fraction. The largest
// exponent stands for infinity and NaN, as in IEEE 754.
func small(b uint16, exponentBits, fractionBits int) float64 {
	last, bias := 1<<exponentBits-1, 1<<(exponentBits-1)-1
	if e := int(b>>fractionBits) & last; e == last {
		x := math.Inf(1)
		if b&(1<<fractionBits-1) != 0 {
			x = math.NaN()
		}
		return signed(b, exponentBits+fractionBits, x)
	}
	return finite(b, exponentBits, fractionBits, bias)
}

// finite returns the value of a number as small does, where every exponent stands for finite numbers.
func finite(b uint16, exponentBits, fractionBits, bias int) float64 {
	exponent := int(b>>fractionBits) & (1<<exponentBits - 1)
	fraction := int(b) & (1<<fractionBits - 1)
	if exponent > 0 {
		fraction += 1 << fractionBits
		exponent--
	}
	return signed(b, exponentBits+fractionBits, math.Ldexp(float64(fraction), exponent+1-bias-fractionBits))
}

// signed returns −x if bit number sign of b is set, and x otherwise.
func signed(b uint16, sign int, x float64) float64 {
	if b>>sign&1 == 1 {
		return -x
	}
	return x
}

// eighth returns the value of a number of 8 bits.
func eighth(d DType, b byte) float64 {
	switch {
	case d == F8E8M0 && b == 255, d == F8E4M3 && b&127 == 127,
		(d == F8E4M3FNUZ || d == F8E5M2FNUZ) && b == 128:
		return math.NaN()
	case d == F8E8M0:
		return math.Ldexp(1, int(b)-127)
	case d == F8E4M3:
		return finite(uint16(b), 4, 3, 7)
	case d == F8E4M3FNUZ:
		return finite(uint16(b), 4, 3, 8)
	case d == F8E5M2FNUZ:
		return finite(uint16(b), 5, 2, 16)
	default: // F8E5M2
		return small(uint16(b), 5, 2)
	}
}
