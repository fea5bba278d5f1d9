package study

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Table is rows of text under a head.
type Table struct {
	Title string // what it shows, and how to read it
	Head  []string
	Rows  [][]string
}

// none stands for a number that there is not.
const none = "–"

// Tables are the results for people: a row a setting; where there are several rates, their limits; and where there are several batch
// sizes, too, a grid of both for each model.
func (r *Results) Tables() []Table {
	tables := []Table{r.summaryTable()}
	if limits := r.Limits(); len(limits) > 0 {
		tables = append(tables, limitTable(limits, r.Usable))
	}
	for _, g := range r.Grids() {
		tables = append(tables, g.table())
	}
	return tables
}

// summaryTable has a row a setting.
func (r *Results) summaryTable() Table {
	t := Table{
		Title: "Test accuracy in %: mean ± standard deviation over the seeds that did not diverge; mean steps and seconds to a target, over " +
			"the seeds that reached it; collapsed: ended no better than guessing",
		Head: []string{"model", "setting", "lr"},
	}
	summaries := r.Summaries()
	batches := slices.ContainsFunc(summaries, func(s Summary) bool { return s.Batch != summaries[0].Batch })
	augments := slices.ContainsFunc(summaries, func(s Summary) bool { return len(s.Augment) > 0 })
	if batches {
		t.Head = append(t.Head, "batch")
	}
	if augments {
		t.Head = append(t.Head, "augmentation")
	}
	t.Head = append(t.Head, "final", "best", "best epoch")
	for _, target := range r.Targets {
		t.Head = append(t.Head, "to "+percent(target)+" %")
	}
	t.Head = append(t.Head, "diverged", "collapsed")
	for _, s := range summaries {
		row := []string{s.Model, s.Setting, shortest(s.LR)}
		if batches {
			row = append(row, strconv.Itoa(s.Batch))
		}
		if augments {
			row = append(row, s.Augment.String())
		}
		row = append(row, s.Final.percent(), s.Best.percent(), s.BestEpoch.decimal())
		for _, target := range s.Targets {
			row = append(row, target.text(s.Runs))
		}
		t.Rows = append(t.Rows, append(row, of(s.Diverged, s.Runs), of(s.Collapsed, s.Runs)))
	}
	return t
}

// limitTable has a row a setting, batch size and augmentation, and columns for each model.
func limitTable(limits []Limit, usable float64) Table {
	t := Table{
		Title: fmt.Sprintf("Largest rate at which every seed ended at %s %% or more (≥: no larger one was tried), and the best mean of the final "+
			"accuracies in %%, with its rate", percent(usable)),
		Head: []string{"setting", "batch"},
	}
	augments := slices.ContainsFunc(limits, func(l Limit) bool { return len(l.Augment) > 0 })
	if augments {
		t.Head = append(t.Head, "augmentation")
	}
	var models []string
	for _, l := range limits {
		if !slices.Contains(models, l.Model) {
			models = append(models, l.Model)
			t.Head = append(t.Head, l.Model+": largest lr", l.Model+": best")
		}
	}
	alike := func(a, b Limit) bool {
		return a.Setting == b.Setting && a.Batch == b.Batch && a.Augment.String() == b.Augment.String()
	}
	for i, first := range limits {
		if slices.ContainsFunc(limits[:i], func(l Limit) bool { return alike(l, first) }) {
			continue
		}
		row := []string{first.Setting, strconv.Itoa(first.Batch)}
		if augments {
			row = append(row, first.Augment.String())
		}
		for _, model := range models {
			k := slices.IndexFunc(limits, func(l Limit) bool { return l.Model == model && alike(l, first) })
			if k < 0 {
				row = append(row, "", "")
				continue
			}
			row = append(row, limits[k].largest(), limits[k].best())
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (l Limit) largest() string {
	switch {
	case math.IsNaN(l.Largest):
		return "none"
	case l.Largest == l.Tried:
		return "≥ " + shortest(l.Largest)
	}
	return shortest(l.Largest)
}

func (l Limit) best() string {
	if l.Best.N == 0 {
		return none
	}
	return l.Best.percent() + " at " + shortest(l.BestLR)
}

// Title says what the grid is of.
func (g Grid) Title() string {
	title := g.Model + ", " + g.Setting
	if len(g.Augment) > 0 {
		title += ", " + g.Augment.String()
	}
	return title
}

// table has a row a batch size and a column a rate.
func (g Grid) table() Table {
	t := Table{Title: g.Title() + ": mean of the final accuracies in % by batch size and rate", Head: []string{"batch"}}
	for _, lr := range g.Rates {
		t.Head = append(t.Head, shortest(lr))
	}
	for i, batch := range g.Batches {
		row := []string{strconv.Itoa(batch)}
		for _, s := range g.Cells[i] {
			text := ""
			switch {
			case s == nil:
			case s.Diverged == s.Runs:
				text = "diverged"
			default:
				text = fmt.Sprintf("%.2f", 100*s.Final.Mean)
				if s.Diverged > 0 {
					text += ", diverged " + of(s.Diverged, s.Runs)
				}
			}
			row = append(row, text)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (m Moments) percent() string {
	switch m.N {
	case 0:
		return none
	case 1:
		return fmt.Sprintf("%.2f", 100*m.Mean)
	}
	return fmt.Sprintf("%.2f ± %.2f", 100*m.Mean, 100*m.Std)
}

func (m Moments) decimal() string {
	if m.N == 0 {
		return none
	}
	return strconv.FormatFloat(math.Round(10*m.Mean)/10, 'f', -1, 64)
}

// text says how soon a target was reached.
func (t Target) text(runs int) string {
	if t.Runs == 0 {
		return none
	}
	text := fmt.Sprintf("%.0f, %.1f s", t.Steps.Mean, t.Seconds.Mean)
	if t.Runs < runs {
		text += " (" + of(t.Runs, runs) + ")"
	}
	return text
}

func of(n, m int) string { return fmt.Sprintf("%d of %d", n, m) }
