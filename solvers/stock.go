package solvers

import (
	"errors"
	"fmt"
	"slices"

	"gorgonia.org/gorgonia"

	"anneal/graph"
	"anneal/internal/spec"
)

// ErrNoState is the error of a Solver whose State cannot be read.
var ErrNoState = errors.New("the state cannot be read: use a solver of package solvers")

// Stock is one of Gorgonia's own solvers: a *VanillaSolver, *Momentum, *AdamSolver or *RMSPropSolver. Validate refuses
// others: AdaGradSolver ignores every rate except 0.001, BarzilaiBorweinSolver computes its own, AdamW never changes a
// weight, and the rate of a solver from elsewhere cannot be set.
//
// SetRate sets the rate of any of them, SetMomentum the momentum of a Momentum and the Beta1 of an AdamSolver.
// Gorgonia's solvers have one rate and treat all parameters alike, so they need the zero Tuning; their clipping and
// penalties are options of theirs.
//
// They differ from this package's in more than that: a Momentum keeps old rates in its velocity, a step overwrites the
// gradients with zeros, allocates, and has moved some parameters when it fails. They know parameters by position, so
// every step needs the same ones in the same order. Their state can be neither read nor restored: State returns
// ErrNoState.
type Stock struct {
	Solver gorgonia.Solver
	LR     float64 // at least 0: the rate from the first step on, whatever Solver was made with
}

// String describes the solver. Parse does not read it.
func (s Stock) String() string { return fmt.Sprintf("%T(lr=%v)", s.Solver, s.LR) }

// Validate returns an error if the solver cannot be used, or its rate is out of range.
func (s Stock) Validate() error {
	switch s.Solver.(type) {
	case *gorgonia.VanillaSolver, *gorgonia.Momentum, *gorgonia.AdamSolver, *gorgonia.RMSPropSolver:
	case *gorgonia.AdaGradSolver:
		return errors.New("gorgonia's AdaGradSolver ignores the rate it is given and keeps 0.001: " +
			"use Adagrad of this package")
	case *gorgonia.BarzilaiBorweinSolver:
		return errors.New("gorgonia's BarzilaiBorweinSolver computes its own rate and would ignore any schedule")
	case *gorgonia.AdamW:
		return errors.New("gorgonia's AdamW never changes a weight: use AdamW of this package")
	default:
		return fmt.Errorf("the rate of a %T cannot be set: "+
			"want gorgonia's VanillaSolver, Momentum, AdamSolver or RMSPropSolver", s.Solver)
	}
	return spec.Validate(fmt.Sprintf("%T", s.Solver), spec.Required("lr", &s.LR).AtLeast(0))
}

// Traits returns the rate.
func (s Stock) Traits() Traits { return Traits{LR: s.LR} }

// Buffers returns none, since Gorgonia's solvers keep their state to themselves.
func (s Stock) Buffers(float64, []int) (b Buffers) { return b }

// Rules returns none: Solver is what steps.
func (s Stock) Rules() (Rule[float32], Rule[float64]) { return nil, nil }

// start returns a Solver that steps with s.Solver.
func (s Stock) start(tuning Tuning) (Solver, error) {
	if len(tuning.Groups) > 0 || len(tuning.Freeze) > 0 || tuning.LayerDecay != 0 || tuning.WeightOnly ||
		tuning.ClipValue != 0 || tuning.ClipNorm != 0 {
		return nil, fmt.Errorf("solvers: a %T has one rate and treats all parameters alike: groups, freezing, "+
			"layer decay, exceptions from decay and clipping need a solver of this package", s.Solver)
	}
	running := &stock{solver: s.Solver}
	return running, running.SetRate(0, s.LR)
}

// stock is the Solver that a Stock makes.
type stock struct {
	solver gorgonia.Solver
	rate   float64
	params []*graph.Param // by position, as in the first step
	now    []*graph.Param // scratch
}

func (s *stock) Step(model []gorgonia.ValueGrad) error {
	s.now = s.now[:0]
	for _, vg := range model {
		p, _, err := unpack(vg)
		if err != nil {
			return fmt.Errorf("solvers: step: %w", err)
		}
		s.now = append(s.now, p)
	}
	if s.params == nil {
		s.params = slices.Clone(s.now)
	}
	if !slices.Equal(s.params, s.now) {
		return fmt.Errorf("solvers: step: a %T needs the same parameters in the same order at every step", s.solver)
	}
	if err := s.solver.Step(model); err != nil {
		return fmt.Errorf("solvers: step: %w", err)
	}
	return nil
}

func (s *stock) Rates() []float64 { return []float64{s.rate} }

func (s *stock) SetRate(group int, lr float64) error {
	if err := checkRate(group, 1, lr); err != nil {
		return err
	}
	gorgonia.WithLearnRate(lr)(s.solver)
	s.rate = lr
	return nil
}

func (s *stock) SetMomentum(group int, m float64) error {
	if err := checkMomentum(group, 1, Beta1, m); err != nil {
		return err
	}
	switch s.solver.(type) {
	case *gorgonia.Momentum:
		gorgonia.WithMomentum(m)(s.solver)
	case *gorgonia.AdamSolver:
		gorgonia.WithBeta1(m)(s.solver)
	default:
		return fmt.Errorf("solvers: a %T has no momentum to set", s.solver)
	}
	return nil
}

func (s *stock) RateOf(string) float64 { return s.rate }

func (s *stock) State() ([]Tensor, error) {
	return nil, fmt.Errorf("solvers: %T: %w", s.solver, ErrNoState)
}

func (s *stock) Restore([]Tensor) error {
	return fmt.Errorf("solvers: the state of a %T cannot be restored: use a solver of this package", s.solver)
}
