package study

import (
	"math"
	"slices"

	"anneal/runs"
)

// Summary is the results of one model, solver, schedule, rate, batch size and augmentation over its seeds.
type Summary struct {
	Cell      // of the first seed
	Runs      int
	Diverged  int
	Collapsed int

	// These are over the runs that did not diverge, including collapsed ones.
	Final      Moments // test accuracies of the last epochs
	Validation Moments // validation accuracies of the last epochs, of none unless Results.By is ByValidation
	Best       Moments // test accuracies of the best epochs by Results.By, of none if that is ByNothing
	BestEpoch  Moments

	Loss           Moments // test losses of the last epochs
	ValidationLoss Moments // of none unless Results.By is ByValidation
	BestLoss       Moments // test losses of the best epochs, of none if the samples have classes
	Metrics        []MetricSummary

	Worst   float64  // test accuracy of a last epoch, 0 if a run diverged or the samples have no classes
	Targets []Target // one for each of Results.Targets

	worst     float64   // as Worst, on the data by which settings are compared
	measure   runs.Best // by which settings are compared
	validated bool      // on validation samples
}

// Target is how soon runs reached a test accuracy, measured at the ends of epochs.
type Target struct {
	Accuracy float64
	Runs     int     // that reached it
	Steps    Moments // over those
	Seconds  Moments
}

// Moments are a mean and a sample standard deviation (divided by n − 1).
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

// Summaries returns a summary of each setting, in the order of the cells.
func (r *Results) Summaries() []Summary {
	var list []Summary
	measure := r.measure()
	for rest := r.Cells; len(rest) > 0; {
		n := slices.IndexFunc(rest, func(c Result) bool { return !slices.Equal(c.group(), rest[0].group()) })
		if n < 0 {
			n = len(rest)
		}
		list = append(list, r.summarise(rest[:n], measure))
		rest = rest[n:]
	}
	return list
}

// summarise returns the summary of the cells of one setting, which is compared with others by measure.
func (r *Results) summarise(cells []Result, measure runs.Best) Summary {
	s := Summary{
		Cell: cells[0].Cell, Runs: len(cells), Worst: 1, worst: 1, Metrics: metrics(cells), measure: measure,
		validated: r.By == runs.ByValidation,
	}
	var final, validation, best, epoch, loss, validationLoss, bestLoss []float64
	for _, c := range cells {
		if c.Diverged() {
			s.Diverged++
		}
		if c.Collapsed() {
			s.Collapsed++
		}
		last, ok := c.Final()
		_, accuracy := last.Judged(r.By)
		s.Worst, s.worst = min(s.Worst, last.TestAccuracy), min(s.worst, accuracy)
		if !ok {
			continue
		}
		loss = append(loss, last.TestLoss)
		if s.validated {
			judged, _ := last.Judged(r.By)
			validationLoss = append(validationLoss, judged)
		}
		if last.NoClasses {
			if c.Choice.Epoch > 0 {
				bestLoss, epoch = append(bestLoss, c.Choice.TestLoss), append(epoch, float64(c.Choice.Epoch))
			}
			continue
		}
		final = append(final, last.TestAccuracy)
		switch r.By {
		case runs.ByValidation:
			validation = append(validation, accuracy)
			best, epoch = append(best, c.Choice.TestAccuracy), append(epoch, float64(c.Choice.Epoch))
		case runs.ByNothing:
		default:
			best, epoch = append(best, c.End.BestAccuracy), append(epoch, float64(c.End.BestEpoch))
		}
	}
	s.Final, s.Validation, s.Best, s.BestEpoch = moments(final), moments(validation), moments(best), moments(epoch)
	s.Loss, s.ValidationLoss, s.BestLoss = moments(loss), moments(validationLoss), moments(bestLoss)
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
