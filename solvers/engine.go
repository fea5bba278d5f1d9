package solvers

import (
	"fmt"
	"math"
	"slices"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// engine is the Solver that runs every algorithm of this package, on parameters of type T.
type engine[T kernels.Float] struct {
	tuning  Tuning
	groups  []group
	slots   []*slot[T] // in the model's order
	byParam map[*graph.Param]*slot[T]

	// A step makes passes over all tensors, cut into parts that several processors share.
	parts         []part[T]
	square        *parallel.Work // Σg² of each part
	first, second *parallel.Work // second is nil unless the rules are twoPass
	scale, clip   float64        // of the gradients, in this step
}

// group is what the parameters of a group share.
type group struct {
	algorithm      Algorithm
	traits         Traits // of algorithm
	rate, momentum float64
}

// slot is a parameter with all that the engine keeps for it.
type slot[T kernels.Float] struct {
	plan
	want    Buffers // as if there were momentum
	rule    Rule[T]
	twoPass twoPass[T] // rule, or nil
	limited limited[T] // rule, or nil
	state   State[T]
	steps   int64

	// In this step:
	bound bool // it takes part
	w, g  []T
	hyper Hyper
}

// newEngine returns an engine whose groups have these algorithms. It has no state until begin makes it.
func newEngine[T kernels.Float](algorithms []Algorithm, plans []plan, tuning Tuning) (*engine[T], error) {
	e := &engine[T]{tuning: tuning, byParam: make(map[*graph.Param]*slot[T])}
	for i, a := range algorithms {
		g := group{algorithm: a, traits: a.Traits()}
		g.rate, g.momentum = g.traits.LR+0, g.traits.Momentum
		if i > 0 {
			g.rate *= or(tuning.Groups[i-1].LR, 1)
		}
		e.groups = append(e.groups, g)
	}
	for _, p := range plans {
		g, shape := e.groups[p.group], p.param.Value().Shape()
		if err := fits[T](g.algorithm, p.param); err != nil {
			return nil, err
		}
		sl := &slot[T]{plan: p, rule: ruleOf[T](g.algorithm), want: g.algorithm.Buffers(1, shape)}
		sl.twoPass, _ = sl.rule.(twoPass[T])
		sl.limited, _ = sl.rule.(limited[T])
		e.slots = append(e.slots, sl)
		e.byParam[p.param] = sl
	}
	return e, nil
}

// lacks reports whether sl is to have buffer i, which is b, and does not have it yet.
func (sl *slot[T]) lacks(i int, b Buffer) bool {
	return b.Name != "" && sl.state[i] == nil && !sl.frozen
}

// grow makes the buffers that sl does not have yet.
func (sl *slot[T]) grow(want Buffers) {
	for i, b := range want {
		if sl.lacks(i, b) {
			sl.state[i] = slices.Repeat([]T{narrow[T](b.Fill)}, size(sl.shapeOf(i)))
		}
	}
}

// shapeOf returns the shape of buffer i.
func (sl *slot[T]) shapeOf(i int) []int {
	if s := sl.want[i].Shape; s != nil {
		return s
	}
	return slices.Clone(sl.param.Value().Shape())
}

// size returns the number of elements of a tensor of that shape.
func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// Step moves the parameters of model.
func (e *engine[T]) Step(model []gorgonia.ValueGrad) error {
	for _, sl := range e.slots {
		sl.bound = false
	}
	for _, vg := range model {
		if err := e.bind(vg); err != nil {
			return fmt.Errorf("solvers: step: %w", err)
		}
	}
	e.limit()
	for _, sl := range e.slots {
		if sl.bound {
			sl.steps++
			g := e.groups[sl.group]
			sl.hyper = Hyper{sl.steps, g.rate * sl.layer, g.momentum, sl.weightDecay, sl.l1}
			sl.rule.Prepare(&sl.hyper)
		}
	}
	e.first.Run(len(e.parts))
	if e.second != nil {
		for _, sl := range e.slots {
			if sl.bound && sl.twoPass != nil {
				sl.twoPass.between()
			}
		}
		e.second.Run(len(e.parts))
	}
	return nil
}

// bind finds the memory of a parameter and of its gradient.
func (e *engine[T]) bind(vg gorgonia.ValueGrad) error {
	param, g, err := unpack(vg)
	if err != nil {
		return err
	}
	sl := e.byParam[param]
	if sl == nil {
		return fmt.Errorf("%s is not a parameter of this solver", param.Name())
	}
	if sl.bound {
		return fmt.Errorf("%s has two gradients", param.Name())
	}
	if sl.frozen {
		return nil
	}
	sl.bound, sl.w, sl.g = true, graph.Floats[T](param.Value()), graph.Floats[T](g)
	return nil
}

// unpack returns the parameter and the gradient that vg pairs, of one shape and type.
func unpack(vg gorgonia.ValueGrad) (*graph.Param, *tensor.Dense, error) {
	of, ok := vg.(interface{ Param() *graph.Param })
	if !ok {
		return nil, nil, fmt.Errorf("a %T does not tell its parameter: want a *graph.Gradient", vg)
	}
	param := of.Param()
	value, err := vg.Grad()
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", param.Name(), err)
	}
	g, _ := value.(*tensor.Dense)
	if g == nil {
		return nil, nil, fmt.Errorf("%s has no gradient: want a *tensor.Dense, got %T", param.Name(), value)
	}
	if w := param.Value(); !g.Shape().Eq(w.Shape()) || g.Dtype() != w.Dtype() {
		return nil, nil, fmt.Errorf("%s is %v of %v, its gradient %v of %v",
			param.Name(), w.Shape(), w.Dtype(), g.Shape(), g.Dtype())
	}
	return param, g, nil
}

// limit decides how this step's gradients are clipped and scaled. ClipNorm works as PyTorch's clip_grad_norm_: the norm
// is the root of the sum of all squares, and gradients are multiplied by max_norm/(norm + 1e-6) if that is less than 1.
func (e *engine[T]) limit() {
	e.scale, e.clip = 1, math.Inf(1)
	if e.tuning.ClipValue > 0 {
		e.clip = e.tuning.ClipValue
	}
	if e.tuning.ClipNorm > 0 {
		e.square.Run(len(e.parts))
		var sum float64
		for i := range e.parts {
			if p := &e.parts[i]; p.slot.bound {
				sum += p.squares
			}
		}
		e.scale = min(1, e.tuning.ClipNorm/(math.Sqrt(sum)+1e-6))
	}
}
