package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"anneal/runs"
)

// chosenBy returns the data by which the runs chose, or ByNothing if they do not have it in common.
func chosenBy(all []Run) runs.ChooseBy {
	common := runs.ByNothing
	for i := range all {
		by := cmp.Or(all[i].record().ChooseBy, runs.ByTest)
		if i > 0 && by != common {
			return runs.ByNothing
		}
		common = by
	}
	return common
}

// validated reports whether an epoch of the run has results on validation samples.
func (r *Run) validated() bool {
	return slices.ContainsFunc(r.Epochs, func(e runs.Epoch) bool {
		return e.ValidationAccuracy != nil || e.ValidationLoss != nil
	})
}

// averaged returns the name of the average of the weights, "ema" or "swa", or "" if the run has none.
func (r *Run) averaged() string {
	for _, e := range r.Epochs {
		if a := e.Average(); a.TestLoss != nil || a.TestAccuracy != nil {
			return a.Name
		}
	}
	return ""
}

// choiceFacts returns how good the run is, and which data say so.
func (r *Run) choiceFacts(last *runs.Epoch) []fact {
	c, m := r.choice(), r.measure()
	chosen, then := m.chosen(c)
	test := m.text(m.of(last))
	switch c.By {
	case runs.ByValidation:
		when := fmt.Sprintf("best, in epoch %d of %d", c.Epoch, max(last.Epoch, r.record().Epochs))
		return []fact{
			{"validation " + string(m), m.text(chosen), when},
			{"test " + string(m), test, fmt.Sprintf("at the end; %s in epoch %d", m.text(then), c.Epoch)},
		}
	case runs.ByTest:
		epoch, best := c.Epoch, then
		if m == byAccuracy {
			epoch, best = r.Best().Epoch, r.Best().TestAccuracy
		}
		when := fmt.Sprintf("in epoch %d of %d, chosen by the test set", epoch, max(epoch, r.record().Epochs))
		return []fact{{"best test " + string(m), m.text(best), when}}
	}
	return []fact{{"test " + string(m), test, fmt.Sprintf("at the end, after epoch %d", last.Epoch)}}
}

// metricFacts returns the metrics of the last epoch, except for the one that is the run's measure.
func (r *Run) metricFacts(last *runs.Epoch) []fact {
	var facts []fact
	for _, name := range metricNames([]Run{*r}) {
		if m := last.Metric(name); measure(name) != r.measure() && m != nil {
			note := "at the end"
			if m.Validation != nil {
				note += "; validation " + byLoss.text(*m.Validation)
			}
			facts = append(facts, fact{"test " + name, byLoss.text(value(m.Test)), note})
		}
	}
	return facts
}

// choiceCells returns the cells of the columns "best", which is by m, "in epoch" and "chosen by".
func (r *Run) choiceCells(m measure) []Cell {
	c := r.choice()
	if c.Epoch == 0 {
		return []Cell{noNumber, noNumber, Text("nothing")}
	}
	best := noNumber
	if m != byAccuracy || !r.classless() {
		_, test := m.chosen(c)
		best = m.cell(test)
	}
	return []Cell{best, Number("%.0f", float64(c.Epoch)), Text(string(c.By))}
}

// judged returns the number by which the run is compared with others, if it has one, and whether a larger one is
// better: of its last epoch on validation samples, or the best of its epochs on test samples.
func (r *Run) judged(by runs.ChooseBy, m measure) (judged float64, larger, ok bool) {
	last := r.Last()
	if last == nil || m == "" {
		return 0, false, false
	}
	judged, larger = last.JudgedBy(by, runs.Best(m))
	if by != runs.ByValidation {
		best := runs.Choose(r.Epochs, runs.ByTest, runs.Best(m))
		_, judged = m.chosen(best)
	}
	return judged, larger, !math.IsNaN(judged)
}
