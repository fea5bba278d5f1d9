package graph

import (
	"fmt"
	"math"
	"slices"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// checkShape returns an error for an input shape without a batch size, with a size below 1, or with too many elements.
func checkShape(shape tensor.Shape) error {
	if len(shape) < 2 || slices.Min(shape) < 1 {
		return fmt.Errorf("graph: input shape %v: want the batch size first and every size at least 1", shape)
	}
	size := 1.0
	for _, n := range shape {
		size *= float64(n)
	}
	if size > math.MaxInt32 {
		return fmt.Errorf("graph: input shape %v: want at most %d numbers in it", shape, math.MaxInt32)
	}
	return nil
}

// input returns the node of x. It has no value until its model is drawn and known to fit into memory.
func input(b *Builder, shape tensor.Shape) *Node {
	return gorgonia.NewTensor(b.g, b.params.dtype, shape.Dims(), gorgonia.WithShape(shape...),
		gorgonia.WithName(inputName))
}

// giveInput gives the input a value of its own, unless it has one. Run binds others.
func (p *Program) giveInput(b *Builder) error {
	if p.x.Op() != nil || p.x.Value() != nil {
		return nil
	}
	value := newDense[float32]
	if b.params.dtype == tensor.Float64 {
		value = newDense[float64]
	}
	return gorgonia.Let(p.x, value(p.x.Shape()))
}
