package finder

import (
	"context"
	"math"

	"anneal/runs"
)

// Try is a training at one rate with one seed.
type Try struct {
	Rate     float64
	Seed     uint64
	Steps    int // that it took: fewer than TrySteps if it failed early
	Outcome  Outcome
	Loss     float64 // on Valid after the last step; NaN if there was no use in evaluating
	Accuracy float64 // likewise, and NaN without classes
}

// Outcome is how a try ended.
type Outcome string

const (
	Trained  Outcome = "trained"
	Guessed  Outcome = "guesses"  // the training loss is no lower than Result's Guess
	Diverged Outcome = "diverges" // a loss is not finite
)

// try trains at a rate and evaluates. It stops early if the loss is not finite or, after half of the steps, at that of
// a guess.
func (l *learner) try(ctx context.Context, rate float64) (Try, error) {
	t := Try{Rate: rate, Seed: l.seed, Outcome: Trained, Loss: math.NaN(), Accuracy: math.NaN()}
	recent, share := 0.0, min(1, 8/float64(l.TrySteps))
	constant := func(int) float64 { return rate }
	err := l.train(ctx, l.TrySteps, constant, func(step int, loss float64) bool {
		if loss-loss != 0 {
			t.Outcome = Diverged
			return false
		}
		if step == 0 {
			recent = loss
			if l.Loss != nil {
				l.guess = loss
			}
		}
		recent += share * (loss - recent)
		if 2*step >= l.TrySteps && recent >= l.guess {
			t.Outcome = Guessed
			return false
		}
		t.Steps = step + 1
		return true
	})
	if err != nil || t.Outcome != Trained {
		return t, err
	}
	e, err := l.valid.Run(ctx)
	if err != nil {
		return t, err
	}
	t.Loss, t.Accuracy = e.Loss, e.Accuracy()
	switch {
	case e.Loss-e.Loss != 0:
		t.Outcome = Diverged
	case recent >= runs.GuessShare*l.guess:
		t.Outcome = Guessed
	}
	return t, nil
}

// judged returns the loss to compare t by. It is infinite unless t trained.
func (t Try) judged() float64 {
	if t.Outcome != Trained {
		return math.Inf(1)
	}
	return t.Loss
}
