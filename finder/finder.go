// Package finder finds a learning rate before training.
//
// Sweep is the learning rate range test: a short training at rates that rise step by step. Its Curve shows where the
// loss falls and where it runs away, but one curve is of one seed and of a few steps at each rate. Find therefore tries
// rates: it trains the model for some steps at each, always from the same initial weights, with several seeds, and
// compares the losses on samples that it does not train on.
//
// Losses are in nats, or in the units of Search.Loss. Rates are those of the solver; parameter groups keep the ratios
// of theirs.
package finder

import (
	"cmp"
	"errors"
	"fmt"
	"math"

	"anneal/data"
	"anneal/graph"
	"anneal/internal/plural"
	"anneal/solvers"
)

// Search says what is trained, and which rates are looked at. Model, Train and Solver are required, and Find requires
// Valid. Fields with the name of one of train.Config's are what they are there.
type Search struct {
	Model  graph.Model
	Loss   graph.Loss // nil: cross-entropy
	Train  data.Dataset
	Valid  data.Dataset      // samples that Find judges by: never the test samples
	Solver solvers.Algorithm // its own rate does not matter
	Tuning solvers.Tuning    // groups keep the ratios of their rates
	Batch  int               // 0: 64
	Seed   uint64
	Params *graph.Params // nil: new ones of type float32, drawn from each seed
	Init   string

	LabelSmoothing float64
	Augment        data.Compose
	Sample         string // as in runs.Settings
	ClassWeights   string // likewise: not with a Loss
	DropLast       bool
	Workers, Ahead int // as in data.Options

	From, To float64 // 0 < From < To < +Inf; 0: 1e-5 and 10
	Steps    int     // of the sweep, one batch each, at least 2; 0: 200

	TrySteps int       // of each try; 0: 150
	Seeds    int       // of the tries: Seed and those after it; 0: 3
	Tried    func(Try) // is called after each try; nil: nothing is
}

// complete fills in what s leaves to its defaults, and finds what is missing or wrong.
func (s *Search) complete() error {
	if s.Model == nil || s.Train == nil || s.Solver == nil {
		return errors.New("finder: want a Model, Train data and a Solver")
	}
	s.Batch, s.Steps = cmp.Or(s.Batch, 64), cmp.Or(s.Steps, 200)
	s.From, s.To = cmp.Or(s.From, 1e-5), cmp.Or(s.To, 10)
	s.TrySteps, s.Seeds = cmp.Or(s.TrySteps, 150), cmp.Or(s.Seeds, 3)
	if !(0 < s.From && s.From < s.To && s.To <= math.MaxFloat64) {
		return fmt.Errorf("finder: rates from %g to %g: want two finite rates above 0, the second one higher",
			s.From, s.To)
	}
	if s.Steps < 2 {
		return fmt.Errorf("finder: sweep of %s: want at least 2", plural.Of(s.Steps, "step"))
	}
	if s.TrySteps < 1 || s.Seeds < 1 {
		return fmt.Errorf("finder: tries of %s with %s: want at least 1 of each",
			plural.Of(s.TrySteps, "step"), plural.Of(s.Seeds, "seed"))
	}
	if s.ClassWeights != "" && s.Loss != nil {
		return fmt.Errorf("finder: class weights: got %q beside the loss %s: want them in the loss", s.ClassWeights, s.Loss)
	}
	return nil
}
