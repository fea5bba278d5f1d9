package study

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"anneal/runs"
	"anneal/view/report"
)

// Tables returns the results for people: a row per setting and, if there are several rates, their limits. Those of a
// search are its settings, ranked, and what was pruned at each rung.
func (r *Results) Tables() []report.Table {
	if r.Found != nil {
		return []report.Table{r.ranking(), r.rungTable()}
	}
	tables := []report.Table{r.summaryTable(r.Summaries())}
	if limits := r.Limits(); len(limits) > 0 {
		tables = append(tables, limitTable(limits, r.Usable, r.By))
	}
	return tables
}

// how says by which data the study compares epochs and settings.
func (r *Results) how() string {
	switch r.By {
	case runs.ByValidation:
		if m := r.measure(); m != runs.ByAccuracy {
			text := fmt.Sprintf("Settings are to be compared by validation %s. Best: in the epoch that is the best by it", m)
			if !r.classless() {
				text = "Validation: final accuracy on the validation images. " + text
			}
			return text
		}
		return "Validation: final accuracy on the validation images, by which settings are to be compared. " +
			"Best: test accuracy in the epoch that is the best on the validation images"
	case runs.ByNothing:
		return "Nothing was chosen"
	}
	return "Best: chosen by the test images, and so better than on new images"
}

// limitTable returns a row per setting, batch size and augmentation, and two columns per model.
func limitTable(limits []Limit, usable float64, by runs.ChooseBy) report.Table {
	t := report.Table{
		Heading: "Largest learning rates",
		Title: fmt.Sprintf("Largest learning rate at which every seed ended at %s %% or more (≥: no larger one was tried)",
			percent(usable)),
	}
	switch by {
	case runs.ByValidation:
		t.Title += " of the validation images, and the final test accuracy in % at the rate that is the best on them"
	case runs.ByNothing:
		t.Title += " of the test images"
	default:
		t.Title += ", and the best mean of the final accuracies in %, with its rate, both by the test images"
	}
	several := slices.ContainsFunc(limits, func(l Limit) bool { return l.Setting != limits[0].Setting })
	if several {
		t.Head = append(t.Head, "setting")
	}
	t.Head = append(t.Head, "batch")
	augments := slices.ContainsFunc(limits, func(l Limit) bool { return len(l.Augment) > 0 })
	if augments {
		t.Head = append(t.Head, "augmentation")
	}
	var models []string
	for _, l := range limits {
		if !slices.Contains(models, l.Model) {
			models = append(models, l.Model)
			t.Head = append(t.Head, l.Model+": largest lr")
			if by != runs.ByNothing {
				t.Head = append(t.Head, "best")
			}
		}
	}
	alike := func(a, b Limit) bool {
		return a.Setting == b.Setting && a.Batch == b.Batch && a.Augment.String() == b.Augment.String()
	}
	for i, first := range limits {
		if slices.ContainsFunc(limits[:i], func(l Limit) bool { return alike(l, first) }) {
			continue
		}
		var row []report.Cell
		if several {
			row = append(row, report.Text(first.Setting))
		}
		row = append(row, report.Number("%.0f", float64(first.Batch)))
		if augments {
			row = append(row, report.Text(first.Augment.String()))
		}
		for _, model := range models {
			k := slices.IndexFunc(limits, func(l Limit) bool { return l.Model == model && alike(l, first) })
			largest, best := report.Number("", math.NaN()), report.Number("", math.NaN())
			if k >= 0 {
				largest, best = limits[k].largest(), limits[k].best()
			}
			if row = append(row, largest); by != runs.ByNothing {
				row = append(row, best)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (l Limit) largest() report.Cell {
	c := report.Cell{Text: shortest(l.Largest), Value: &l.Largest}
	switch {
	case math.IsNaN(l.Largest):
		c.Text = "none"
	case l.Largest == l.Tried:
		c.Text = "≥ " + c.Text
	}
	return c
}

func (l Limit) best() report.Cell {
	c := l.Best.percent()
	if l.Best.N > 0 {
		c.Text += " at " + shortest(l.BestLR)
	}
	return c
}

// percent returns the mean and, if there are several numbers, the standard deviation, in %.
func (m Moments) percent() report.Cell {
	c := report.Number("%.2f", 100*m.Mean)
	if m.N > 1 {
		c.Text += fmt.Sprintf(" ± %.2f", 100*m.Std)
	}
	return c
}

func (m Moments) decimal() string {
	if m.N == 0 {
		return "–"
	}
	return strconv.FormatFloat(math.Round(10*m.Mean)/10, 'f', -1, 64)
}

// cell returns the mean steps and seconds until the target was reached.
func (t Target) cell(runs int) report.Cell {
	c := report.Number("%.0f", t.Steps.Mean)
	if t.Runs == 0 {
		return c
	}
	c.Text += fmt.Sprintf(", %.1f s", t.Seconds.Mean)
	if t.Runs < runs {
		c.Text += " (" + of(t.Runs, runs).Text + ")"
	}
	return c
}

func of(n, m int) report.Cell {
	c := report.Number("%.0f", float64(n))
	c.Text = fmt.Sprintf("%d of %d", n, m)
	return c
}
