package report

import (
	"cmp"
	"fmt"
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
	return slices.ContainsFunc(r.Epochs, func(e runs.Epoch) bool { return e.ValidationAccuracy != nil })
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
	c, test := runs.Choose(r.Epochs, r.record().ChooseBy, r.record().Best), percent(last.TestAccuracy)
	switch c.By {
	case runs.ByValidation:
		when := fmt.Sprintf("best, in epoch %d of %d", c.Epoch, max(last.Epoch, r.record().Epochs))
		return []fact{
			{"validation accuracy", percent(c.Accuracy), when},
			{"test accuracy", test, fmt.Sprintf("at the end; %s in epoch %d", percent(c.TestAccuracy), c.Epoch)},
		}
	case runs.ByTest:
		best := r.Best()
		when := fmt.Sprintf("in epoch %d of %d, chosen by the test set", best.Epoch, max(best.Epoch, r.record().Epochs))
		return []fact{{"best test accuracy", percent(best.TestAccuracy), when}}
	}
	return []fact{{"test accuracy", test, fmt.Sprintf("at the end, after epoch %d", last.Epoch)}}
}

// choiceCells returns the cells of the columns "best accuracy", "in epoch" and "chosen by".
func (r *Run) choiceCells() []Cell {
	c := runs.Choose(r.Epochs, r.record().ChooseBy, r.record().Best)
	if c.Epoch == 0 {
		return []Cell{noNumber, noNumber, Text("nothing")}
	}
	return []Cell{Percent(c.TestAccuracy), Number("%.0f", float64(c.Epoch)), Text(string(c.By))}
}

// judged returns the accuracy by which the run is compared with others, if it has one: of its last epoch on validation
// samples, or the highest on test samples.
func (r *Run) judged(by runs.ChooseBy) (accuracy float64, ok bool) {
	best, last := r.Best(), r.Last()
	if best == nil {
		return 0, false
	}
	if by == runs.ByValidation {
		_, accuracy = last.Judged(by)
		return accuracy, true
	}
	return best.TestAccuracy, true
}
