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
}

// Grids returns the grids that have several batch sizes and several rates.
func (r *Results) Grids() []Grid {
	var list []Grid
	summaries := r.Summaries()
	for _, s := range summaries {
		i := slices.IndexFunc(list, func(g Grid) bool { return sameBut(g.Cell, s.Cell, false) })
		if i < 0 {
			i = len(list)
			list = append(list, Grid{Cell: s.Cell})
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
	return title + ": mean of the final test accuracies in % by batch size and learning rate"
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
				c = report.Number("%.2f", 100*s.Final.Mean)
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
		Title: g.title() + " (–: every seed diverged)", X: "learning rate", Y: "batch size", Format: "%.2f",
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
				values[k] = 100 * s.Final.Mean
			}
		}
		h.Values = append(h.Values, values)
	}
	return h
}
