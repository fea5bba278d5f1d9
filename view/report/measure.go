package report

import (
	"cmp"
	"math"
	"slices"

	"anneal/runs"
)

// measure is what says how good a run is: "accuracy", "loss" or the name of a metric.
type measure string

const (
	byAccuracy = measure(runs.ByAccuracy)
	byLoss     = measure(runs.ByLoss)
)

// measure returns what says how good r is: the metric by which it chose, else the accuracy, or the loss if its samples
// have no classes.
func (r *Run) measure() measure {
	switch best := r.record().Best; {
	case best != "" && best != runs.ByAccuracy && best != runs.ByLoss:
		return measure(best)
	case r.classless():
		return byLoss
	}
	return byAccuracy
}

// commonMeasure returns the measure of the runs that have epochs, or "" if they do not have it in common.
func commonMeasure(all []Run) measure {
	var common measure
	for i := range all {
		switch m := all[i].measure(); {
		case len(all[i].Epochs) == 0 || m == common:
		case common != "":
			return ""
		default:
			common = m
		}
	}
	return cmp.Or(common, byAccuracy)
}

// classless reports whether the run's samples have no classes, so that its accuracies mean nothing.
func (r *Run) classless() bool { return len(r.Epochs) > 0 && r.Epochs[0].NoClasses }

// classified reports whether accuracies are to be shown of the runs: unless all that have epochs are without classes.
func classified(all []Run) bool {
	return len(all) == 0 || slices.ContainsFunc(all, func(r Run) bool { return len(r.Epochs) > 0 && !r.classless() }) ||
		!slices.ContainsFunc(all, func(r Run) bool { return r.classless() })
}

// accuracy returns a share of e's samples, or NaN if they have no classes.
func accuracy(e *runs.Epoch, share float64) float64 {
	if e.NoClasses {
		return math.NaN()
	}
	return share
}

// of returns the measure of an epoch on the test samples.
func (m measure) of(e *runs.Epoch) float64 {
	v, _ := e.JudgedBy(runs.ByTest, runs.Best(m))
	return v
}

// chosen returns the measure of c's epoch on the samples that chose, and on the test samples.
func (m measure) chosen(c runs.Choice) (chosen, test float64) {
	switch m {
	case byAccuracy:
		return c.Accuracy, c.TestAccuracy
	case byLoss:
		return c.Loss, c.TestLoss
	}
	if c.Value == nil { // the run chose by something else
		return math.NaN(), math.NaN()
	}
	return *c.Value, value(c.TestValue)
}

// text writes a value of the measure.
func (m measure) text(v float64) string { return m.cell(v).Text }

func (m measure) cell(v float64) Cell {
	if m == byAccuracy {
		return Percent(v)
	}
	return Number("%.4f", v)
}

// choice returns the best epoch of the run, by its measure or, if the samples have classes, by what its record says.
func (r *Run) choice() runs.Choice {
	best := r.record().Best
	if r.measure() == byLoss {
		best = runs.ByLoss
	}
	return runs.Choose(r.Epochs, r.record().ChooseBy, best)
}

// metricNames returns the names of the runs' metrics, in their order. The accuracy is left out if the page shows
// accuracies anyway.
func metricNames(all []Run) []string {
	var names []string
	for i := range all {
		last := all[i].Last()
		if last == nil {
			continue
		}
		for _, m := range last.Metrics {
			if !slices.Contains(names, m.Name) && !(m.Name == string(byAccuracy) && classified(all)) {
				names = append(names, m.Name)
			}
		}
	}
	return names
}
