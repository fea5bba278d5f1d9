package report

import (
	"math"
	"strings"

	"anneal/runs"
)

// runTable returns a row per run. It has accuracies unless no run has classes.
func runTable(all []Run) Table {
	best := commonMeasure(all)
	if best == "" {
		best = byLoss
		if classified(all) {
			best = byAccuracy
		}
	}
	classes := classified(all)
	heads, metrics := metricHeads(all)
	t := Table{Title: "Runs", Head: []string{"run", "seed", "best " + string(best), "in epoch", "chosen by"}}
	if classes {
		t.Head = append(t.Head, "last accuracy", "validation accuracy")
	}
	t.Head = append(t.Head, "test loss")
	losses := !classes && anyEpoch(all, func(e runs.Epoch) bool { return e.ValidationLoss != nil })
	if losses {
		t.Head = append(t.Head, "validation loss")
	}
	t.Head = append(append(t.Head, "training loss"), append(heads, "seconds", "end")...)
	for i := range all {
		r := &all[i]
		row := append([]Cell{Text(r.Name), Number("%.0f", float64(r.Seed))}, r.choiceCells(best)...)
		last := r.Last()
		if last == nil {
			nan := math.NaN()
			last = &runs.Epoch{TestLoss: nan, TrainLoss: nan, TestAccuracy: nan}
		}
		if classes {
			row = append(row, Percent(accuracy(last, last.TestAccuracy)), Percent(value(last.ValidationAccuracy)))
		}
		row = append(row, Number("%.4f", last.TestLoss))
		if losses {
			row = append(row, Number("%.4f", value(last.ValidationLoss)))
		}
		row = append(append(row, Number("%.4f", last.TrainLoss)), metricCells(last, metrics)...)
		t.Rows = append(t.Rows, append(row, Number("%.1f", r.Seconds()), Text(r.outcome())))
	}
	return t
}

// epochs returns a row per epoch of a run. It has accuracies if the samples have classes.
func epochs(r *Run) Table {
	t := Table{Title: "Epochs", Head: []string{"epoch", "training loss"}}
	name := r.averaged()
	average := strings.ToUpper(name)
	pair := func(of string) { // a loss and an accuracy
		t.Head = append(t.Head, of+" loss")
		if !r.classless() {
			t.Head = append(t.Head, of+" accuracy")
		}
	}
	pair("test")
	t.Head = append(t.Head, "rate", "seconds")
	if name != "" {
		pair(average + " test")
	}
	if r.validated() {
		pair("validation")
	}
	if name != "" && r.validated() {
		pair(average + " validation")
	}
	heads, metrics := metricHeads([]Run{*r})
	t.Head = append(t.Head, heads...)
	for i := range r.Epochs {
		t.Rows = append(t.Rows, append(r.epochCells(&r.Epochs[i], name != ""), metricCells(&r.Epochs[i], metrics)...))
	}
	return t
}

// epochCells returns the row of an epoch, without metrics.
func (r *Run) epochCells(e *runs.Epoch, averaged bool) []Cell {
	rate, average := noNumber, e.Average()
	if len(e.LR) > 0 {
		rate = Cell{label(round(e.LR[0])), &e.LR[0]}
	}
	row := []Cell{Number("%.0f", float64(e.Epoch)), Number("%.4f", e.TrainLoss)}
	pair := func(loss, accuracy float64) {
		row = append(row, Number("%.4f", loss))
		if !r.classless() {
			row = append(row, Percent(accuracy))
		}
	}
	pair(e.TestLoss, e.TestAccuracy)
	row = append(row, rate, Number("%.1f", e.TrainSeconds+e.TestSeconds))
	if averaged {
		pair(value(average.TestLoss), value(average.TestAccuracy))
	}
	if r.validated() {
		pair(value(e.ValidationLoss), value(e.ValidationAccuracy))
	}
	if averaged && r.validated() {
		pair(value(average.ValidationLoss), value(average.ValidationAccuracy))
	}
	return row
}
