package finder

import (
	"context"
	"math"
)

// Sweep trains s.Model for a short while at rates that rise step by step from s.From to s.To, each the same factor
// above the one before, and returns the loss at each. It is the learning rate range test of Smith, Cyclical Learning
// Rates for Training Neural Networks, 2015, arXiv:1506.01186, section 3.3, with the exponential sweep of Gugger, How Do
// You Find A Good Learning Rate, 2018, and fastai. The sweep stops when a running mean of the losses is above four
// times its lowest, or a loss is not finite.
//
// Batches come in the order of the first epochs of train.Run with the same settings, except that a smaller last batch
// of an epoch is left out. Afterwards s.Params are as they were.
//
// An error names what is wrong with s. Sweep stops with ctx's error when ctx is done.
func Sweep(ctx context.Context, s Search) (*Curve, error) {
	if err := s.complete(); err != nil {
		return nil, err
	}
	l, err := s.newLearner(s.Seed)
	if err != nil {
		return nil, err
	}
	defer l.close()
	return l.sweep(ctx)
}

// sweep is Sweep on the learner's batches.
func (l *learner) sweep(ctx context.Context) (*Curve, error) {
	curve := &Curve{steps: l.Steps}
	err := l.train(ctx, l.Steps, l.rate, func(step int, loss float64) bool {
		curve.add(l.rate(step), loss)
		return !curve.Diverged
	})
	if err != nil {
		return nil, err
	}
	curve.smooth()
	return curve, nil
}

// rate returns the learning rate of a step of the sweep, counted from 0.
func (s Search) rate(step int) float64 {
	if step == s.Steps-1 {
		return s.To
	}
	share := float64(step) / float64(s.Steps-1)
	return math.Pow(s.From, 1-share) * math.Pow(s.To, share)
}
