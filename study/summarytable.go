package study

import (
	"slices"

	"anneal/runs"
	"anneal/view/report"
)

// column is a column of the table of settings.
type column struct {
	head string
	cell func(s Summary) report.Cell
}

// summaryTable returns a row per setting.
func (r *Results) summaryTable(summaries []Summary) report.Table {
	columns := []column{
		{"model", func(s Summary) report.Cell { return report.Text(s.Model) }},
		{"setting", func(s Summary) report.Cell { return report.Text(s.Setting) }},
		{"lr", func(s Summary) report.Cell { return report.Cell{Text: shortest(s.LR), Value: &s.LR} }},
	}
	if slices.ContainsFunc(summaries, func(s Summary) bool { return s.Batch != summaries[0].Batch }) {
		columns = append(columns,
			column{"batch", func(s Summary) report.Cell { return report.Number("%.0f", float64(s.Batch)) }})
	}
	if slices.ContainsFunc(summaries, func(s Summary) bool { return len(s.Augment) > 0 }) {
		columns = append(columns,
			column{"augmentation", func(s Summary) report.Cell { return report.Text(s.Augment.String()) }})
	}
	t := report.Table{Heading: "Settings"}
	diverged := column{"diverged", func(s Summary) report.Cell { return of(s.Diverged, s.Runs) }}
	if r.classless() {
		t.Title = "Test loss: mean ± standard deviation over the seeds that did not diverge. " + r.how()
		columns = append(columns, r.chosen(
			column{"validation loss", func(s Summary) report.Cell { return s.ValidationLoss.plain() }},
			column{"test loss", func(s Summary) report.Cell { return s.Loss.plain() }},
			column{"best", func(s Summary) report.Cell { return s.BestLoss.plain() }})...)
		columns = append(append(columns, r.metricColumns()...), diverged)
	} else {
		t.Title = "Test accuracy in %: mean ± standard deviation over the seeds that did not diverge. Targets: mean steps " +
			"and seconds over the seeds that reached them. Collapsed: ended no better than guessing. " + r.how()
		columns = append(columns, r.chosen(
			column{"validation", func(s Summary) report.Cell { return s.Validation.percent() }},
			column{"final", func(s Summary) report.Cell { return s.Final.percent() }},
			column{"best", func(s Summary) report.Cell { return s.Best.percent() }})...)
		for i, target := range r.Targets {
			columns = append(columns, column{
				"to " + percent(target) + " %", func(s Summary) report.Cell { return s.Targets[i].cell(s.Runs) },
			})
		}
		columns = append(append(columns, r.metricColumns()...), diverged,
			column{"collapsed", func(s Summary) report.Cell { return of(s.Collapsed, s.Runs) }})
	}
	for _, c := range columns {
		t.Head = append(t.Head, c.head)
	}
	for _, s := range summaries {
		row := make([]report.Cell, len(columns))
		for i, c := range columns {
			row[i] = c.cell(s)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// chosen returns those of the columns that the study has: validation if it chooses by that, test, and if it chooses by
// anything, the best with its epoch.
func (r *Results) chosen(validation, test, best column) []column {
	var columns []column
	if r.By == runs.ByValidation {
		columns = append(columns, validation)
	}
	columns = append(columns, test)
	if r.By != runs.ByNothing {
		columns = append(columns, best, column{"best epoch", func(s Summary) report.Cell {
			return report.Cell{Text: s.BestEpoch.decimal(), Value: &s.BestEpoch.Mean}
		}})
	}
	return columns
}

// metricColumns returns the columns of metrics: on the test samples and, in a study that chooses by them, on those of
// validation.
func (r *Results) metricColumns() []column {
	var columns []column
	for _, name := range r.metricNames() {
		if r.By == runs.ByValidation {
			columns = append(columns, column{
				"validation " + name, func(s Summary) report.Cell { return s.Metric(name).Validation.plain() },
			})
		}
		columns = append(columns,
			column{"test " + name, func(s Summary) report.Cell { return s.Metric(name).Test.plain() }})
	}
	return columns
}
