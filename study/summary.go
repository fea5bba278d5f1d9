package study

import (
	"math"
	"slices"
)

// Summary is how a setting did over its seeds: one model, solver, schedule, rate, batch size and augmentation.
type Summary struct {
	Cell      // of the first seed
	Runs      int
	Diverged  int
	Collapsed int

	// Over the runs that did not diverge, collapsed ones too.
	Final     Moments // the last epoch's test accuracies
	Best      Moments // the best epochs'
	BestEpoch Moments

	Worst   float64  // of the last epochs' test accuracies, 0 if a run diverged
	Targets []Target // one for each of Results.Targets
}

// Target is how soon runs reached an accuracy, at the ends of epochs.
type Target struct {
	Accuracy float64
	Runs     int     // that did
	Steps    Moments // over those
	Seconds  Moments
}

// Moments are a mean and a sample standard deviation (with n − 1).
type Moments struct {
	N    int
	Mean float64 // NaN if N is 0
	Std  float64 // NaN if N is less than 2
}

func moments(values []float64) Moments {
	m := Moments{len(values), math.NaN(), math.NaN()}
	if m.N == 0 {
		return m
	}
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	m.Mean = sum / float64(m.N)
	if m.N < 2 {
		return m
	}
	squares := 0.0
	for _, v := range values {
		squares += (v - m.Mean) * (v - m.Mean)
	}
	m.Std = math.Sqrt(squares / float64(m.N-1))
	return m
}

// Summaries sums up each setting, in the order of the cells.
func (r *Results) Summaries() []Summary {
	var list []Summary
	for rest := r.Cells; len(rest) > 0; {
		n := slices.IndexFunc(rest, func(c Result) bool { return !slices.Equal(c.group(), rest[0].group()) })
		if n < 0 {
			n = len(rest)
		}
		list = append(list, r.summarise(rest[:n]))
		rest = rest[n:]
	}
	return list
}

// summarise sums up the cells of one setting.
func (r *Results) summarise(cells []Result) Summary {
	s := Summary{Cell: cells[0].Cell, Runs: len(cells), Worst: 1}
	var final, best, epoch []float64
	for _, c := range cells {
		if c.Diverged() {
			s.Diverged++
		}
		if c.Collapsed() {
			s.Collapsed++
		}
		last, ok := c.Final()
		s.Worst = min(s.Worst, last.TestAccuracy)
		if ok {
			final = append(final, last.TestAccuracy)
			best = append(best, c.End.BestAccuracy)
			epoch = append(epoch, float64(c.End.BestEpoch))
		}
	}
	s.Final, s.Best, s.BestEpoch = moments(final), moments(best), moments(epoch)
	for _, target := range r.Targets {
		var steps, seconds []float64
		for _, c := range cells {
			if e, t, ok := c.Reached(target); ok {
				steps, seconds = append(steps, float64(e.Step)), append(seconds, t)
			}
		}
		s.Targets = append(s.Targets, Target{target, len(steps), moments(steps), moments(seconds)})
	}
	return s
}
