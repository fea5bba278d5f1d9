package safetensors

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Float32 returns an F32 tensor with a copy of v.
func Float32(name string, shape []int, v []float32) Tensor {
	data := make([]byte, 0, 4*len(v))
	for _, x := range v {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(x))
	}
	return Tensor{name, F32, shape, data}
}

// Float64 returns an F64 tensor with a copy of v.
func Float64(name string, shape []int, v []float64) Tensor {
	data := make([]byte, 0, 8*len(v))
	for _, x := range v {
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(x))
	}
	return Tensor{name, F64, shape, data}
}

// Int64 returns an I64 tensor with a copy of v.
func Int64(name string, shape []int, v []int64) Tensor {
	data := make([]byte, 0, 8*len(v))
	for _, x := range v {
		data = binary.LittleEndian.AppendUint64(data, uint64(x))
	}
	return Tensor{name, I64, shape, data}
}

// Float32s returns the elements of a tensor of any Numeric type as float32. Those of F32 keep every bit; others are
// rounded to the nearest. A finite element beyond the range of float32 is an error.
func (t Tensor) Float32s() ([]float32, error) {
	if err := t.numbers(); err != nil {
		return nil, err
	}
	v := make([]float32, len(t.Data)/t.DType.Size())
	if t.DType == F32 {
		for i := range v {
			v[i] = math.Float32frombits(binary.LittleEndian.Uint32(t.Data[4*i:]))
		}
		return v, nil
	}
	for i := range v {
		x := t.float(i)
		v[i] = float32(x)
		if math.IsInf(float64(v[i]), 0) && !math.IsInf(x, 0) {
			return nil, fmt.Errorf("tensor %q: element %d: got %v, want a number that float32 can hold", t.Name, i, x)
		}
	}
	return v, nil
}

// Float64s returns the elements of a tensor of any Numeric type as float64. They are exact except for integers beyond
// 2^53, which are rounded to the nearest.
func (t Tensor) Float64s() ([]float64, error) {
	if err := t.numbers(); err != nil {
		return nil, err
	}
	v := make([]float64, len(t.Data)/t.DType.Size())
	for i := range v {
		v[i] = t.float(i)
	}
	return v, nil
}

// Int64s returns the elements of an I64 tensor.
func (t Tensor) Int64s() ([]int64, error) {
	if err := t.check(); err != nil {
		return nil, fmt.Errorf("tensor %q: %w", t.Name, err)
	}
	if t.DType != I64 {
		return nil, fmt.Errorf("tensor %q: dtype: got %s, want I64", t.Name, t.DType)
	}
	v := make([]int64, len(t.Data)/8)
	for i := range v {
		v[i] = int64(binary.LittleEndian.Uint64(t.Data[8*i:]))
	}
	return v, nil
}

// numbers returns an error if t is not as check wants it, or its elements are no numbers.
func (t Tensor) numbers() error {
	err := t.check()
	if err == nil && !t.DType.Numeric() {
		err = fmt.Errorf("dtype: got %s, want one whose numbers are read, such as F32", t.DType)
	}
	if err != nil {
		return fmt.Errorf("tensor %q: %w", t.Name, err)
	}
	return nil
}

// float returns element i.
func (t Tensor) float(i int) float64 {
	b := t.Data[i*t.DType.Size():]
	switch t.DType {
	case Bool, U8:
		return float64(b[0])
	case I8:
		return float64(int8(b[0]))
	case U16:
		return float64(binary.LittleEndian.Uint16(b))
	case I16:
		return float64(int16(binary.LittleEndian.Uint16(b)))
	case F8E4M3, F8E5M2, F8E4M3FNUZ, F8E5M2FNUZ, F8E8M0:
		return eighth(t.DType, b[0])
	case F16:
		return half(binary.LittleEndian.Uint16(b))
	case BF16:
		return float64(math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16))
	case U32:
		return float64(binary.LittleEndian.Uint32(b))
	case I32:
		return float64(int32(binary.LittleEndian.Uint32(b)))
	case F32:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	case U64:
		return float64(binary.LittleEndian.Uint64(b))
	case I64:
		return float64(int64(binary.LittleEndian.Uint64(b)))
	default: // F64
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
}

// half returns the value of an IEEE 754 binary16 number.
func half(b uint16) float64 { return small(b, 5, 10) }
