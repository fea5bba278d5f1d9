package train

import (
	"context"
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/internal/plural"
)

// Sweep says which rates FindRate tries: Steps of them from From to To, each the same factor above the one before.
type Sweep struct {
	From, To float64 // 0 < From < To < +Inf; 0: 1e-5 and 10
	Steps    int     // one batch each, at least 2; 0: 200
}

// RateCurve is how the loss of a model goes while its learning rate rises.
type RateCurve struct {
	Points   []RatePoint
	Diverged bool // the sweep ended at the last point, before its end, since the loss had run away
	steps    int
}

// RatePoint is one step of a sweep. Losses are those of the batch before the step, in nats.
type RatePoint struct {
	Rate   float64
	Loss   float64 // not finite only at the last point, if Diverged
	Smooth float64 // Σ βⁱ·lossᵢ / Σ βⁱ over all steps so far, the latest with i = 0, where β is 0.98; not finite with Loss
}

const smoothing = 0.98

// FindRate trains c.Model for a short while at rates that rise step by step, and returns the loss at each. The best rate to
// train with lies below the one at which the loss stops falling. It is the learning rate range test of Smith, Cyclical Learning
// Rates for Training Neural Networks, 2015, arXiv:1506.01186, section 3.3, with the smoothed loss, the exponential sweep
// and the end of Gugger, How Do You Find A Good Learning Rate, 2018, and fastai: the sweep stops when the smoothed loss is above
// four times its lowest, or a loss is not finite.
//
// Batches come in the order of the first epochs of Run with the same c. Of c, what concerns evaluation, schedules and records
// is not used, nor is Accumulate, and Test may be nil. Parameter groups keep the ratios of their rates. Afterwards c.Params are as they were.
//
// An error names what is wrong with c or s. It stops with ctx's error when ctx is done.
func FindRate(ctx context.Context, c Config, s Sweep) (*RateCurve, error) {
	if s.From == 0 {
		s.From = 1e-5
	}
	if s.To == 0 {
		s.To = 10
	}
	if s.Steps == 0 {
		s.Steps = 200
	}
	if !(0 < s.From && s.From < s.To && s.To <= math.MaxFloat64) {
		return nil, fmt.Errorf("train: sweep from %g to %g: want two finite rates above 0, the second one higher", s.From, s.To)
	}
	if s.Steps < 2 {
		return nil, fmt.Errorf("train: sweep of %s: want at least 2", plural.Of(s.Steps, "step"))
	}
	if c.Params != nil {
		defer snapshot(c.Params)()
	}
	c.Test, c.EvalBatch, c.Schedule, c.Interval, c.Diagnostics = c.Train, 1, nil, "", false
	c.Accumulate, c.EMA, c.Patience, c.MinDelta = 1, 0, 0, 0
	r, err := c.prepare()
	if err != nil {
		return nil, err
	}
	curve := &RateCurve{steps: s.Steps}
	for epoch := 1; len(curve.Points) < s.Steps && !curve.Diverged; epoch++ {
		if err := r.sweep(ctx, s, epoch, curve); err != nil {
			return nil, err
		}
	}
	return curve, nil
}

// sweep goes on through one epoch's batches.
func (r *run) sweep(ctx context.Context, s Sweep, epoch int, curve *RateCurve) error {
	for b := range r.feed.loader.Epoch(ctx, epoch, 0) {
		step := len(curve.Points)
		rate := s.rate(step)
		for group, share := range r.shares() {
			if err := r.solver.SetRate(group, rate*share); err != nil {
				return fmt.Errorf("train: %w", err)
			}
		}
		p, err := r.feed.run(b, step)
		if err != nil {
			return fmt.Errorf("train: step %d: %w", step+1, err)
		}
		if curve.add(rate, p.Loss()); curve.Diverged {
			return nil
		}
		if err := r.solver.Step(p.Gradients()); err != nil {
			return fmt.Errorf("train: step %d: %w", step+1, err)
		}
		if len(curve.Points) == s.Steps {
			return nil
		}
	}
	return ctx.Err()
}

// rate is that of a step, counted from 0.
func (s Sweep) rate(step int) float64 {
	if step == s.Steps-1 {
		return s.To
	}
	return s.From * math.Pow(s.To/s.From, float64(step)/float64(s.Steps-1))
}

// add takes the next point, and says if it is where the loss has run away.
func (c *RateCurve) add(rate, loss float64) {
	const runaway = 4
	n := len(c.Points)
	smooth, lowest := loss, math.Inf(1)
	if n > 0 {
		share := (1 - smoothing) / (1 - math.Pow(smoothing, float64(n+1)))
		smooth, lowest = c.Points[n-1].Smooth+share*(loss-c.Points[n-1].Smooth), c.Lowest().Smooth
	}
	c.Points = append(c.Points, RatePoint{rate, loss, smooth})
	c.Diverged = !(loss-loss == 0) || smooth > runaway*lowest
}

// snapshot returns what puts params back as they are.
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
