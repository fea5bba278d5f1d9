package study

import (
	"fmt"
	"math"
	"strconv"

	"anneal/internal/plural"
	"anneal/runs"
	"anneal/search"
	"anneal/view/report"
)

// ranking returns the settings of a search, the best first, with what was drawn for each.
func (r *Results) ranking() report.Table {
	f, summaries := r.Found, r.Summaries()
	unit := ""
	if r.measure() == runs.ByAccuracy {
		unit = " in %"
	}
	t := report.Table{
		Title:   "Settings by " + r.JudgedBy() + unit + ", those that were trained the longest first",
		Heading: "Ranking", Head: []string{"rank"},
	}
	t.Head = append(t.Head, "validation", "test", "end")
	for _, v := range f.Space.Ranges {
		t.Head = append(t.Head, v.Name)
	}
	for place, i := range f.Ranked() {
		s := summaries[i]
		row := []report.Cell{
			report.Number("%.0f", float64(place+1)), r.Judged(s), r.testCell(s), report.Text(r.ended(i)),
		}
		for k, v := range f.Space.Ranges {
			row = append(row, drawn(v, f.Trials[i].Values[k], f.Trials[i].Units[k]))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// JudgedBy says by what settings are compared, such as "validation accuracy".
func (r *Results) JudgedBy() string {
	set := "test"
	if r.By == runs.ByValidation {
		set = "validation"
	}
	return fmt.Sprintf("%s %s", set, r.measure())
}

// drawn returns the cell of a value that was drawn, or "–" if its range is in a choice that was not taken.
func drawn(from search.Range, text string, unit float64) report.Cell {
	v, err := strconv.ParseFloat(text, 64)
	switch {
	case from.Kind == "choice" && text != "":
		return report.Text(from.Label(from.Branch(unit)))
	case err != nil && from.Kind == "choice":
		return report.Text("–")
	case err != nil:
		return report.Number("", math.NaN())
	}
	return report.Cell{Text: text, Value: &v}
}

// Judged returns what s is compared by: its mean over the seeds and, if there are several, the standard deviation.
// Accuracies are in %.
func (r *Results) Judged(s Summary) report.Cell {
	m, _ := s.judged()
	if r.measure() == runs.ByAccuracy {
		return m.percent()
	}
	return m.plain()
}

func (r *Results) testCell(s Summary) report.Cell {
	switch m := r.measure(); m {
	case runs.ByAccuracy:
		return s.Final.percent()
	case runs.ByLoss:
		return s.Loss.plain()
	default:
		return s.Metric(string(m)).Test.plain()
	}
}

// ended says how the runs of a trial ended.
func (r *Results) ended(trial int) string {
	n := len(r.Cells) / len(r.Found.Trials)
	text := runs.Completed
	for _, c := range r.Cells[n*trial : n*(trial+1)] {
		switch {
		case c.Diverged():
			return runs.Diverged
		case c.End.Reason == Pruned:
			text = fmt.Sprintf("%s after %s", Pruned, plural.Of(len(c.Epochs), "epoch"))
		case c.End.Reason != runs.Completed && text == runs.Completed:
			text = c.End.Reason
		}
	}
	return text
}

// rungTable returns how many settings came to each rung, and what became of them.
func (r *Results) rungTable() report.Table {
	f := r.Found
	t := report.Table{
		Title: "What was pruned", Head: []string{"after epoch", "settings", "went on", "pruned", "diverged"},
	}
	for k, epochs := range f.Rungs {
		came, on, diverged := 0, 0, 0
		for i, reached := range f.Reached {
			switch {
			case reached > k:
				came, on = came+1, on+1
			case reached == k && math.IsNaN(f.Last[i]):
				came, diverged = came+1, diverged+1
			case reached == k:
				came++
			}
		}
		pruned := came - on - diverged
		if k == len(f.Rungs)-1 {
			pruned = 0
		}
		var row []report.Cell
		for _, n := range []int{epochs, came, on, pruned, diverged} {
			row = append(row, report.Number("%.0f", float64(n)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
