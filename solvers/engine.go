package solvers

import (
	"fmt"
	"math"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// engine is the Solver that runs every algorithm of this package, on parameters of type T.
type engine[T kernels.Float] struct {
	settings Algorithm
	config   Tuning
	groups   []group
	slots    []*slot[T] // in the model's order
	byParam  map[*graph.Param]*slot[T]

	// A step sweeps over all tensors, cut into parts that several processors share.
	parts                 []part[T]
	squares, update, move *parallel.Work
	scale, clip           float64 // of the gradients, in this step
}

// group is what the parameters of a group share.
type group struct{ rate, momentum float64 }

// slot is a parameter with all that the engine keeps for it.
type slot[T kernels.Float] struct {
	plan
	rule  rule[T]
	state state[T]
	steps int64

	// Of this step:
	bound            bool // it takes part
	w, g             []T
	hyper            hyper
	weights, updates float64 // Σw² and Σu² for a layerwise rule
}

func newEngine[T kernels.Float](settings Algorithm, plans []plan, config Tuning) *engine[T] {
	e := &engine[T]{settings: settings, config: config, byParam: make(map[*graph.Param]*slot[T])}
	t := settings.traits()
	e.groups = append(e.groups, group{t.lr, t.momentum})
	for _, g := range config.Groups {
		e.groups = append(e.groups, group{t.lr * or(g.LR, 1), t.momentum})
	}
	for _, p := range plans {
		sl := &slot[T]{plan: p, rule: ruleOf[T](settings)}
		e.slots = append(e.slots, sl)
		e.byParam[p.param] = sl
		e.grow(sl, settings.buffers(t.momentum))
	}
	e.cut()
	return e
}

func ruleOf[T kernels.Float](settings Algorithm) rule[T] {
	r32, r64 := settings.rules()
	if r, ok := any(r32).(rule[T]); ok {
		return r
	}
	return any(r64).(rule[T])
}

// grow makes the buffers that sl does not have yet.
func (e *engine[T]) grow(sl *slot[T], want buffers) {
	for i, b := range want {
		if b.name == "" || sl.state[i] != nil || sl.frozen {
			continue
		}
		sl.state[i] = make([]T, sl.size(b.number))
		for j := range sl.state[i] {
			sl.state[i][j] = T(b.fill)
		}
	}
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
			sl.hyper = hyper{step: sl.steps, rate: g.rate * sl.layer, momentum: g.momentum, weightDecay: sl.weightDecay, l1: sl.l1}
			sl.rule.prepare(sl.hyper, &sl.state)
		}
	}
	e.update.Run(len(e.parts))
	if e.move != nil {
		e.measure()
		e.move.Run(len(e.parts))
	}
	return nil
}

// bind finds the memory of a parameter and its gradient.
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
		return nil, nil, fmt.Errorf("%s is %v of %v, its gradient %v of %v", param.Name(), w.Shape(), w.Dtype(), g.Shape(), g.Dtype())
	}
	return param, g, nil
}

// limit decides how this step's gradients are clipped and scaled. The norm is PyTorch's clip_grad_norm_: the root of the sum of all
// squares, and gradients are multiplied by max_norm/(norm + 1e-6) if that is less than 1.
func (e *engine[T]) limit() {
	e.scale, e.clip = 1, math.Inf(1)
	if e.config.ClipValue > 0 {
		e.clip = e.config.ClipValue
	}
	if e.config.ClipNorm > 0 {
		e.squares.Run(len(e.parts))
		var sum float64
		for i := range e.parts {
			if p := &e.parts[i]; p.slot.bound {
				sum += p.first
			}
		}
		e.scale = min(1, e.config.ClipNorm/(math.Sqrt(sum)+1e-6))
	}
}
