package study

import (
	"math"
	"slices"
	"strconv"

	"anneal/view/report"
)

// Grid is the results of one model with one setting and augmentation, by batch size and learning rate.
type Grid struct {
	Cell    // except for LR, Batch, Solver and Seed, which have no meaning
	Batches []int
	Rates   []float64
	Cells   [][]*Summary // by batch size, then rate; nil if the study has none

	losses bool // in place of accuracies: the samples have no classes
}

// Grids returns the grids that have several batch sizes and several rates. A search has none.
func (r *Results) Grids() []Grid {
	if r.Found != nil {
		return nil
	}
	var list []Grid
	summaries, losses := r.Summaries(), r.classless()
	for _, s := range summaries {
		i := slices.IndexFunc(list, func(g Grid) bool { return sameBut(g.Cell, s.Cell, false) })
		if i < 0 {
			i = len(list)
			list = append(list, Grid{Cell: s.Cell, losses: losses})
		}
		list[i].Batches, list[i].Rates = append(list[i].Batches, s.Batch), append(list[i].Rates, s.LR)
	}
	for i := range list {
		g := &list[i]
		slices.Sort(g.Batches)
		slices.Sort(g.Rates)
		g.Batches, g.Rates = slices.Compact(g.Batches), slices.Compact(g.Rates)
		for range g.Batches {
			g.Cells = append(g.Cells, make([]*Summary, len(g.Rates)))
		}
		for k, s := range summaries {
			if sameBut(g.Cell, s.Cell, false) {
				g.Cells[slices.Index(g.Batches, s.Batch)][slices.Index(g.Rates, s.LR)] = &summaries[k]
			}
		}
	}
	return slices.DeleteFunc(list, func(g Grid) bool { return len(g.Batches) < 2 || len(g.Rates) < 2 })
}

func (g Grid) title() string {
	title := g.Model + ", " + g.Setting
	if len(g.Augment) > 0 {
		title += ", " + g.Augment.String()
	}
	if g.losses {
		return title + ": mean of the final test losses by batch size and learning rate"
	}
	return title + ": mean of the final test accuracies in % by batch size and learning rate"
}

// heading returns what tells the grid from others: its model, and what else of it differs.
func (g Grid) heading(all []Grid) string {
	text := g.Model
	if slices.ContainsFunc(all, func(o Grid) bool { return o.Setting != g.Setting }) {
		text += ", " + g.Setting
	}
	if slices.ContainsFunc(all, func(o Grid) bool { return o.Augment.String() != g.Augment.String() }) {
		text += ", " + g.Augment.String()
	}
	return text
}

// of returns what the numbers of all grids of a study are.
func (g Grid) of() string {
	if g.losses {
		return "Mean of the final test losses"
	}
	return "Mean of the final test accuracies in %"
}

// mean returns what the grid shows of s.
func (g Grid) mean(s *Summary) float64 {
	if g.losses {
		return s.Loss.Mean
	}
	return 100 * s.Final.Mean
}

func (g Grid) format() string {
	if g.losses {
		return "%.4f"
	}
	return "%.2f"
}

// Table returns a table with a row per batch size and a column per rate.
func (g Grid) Table() report.Table {
	t := report.Table{Title: g.title(), Head: []string{"batch"}}
	for _, lr := range g.Rates {
		t.Head = append(t.Head, shortest(lr))
	}
	for i, batch := range g.Batches {
		row := []report.Cell{report.Number("%.0f", float64(batch))}
		for _, s := range g.Cells[i] {
			c := report.Number("", math.NaN())
			switch {
			case s == nil:
			case s.Diverged == s.Runs:
				c.Text = "diverged"
			default:
				c = report.Number(g.format(), g.mean(s))
				if s.Diverged > 0 {
					c.Text += ", diverged " + of(s.Diverged, s.Runs).Text
				}
			}
			row = append(row, c)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// HeatMap returns the numbers of Table as a heat map, without a number where every seed diverged.
func (g Grid) HeatMap() report.HeatMap {
	h := report.HeatMap{
		Title: g.title() + " (–: every seed diverged)", X: "learning rate", Y: "batch size", Format: g.format(),
	}
	for _, lr := range g.Rates {
		h.Columns = append(h.Columns, shortest(lr))
	}
	for i, batch := range g.Batches {
		h.Rows = append(h.Rows, strconv.Itoa(batch))
		values := make([]float64, len(g.Rates))
		for k, s := range g.Cells[i] {
			values[k] = math.NaN()
			if s != nil {
				values[k] = g.mean(s)
			}
		}
		h.Values = append(h.Values, values)
	}
	return h
}
