package graph

import (
	"fmt"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/internal/kernels"
)

// newDense returns a tensor of zeros, or a Gorgonia scalar if shape is the scalar shape.
func newDense[T kernels.Float](shape tensor.Shape) gorgonia.Value {
	var zero T
	if !shape.IsScalar() {
		return tensor.New(tensor.WithShape(shape.Clone()...), tensor.WithBacking(make([]T, shape.TotalSize())))
	}
	if _, ok := any(zero).(float32); ok {
		return gorgonia.NewF32(0)
	}
	return gorgonia.NewF64(0)
}

// dense returns v, which must not be a scalar, as a *tensor.Dense. A view that a stock op made is copied to row-major
// order.
func dense(v gorgonia.Value) *tensor.Dense {
	d := v.(*tensor.Dense)
	if d.RequiresIterator() {
		d = d.Materialize().(*tensor.Dense)
	}
	return d
}

// Floats returns the elements of a tensor of Ts in row-major order: its own memory, or a copy if v is a view that is
// laid out otherwise. It panics if v is a scalar or has another type of elements.
func Floats[T float32 | float64](v gorgonia.Value) []T {
	d := dense(v)
	var zero T
	if _, ok := any(zero).(float32); ok {
		return any(d.Float32s()).([]T)
	}
	return any(d.Float64s()).([]T)
}

// Float64s returns what Floats does, converted to float64 if the elements are of type float32. It returns nil for a
// tensor of another type.
func Float64s(v gorgonia.Value) []float64 {
	switch v.Dtype() {
	case tensor.Float64:
		return Floats[float64](v)
	case tensor.Float32:
		narrow := Floats[float32](v)
		wide := make([]float64, len(narrow))
		for i, x := range narrow {
			wide[i] = float64(x)
		}
		return wide
	}
	return nil
}

// scalar returns the number in a Gorgonia scalar, or in a tensor of one element.
func scalar(v gorgonia.Value) (float64, error) {
	switch v := v.Data().(type) {
	case float32:
		return float64(v), nil
	case float64:
		return v, nil
	case []float32:
		if len(v) == 1 {
			return float64(v[0]), nil
		}
	case []float64:
		if len(v) == 1 {
			return v[0], nil
		}
	}
	return 0, fmt.Errorf("want a scalar, got %v", v.Shape())
}

// setScalar sets the scalar that an op owns to x.
func setScalar(v gorgonia.Value, x float64) {
	switch v := v.(type) {
	case *gorgonia.F32:
		*v = gorgonia.F32(x)
	case *gorgonia.F64:
		*v = gorgonia.F64(x)
	}
}
