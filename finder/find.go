package finder

import (
	"context"
	"errors"
	"math"
	"strconv"
)

// Result is what Find found.
type Result struct {
	Curve  *Curve  // of the sweep with Search.Seed
	Rates  []Rate  // that were tried, from the lowest to the highest
	Best   float64 // the rate to train with; 0 if none of Rates trained the model
	Usable float64 // the highest rate that is not much worse; 0 likewise
	// Guess is the training loss of a network that knows the shares of the classes, as Sample and ClassWeights count
	// them, and nothing else or, with another loss
	// than cross-entropy, of the initial weights.
	Guess float64
}

// Rate is a rate with its tries.
type Rate struct {
	Rate  float64
	Tries []Try // one per seed, but one alone where the first was clearly worse than at another rate, or failed
}

// Loss returns the mean validation loss of r's tries. It is infinite if one did not train.
func (r Rate) Loss() float64 {
	sum := 0.0
	for _, t := range r.Tries {
		sum += t.judged()
	}
	return sum / float64(len(r.Tries))
}

// Outcome returns Trained if all tries trained, otherwise the outcome of the first that did not.
func (r Rate) Outcome() Outcome {
	for _, t := range r.Tries {
		if t.Outcome != Trained {
			return t.Outcome
		}
	}
	return Trained
}

// Find sweeps, tries rates and recommends one of them. It tries rates in steps of four per decade, counted down from
// s.To and rounded to two digits.
//
// It begins at a quarter of the rate at which the sweep's loss is lowest. With s.Seed it tries higher and lower rates
// until they are clearly worse, and then repeats the good ones with the other seeds. The best rate lies just below the
// middle of those whose mean loss is about the lowest: the higher ones gain nothing, are closer to the rates at which
// the network collapses, and in a longer training at a constant rate their steps stay too large. A rate more than a
// third of one that failed is no candidate if there is another.
//
// Afterwards s.Params are as they were. An error names what is wrong with s. Find stops with ctx's error when ctx is
// done.
func Find(ctx context.Context, s Search) (*Result, error) {
	if err := s.complete(); err != nil {
		return nil, err
	}
	if s.Valid == nil {
		return nil, errors.New("finder: want Valid data to judge by")
	}
	f := finding{Search: s, tried: make(map[int][]Try)}
	for i := range s.Seeds {
		l, err := s.newLearner(s.Seed + uint64(i))
		if err != nil {
			return nil, err
		}
		defer l.close()
		f.learners = append(f.learners, l)
	}
	curve, err := f.learners[0].sweep(ctx)
	if err != nil {
		return nil, err
	}
	if err := f.scan(ctx, f.rung(curve.Lowest().Rate/4)); err != nil {
		return nil, err
	}
	if err := f.repeat(ctx); err != nil {
		return nil, err
	}
	return f.result(curve), nil
}

// finding is a Find that is under way. It numbers the rates that it may try from 0, the highest.
type finding struct {
	Search
	learners []*learner // one per seed
	tried    map[int][]Try
}

// perDecade is the number of rates per decade.
const perDecade = 4

// rateOf returns a rate by its number.
func (f *finding) rateOf(number int) float64 {
	exact := f.To * math.Pow(10, -float64(number)/perDecade)
	r, _ := strconv.ParseFloat(strconv.FormatFloat(exact, 'g', 2, 64), 64) // infinite if out of range
	return max(f.From, min(r, f.To))
}

// last returns the number of the lowest rate.
func (f *finding) last() int { return int(perDecade*(math.Log10(f.To)-math.Log10(f.From)) + 1e-9) }

// rung returns the number of the rate closest to r.
func (f *finding) rung(r float64) int {
	return min(max(0, int(math.Round(perDecade*(math.Log10(f.To)-math.Log10(r))))), f.last())
}

// try tries a rate with the next seed.
func (f *finding) try(ctx context.Context, number int) (Try, error) {
	t, err := f.learners[len(f.tried[number])].try(ctx, f.rateOf(number))
	if err != nil {
		return t, err
	}
	f.tried[number] = append(f.tried[number], t)
	if f.Tried != nil {
		f.Tried(t)
	}
	return t, nil
}

// scan tries rates with the first seed: start, and then higher and lower ones until they are clearly worse. It goes on
// to one that is safe.
func (f *finding) scan(ctx context.Context, start int) error {
	t, err := f.try(ctx, start)
	if err != nil {
		return err
	}
	lowest := t.judged()
	for _, next := range []int{-1, 1} {
		for n := start + next; 0 <= n && n <= f.last(); n += next {
			t, err := f.try(ctx, n)
			if err != nil {
				return err
			}
			if !f.near(t.judged(), lowest, clearly) && !math.IsInf(lowest, 1) && (next < 0 || f.rateOf(n) <= f.limit()) {
				break
			}
			lowest = min(lowest, t.judged())
		}
	}
	return nil
}

// repeat tries the good rates with the other seeds.
func (f *finding) repeat(ctx context.Context) error {
	lowest := math.Inf(1)
	for n, tries := range f.tried {
		if f.rateOf(n) <= f.limit() {
			lowest = min(lowest, tries[0].judged())
		}
	}
	for n := f.last(); n >= 0; n-- {
		if len(f.tried[n]) == 0 || !f.near(f.tried[n][0].judged(), lowest, much) {
			continue
		}
		for outcome := Trained; outcome == Trained && len(f.tried[n]) < f.Seeds; {
			t, err := f.try(ctx, n)
			if err != nil {
				return err
			}
			outcome = t.Outcome
		}
	}
	return nil
}
