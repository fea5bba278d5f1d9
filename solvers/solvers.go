// Package solvers moves a model's parameters against their gradients.
//
// An Algorithm is a plain value: one of your own, or one such as an SGD or an Adam, which Parse reads as PyTorch's
// users write it:
//
//	SGD(lr=0.1, momentum=0.9)
//
// New makes a Solver of it for a model's parameters, which can treat groups of them differently and keeps its state by
// their names. Its rates are set from outside before each step. Stock is one of Gorgonia's own solvers.
//
// One step is, for each parameter w with gradient g:
//
//	g = clipped and scaled, as Tuning says
//	g = g + weight_decay·w + l1·sign(w)           coupled: all except AdamW, Lion, LAMB and LARS
//	w = w − lr·(weight_decay·w + l1·sign(w))      decoupled: AdamW and Lion; LAMB and LARS have it inside their update
//	w = w − lr·(what the algorithm makes of g)
//
// The arithmetic is that of the parameters' type, float32 or float64, in PyTorch's order; scalars are computed in
// float64. Nothing here looks for NaN and Inf: whoever calls Step does.
package solvers

import (
	"fmt"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/internal/spec"
)

// Solver steps a model's parameters. It is not safe for concurrent use.
type Solver interface {
	// A gorgonia.Solver's Step(model []gorgonia.ValueGrad) moves each parameter that has an element in model: a
	// *graph.Gradient, or another ValueGrad with a method Param() *graph.Param. A parameter without an element is left
	// alone, state and all, as PyTorch leaves one whose gradient is None. A Step of New's solvers moves nothing if it
	// returns an error, leaves the gradients as they are, and allocates nothing.
	gorgonia.Solver

	// Rates returns each group's learning rate: first that of the parameters in no group of Tuning's, then its Groups
	// in order.
	Rates() []float64
	// SetRate sets a group's learning rate, at least 0, from the next step on.
	SetRate(group int, lr float64) error
	// SetMomentum sets a group's momentum from the next step on: SGD's and RMSprop's momentum, at least 0, or the first
	// of betas, in [0, 1). Other algorithms have none, and return an error.
	SetMomentum(group int, momentum float64) error
	// RateOf returns the rate that the named parameter really has: its group's times its layer's share, and 0 if it is
	// frozen or unknown.
	RateOf(name string) float64
	// State returns a copy of everything that the solver remembers from step to step; rates and momentum are not in it.
	State() ([]Tensor, error)
	// Restore puts back a State of a solver with the same settings. When it returns an error nothing has changed.
	Restore(state []Tensor) error
}

// Tuning is everything about a solver except its algorithm. The zero value treats all parameters alike and clips
// nothing.
type Tuning struct {
	Groups []Group
	Freeze []string // patterns as in Group: these parameters are never touched
	// FreezeStats has patterns for BatchNorms that normalise by their running statistics in training, and hold them; see
	// graph.Config. New leaves that to whoever compiles the training program.
	FreezeStats []string

	LayerDecay float64 // a layer's rate is this share of the next layer's, 0 < LayerDecay ≤ 1; 0 stands for 1
	WeightOnly bool    // no penalties for biases and batch normalization's parameters, whatever their group says
	ClipValue  float64 // gradients are first clipped to ±ClipValue, element by element; > 0, or 0: they are not
	ClipNorm   float64 // then scaled down to have, all together, at most the norm ClipNorm; > 0, or 0: they are not
}

// New returns a solver for those of params that are trainable, at the algorithm's rate. The error names the setting,
// the pattern or the parameter that is wrong.
//
// LayerDecay numbers the layers, as graph.Param.Layer names them, in the order of params. The last layer keeps its
// rate. If there is no memory for the state, New returns an error and allocates none of it.
func New(algorithm Algorithm, params []*graph.Param, tuning Tuning) (Solver, error) {
	solver, err := planned(algorithm, params, tuning)
	if err != nil {
		return nil, err
	}
	if k, ok := solver.(keeper); ok {
		if err := k.begin(); err != nil {
			return nil, err
		}
	}
	return solver, nil
}

// planned returns New's solver before it has its state.
func planned(algorithm Algorithm, params []*graph.Param, tuning Tuning) (Solver, error) {
	if err := algorithm.Validate(); err != nil {
		return nil, fmt.Errorf("solvers: %w", err)
	}
	if err := tuning.validate(); err != nil {
		return nil, err
	}
	var trainable []*graph.Param
	for _, p := range params {
		if p.Trainable() {
			trainable = append(trainable, p)
		}
	}
	if len(trainable) == 0 {
		return nil, fmt.Errorf("solvers: there is no trainable parameter")
	}
	if s, ok := algorithm.(Stock); ok {
		return s.start(tuning)
	}
	algorithms, err := tuning.algorithms(algorithm)
	if err != nil {
		return nil, err
	}
	plans, err := tuning.plan(algorithms, trainable)
	if err != nil {
		return nil, err
	}
	first := trainable[0]
	for _, p := range trainable {
		if p.Value().Dtype() != first.Value().Dtype() {
			return nil, fmt.Errorf("solvers: %s is %v and %s is %v: want one type for all",
				first.Name(), first.Value().Dtype(), p.Name(), p.Value().Dtype())
		}
	}
	switch first.Value().Dtype() {
	case tensor.Float32:
		return newEngine[float32](algorithms, plans, tuning)
	case tensor.Float64:
		return newEngine[float64](algorithms, plans, tuning)
	}
	return nil, fmt.Errorf("solvers: %s is %v: want float32 or float64", first.Name(), first.Value().Dtype())
}

// validate checks the numbers; plan checks the patterns.
func (c Tuning) validate() error {
	for _, g := range c.Groups {
		if err := g.Validate(); err != nil {
			return err
		}
	}
	return spec.Validate("solvers",
		spec.Required("layer decay", &c.LayerDecay).Within(0, 1),
		spec.Required("clipping at the value", &c.ClipValue).AtLeast(0),
		spec.Required("clipping at the norm", &c.ClipNorm).AtLeast(0))
}
