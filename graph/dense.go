package graph

import (
	"fmt"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/internal/kernels"
)

// newDense returns a tensor of zeros; for the scalar shape, a Gorgonia scalar.
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

// dense is a value that is no scalar. A view that a stock op made is copied into row-major order.
func dense(v gorgonia.Value) *tensor.Dense {
	d := v.(*tensor.Dense)
	if d.RequiresIterator() {
		d = d.Materialize().(*tensor.Dense)
	}
	return d
}

// data is the memory of what dense returns.
func data[T kernels.Float](v gorgonia.Value) []T {
	d := dense(v)
	var zero T
	if _, ok := any(zero).(float32); ok {
		return any(d.Float32s()).([]T)
	}
	return any(d.Float64s()).([]T)
}

// scalar is the number in a Gorgonia scalar, or in a tensor of one element.
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

// setScalar writes to the scalar that an op owns.
func setScalar(v gorgonia.Value, x float64) {
	switch v := v.(type) {
	case *gorgonia.F32:
		*v = gorgonia.F32(x)
	case *gorgonia.F64:
		*v = gorgonia.F64(x)
	}
}
