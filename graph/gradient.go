package graph

import (
	"fmt"

	"gorgonia.org/gorgonia"
)

// Gradient is a trainable parameter with the gradient that one program computes for it. It is the gorgonia.ValueGrad
// that solvers take.
type Gradient struct {
	param *Param
	result
}

// Param returns the parameter.
func (g *Gradient) Param() *Param { return g.param }

// Value returns the parameter's tensor.
func (g *Gradient) Value() gorgonia.Value { return g.param.value }

// Grad returns ∂loss/∂parameter, of the parameter's shape. The program's next Run overwrites it. Before the first Run
// there is none, which is an error.
func (g *Gradient) Grad() (gorgonia.Value, error) {
	if g.value == nil {
		return nil, fmt.Errorf("graph: %s has no gradient before the first run", g.param.name)
	}
	return g.value, nil
}
