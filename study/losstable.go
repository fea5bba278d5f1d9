package study

import (
	"slices"

	"anneal/runs"
	"anneal/view/report"
)

// lossTable is the table of settings of samples without classes: their losses and metrics.
func (r *Results) lossTable() report.Table {
	t := report.Table{
		Title: "Test loss: mean ± standard deviation over the seeds that did not diverge. " + r.how(),
		Head:  []string{"model", "setting", "lr"},
	}
	summaries, names := r.Summaries(), r.metricNames()
	batches := slices.ContainsFunc(summaries, func(s Summary) bool { return s.Batch != summaries[0].Batch })
	if batches {
		t.Head = append(t.Head, "batch")
	}
	if r.By == runs.ByValidation {
		t.Head = append(t.Head, "validation loss")
	}
	t.Head = append(t.Head, "test loss")
	if r.By != runs.ByNothing {
		t.Head = append(t.Head, "best", "best epoch")
	}
	t.Head = append(append(t.Head, r.metricHeads(names)...), "diverged")
	for _, s := range summaries {
		row := []report.Cell{report.Text(s.Model), report.Text(s.Setting), {Text: shortest(s.LR), Value: &s.LR}}
		if batches {
			row = append(row, report.Number("%.0f", float64(s.Batch)))
		}
		if r.By == runs.ByValidation {
			row = append(row, s.ValidationLoss.plain())
		}
		row = append(row, s.Loss.plain())
		if r.By != runs.ByNothing {
			row = append(row, s.BestLoss.plain(), report.Cell{Text: s.BestEpoch.decimal(), Value: &s.BestEpoch.Mean})
		}
		t.Rows = append(t.Rows, append(append(row, r.metricCells(s, names)...), of(s.Diverged, s.Runs)))
	}
	return t
}

// metricHeads returns the heads of the columns of metrics: on the test samples and, in a study that chooses by them, on
// those of validation.
func (r *Results) metricHeads(names []string) []string {
	var heads []string
	for _, name := range names {
		if r.By == runs.ByValidation {
			heads = append(heads, "validation "+name)
		}
		heads = append(heads, "test "+name)
	}
	return heads
}

// metricCells returns the cells of these columns.
func (r *Results) metricCells(s Summary, names []string) []report.Cell {
	var cells []report.Cell
	for _, name := range names {
		m := s.Metric(name)
		if r.By == runs.ByValidation {
			cells = append(cells, m.Validation.plain())
		}
		cells = append(cells, m.Test.plain())
	}
	return cells
}
