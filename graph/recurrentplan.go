package graph

import (
	"fmt"

	"anneal/internal/kernels/recurrent"
)

// recurrentPlan runs one layer of a stack.
type recurrentPlan[T Float] struct {
	*recurrentLayer
	kernel  *recurrent.Layer[T]
	call    recurrent.Call[T]
	steps   []int32 // the lengths of the samples, if there are such
	dfinalC []T     // the gradient of the final cell states, if somebody uses them
	usedC   bool    // since the last Forward
}

// recurrentPlanOf returns the plan of l's op.
func recurrentPlanOf[T Float](l *recurrentLayer) Plan[T] {
	p := planOf[T](l)
	return Plan[T]{Forward: p.forward, Backward: p.backward}
}

// planOf returns l's plan in a type, which it makes on its first call.
func planOf[T Float](l *recurrentLayer) *recurrentPlan[T] {
	for i, p := range l.plans {
		if p, ok := p.(*recurrentPlan[T]); ok {
			return p
		}
		if p == nil {
			made := &recurrentPlan[T]{recurrentLayer: l, kernel: recurrent.New[T](l.Shape)}
			if l.lengths > 0 {
				made.steps = make([]int32, l.N)
			}
			l.plans[i] = made
			return made
		}
	}
	panic("graph: a third type of elements")
}

func (p *recurrentPlan[T]) forward(c *Call[T]) error {
	if p.lengths > 0 {
		if err := wholeNumbers(p.steps, c, p.lengths, "length", 1, p.T); err != nil {
			return err
		}
	}
	p.usedC = false
	p.take(c)
	p.call.Y = c.Y
	p.kernel.Forward(&p.call)
	p.call = recurrent.Call[T]{}
	return nil
}

func (p *recurrentPlan[T]) backward(c *Call[T]) error {
	p.take(c)
	call := &p.call
	call.Y, call.DY = c.Y, c.DY
	call.DX, call.DH, call.DC = c.DX[0], optional(c.DX, p.h), optional(c.DX, p.c)
	if p.usedC {
		call.DFinalC = p.dfinalC
	}
	for d := range p.directions {
		call.DWeights[d] = weightsOf(c.DX, p.at[d])
	}
	p.kernel.Backward(call)
	if lengths := optional(c.DX, p.lengths); lengths != nil {
		clear(lengths)
	}
	p.call = recurrent.Call[T]{}
	return nil
}

// take takes the op's inputs over into the kernel's call.
func (p *recurrentPlan[T]) take(c *Call[T]) {
	p.call = recurrent.Call[T]{
		X: c.X[0], H: optional(c.X, p.h), C: optional(c.X, p.c), Lengths: p.steps, Held: p.held, Momentum: 0.1,
	}
	for d := range p.directions {
		p.call.Weights[d] = weightsOf(c.X, p.at[d])
		if p.norm == recurrent.BatchNorm && (p.held || !p.b.still) {
			s := &p.call.Statistics[d]
			for i, m := range []*recurrent.Moments[T]{&s.Input, &s.State, &s.Cell} {
				mean, variance := p.statistics[d][2*i], p.statistics[d][2*i+1]
				if mean != nil {
					m.Mean, m.Var = Floats[T](mean.Value()), Floats[T](variance.Value())
				}
			}
		}
	}
}

// weightsOf returns a direction's weights, or their gradients.
func weightsOf[T Float](of [][]T, at weightPlaces) recurrent.Weights[T] {
	return recurrent.Weights[T]{
		Input: of[at.input], State: of[at.state],
		InputBias: optional(of, at.inputBias), StateBias: optional(of, at.stateBias),
		InputGain: optional(of, at.inputGain), StateGain: optional(of, at.stateGain),
		CellGain: optional(of, at.cellGain), CellShift: optional(of, at.cellShift),
	}
}

// optional returns the slice at a place after the first, or nil for place 0.
func optional[T Float](of [][]T, at int) []T {
	if at == 0 {
		return nil
	}
	return of[at]
}

// wholeNumbers sets to to the whole numbers of input i, integers or not, which must be from least to most. what names
// them in the error.
func wholeNumbers[T Float](to []int32, c *Call[T], i int, what string, least, most int) error {
	integers, floats := c.Ints[i], c.X[i]
	for at := range to {
		var v float64
		if integers != nil {
			v = float64(integers[at])
		} else {
			v = float64(floats[at])
		}
		if !(v >= float64(least) && v <= float64(most)) || v != float64(int32(v)) {
			return fmt.Errorf("%s %v at place %d: want a whole number from %d to %d", what, v, at, least, most)
		}
		to[at] = int32(v)
	}
	return nil
}
