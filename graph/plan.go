package graph

import (
	"errors"
	"fmt"
	"unsafe"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Float is a type of elements.
type Float interface{ float32 | float64 }

// Plan computes an op on slices, again and again. It owns its scratch memory and what a forward pass leaves for its
// backward pass. A run should allocate nothing and give the same bits for any number of processors.
type Plan[T Float] struct {
	// Forward writes all of c.Y.
	Forward func(c *Call[T]) error
	// Backward writes all of each c.DX that is not nil, after a Forward on the same inputs. nil means that there is no
	// gradient. A parameter above such an op is an error.
	Backward func(c *Call[T]) error
	// Statistics returns the mean and the biased variance of each channel in the last Forward, for
	// Watched.Statistics. nil means that there are none.
	Statistics func() (mean, variance []float64)
}

// Call is one run of a plan. Tensors are flat, in row-major order; a scalar is a slice of one number.
type Call[T Float] struct {
	Y    []T       // the result; in Backward nil if Op.Reads leaves it out
	X    [][]T     // the inputs, nil for those of integers and, in Backward, for those that Op.Reads leaves out
	Ints [][]int32 // the inputs of integers, nil for the others
	DY   []T       // ∂loss/∂Y; Backward only
	DX   [][]T     // ∂loss/∂X, nil where nobody needs it; Backward only. None shares memory with DY

	more []T // with Op.sums, what Backward adds to DY, or nil
}

// bound is a plan with the calls of its op.
type bound[T Float] struct {
	make func() Plan[T]
	plan *Plan[T] // see get
	call Call[T]
}

// get returns the plan, which it makes when it is first needed. An op that no program runs never has any.
func (k *bound[T]) get() *Plan[T] {
	if k.plan == nil {
		made := k.make()
		k.plan = &made
	}
	return k.plan
}

// forward runs the op.
func (k *bound[T]) forward(out gorgonia.Value, in []gorgonia.Value) error {
	c := &k.call
	if c.X == nil {
		c.X, c.Ints = make([][]T, len(in)), make([][]int32, len(in))
	}
	var err error
	if c.Y, err = flat[T](out); err != nil {
		return err
	}
	for i, v := range in {
		if err := c.take(i, v); err != nil {
			return err
		}
	}
	return k.get().Forward(c)
}

// statistics returns what Plan.Statistics does.
func (k *bound[T]) statistics() (mean, variance []float64) {
	if of := k.get().Statistics; of != nil {
		return of()
	}
	return nil, nil
}

// take sets input i to v.
func (c *Call[T]) take(i int, v gorgonia.Value) (err error) {
	if v.Dtype() == tensor.Int32 {
		if _, ok := v.(*tensor.Dense); !ok {
			return fmt.Errorf("input %d is %v: want a tensor", i, v)
		}
		c.Ints[i] = dense(v).Int32s()
		return nil
	}
	c.X[i], err = flat[T](v)
	return err
}

// flat returns the numbers of v, as Floats does, also if v is a scalar.
func flat[T Float](v gorgonia.Value) ([]T, error) {
	switch v := v.(type) {
	case *tensor.Dense:
		return Floats[T](v), nil
	case *gorgonia.F32:
		if p, ok := any((*float32)(v)).(*T); ok {
			return unsafe.Slice(p, 1), nil
		}
	case *gorgonia.F64:
		if p, ok := any((*float64)(v)).(*T); ok {
			return unsafe.Slice(p, 1), nil
		}
	}
	return nil, errors.New("want a tensor or a scalar of the parameters' type")
}
