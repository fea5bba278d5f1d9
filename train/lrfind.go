package train

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/internal/plural"
	"anneal/solvers"
	"anneal/weights"
)

// Sweep says what FindRate trains and which rates it tries: Steps of them from From to To, each the same factor above
// the one before. Model, Train and Solver are required. The other fields of a Config's names are what they are there.
type Sweep struct {
	Model  graph.Model
	Train  data.Dataset
	Solver solvers.Algorithm // its own rate does not matter
	Tuning solvers.Tuning    // groups keep the ratios of their rates
	Batch  int               // 0: 64
	Seed   uint64
	Params *graph.Params // nil: new ones of type float32, drawn from Seed
	Init   string

	LabelSmoothing float64
	Augment        data.Compose

	From, To float64 // 0 < From < To < +Inf; 0: 1e-5 and 10
	Steps    int     // one batch each, at least 2; 0: 200
}

// RateCurve is how the loss of a model changes while its learning rate rises.
type RateCurve struct {
	Points   []RatePoint
	Diverged bool // the sweep ended at the last point, before its end, since the loss had run away
	steps    int
}

// RatePoint is one step of a sweep. Losses are those of the batch before the step, in nats.
type RatePoint struct {
	Rate   float64
	Loss   float64 // not finite only at the last point, if Diverged
	Smooth float64 // Σ βⁱ·lossᵢ / Σ βⁱ over all steps so far, the latest with i = 0, β = 0.98; not finite with Loss
}

const sweepSmoothing = 0.98

// FindRate trains s.Model for a short while at rates that rise step by step, and returns the loss at each. The best
// rate to train with lies below the one at which the loss stops falling. It is the learning rate range test of Smith,
// Cyclical Learning Rates for Training Neural Networks, 2015, arXiv:1506.01186, section 3.3, with the smoothed loss,
// the exponential sweep and the end of Gugger, How Do You Find A Good Learning Rate, 2018, and fastai: the sweep stops
// when the smoothed loss is above four times its lowest, or a loss is not finite.
//
// Batches come in the order of the first epochs of Run with the same settings. Afterwards s.Params are as they were.
//
// An error names what is wrong with s. FindRate stops with ctx's error when ctx is done.
func FindRate(ctx context.Context, s Sweep) (*RateCurve, error) {
	if err := s.complete(); err != nil {
		return nil, err
	}
	defer snapshot(s.Params)()
	options := data.Options{Batch: s.Batch, Shuffle: true, Seed: s.Seed, Augment: s.Augment}
	loader, err := data.NewLoader(s.Train, options)
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	how := graph.Config{Mode: graph.Train, LabelSmoothing: s.LabelSmoothing, Fuse: true}
	runner, err := newRunner(s.Model, s.Params, how, s.Train, s.Batch)
	if err != nil {
		return nil, err
	}
	if s.Init != "" {
		if err := weights.Load(s.Init, s.Params); err != nil {
			return nil, err
		}
	}
	solver, err := solvers.New(s.Solver, s.Params.All(), s.Tuning)
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	curve, shares := &RateCurve{steps: s.Steps}, rateShares(s.Tuning)
	for epoch := 0; ; epoch++ {
		for b := range loader.Epoch(ctx, epoch, 0) {
			step := len(curve.Points)
			rate := s.rate(step)
			for group, share := range shares {
				if err := solver.SetRate(group, rate*share); err != nil {
					return nil, fmt.Errorf("train: %w", err)
				}
			}
			p, err := runner.Run(b.X, b.Labels)
			if err != nil {
				return nil, fmt.Errorf("train: step %d: %w", step+1, err)
			}
			if curve.add(rate, p.Loss()); curve.Diverged {
				return curve, nil
			}
			if err := solver.Step(p.Gradients()); err != nil {
				return nil, fmt.Errorf("train: step %d: %w", step+1, err)
			}
			if step+1 == s.Steps {
				return curve, nil
			}
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
}

// complete fills in what s leaves to its defaults, and finds what is missing or wrong.
func (s *Sweep) complete() error {
	if s.Model == nil || s.Train == nil || s.Solver == nil {
		return errors.New("train: want a Model, Train data and a Solver")
	}
	s.Batch, s.Steps = cmp.Or(s.Batch, 64), cmp.Or(s.Steps, 200)
	s.From, s.To = cmp.Or(s.From, 1e-5), cmp.Or(s.To, 10)
	if s.Params == nil {
		s.Params = graph.NewParams(s.Seed, tensor.Float32)
	}
	if !(0 < s.From && s.From < s.To && s.To <= math.MaxFloat64) {
		return fmt.Errorf("train: sweep from %g to %g: want two finite rates above 0, the second one higher",
			s.From, s.To)
	}
	if s.Steps < 2 {
		return fmt.Errorf("train: sweep of %s: want at least 2", plural.Of(s.Steps, "step"))
	}
	return nil
}

// rate returns the learning rate of a step, counted from 0.
func (s Sweep) rate(step int) float64 {
	if step == s.Steps-1 {
		return s.To
	}
	return s.From * math.Pow(s.To/s.From, float64(step)/float64(s.Steps-1))
}

// rateShares returns the rates of the solver's groups as shares of its own rate.
func rateShares(t solvers.Tuning) []float64 {
	shares := []float64{1}
	for _, g := range t.Groups {
		share := 1.0
		if g.LR != nil {
			share = *g.LR
		}
		shares = append(shares, share)
	}
	return shares
}

// add adds the next point, and sets Diverged if the loss has run away there.
func (c *RateCurve) add(rate, loss float64) {
	const runaway = 4
	n := len(c.Points)
	smooth, lowest := loss, math.Inf(1)
	if n > 0 {
		share := (1 - sweepSmoothing) / (1 - math.Pow(sweepSmoothing, float64(n+1)))
		smooth, lowest = c.Points[n-1].Smooth+share*(loss-c.Points[n-1].Smooth), c.Lowest().Smooth
	}
	c.Points = append(c.Points, RatePoint{rate, loss, smooth})
	c.Diverged = !(loss-loss == 0) || smooth > runaway*lowest
}

// snapshot returns a function that sets params back to their present values.
func snapshot(params *graph.Params) (restore func()) {
	kept := make([]*tensor.Dense, len(params.All()))
	for i, p := range params.All() {
		kept[i] = p.Value().Clone().(*tensor.Dense)
	}
	return func() {
		for i, k := range kept {
			_ = tensor.Copy(params.All()[i].Value(), k) // of one shape and type
		}
	}
}
