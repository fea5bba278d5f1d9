package app

import (
	"slices"
	"strconv"
	"strings"

	"anneal/internal/terminal"
	"anneal/study"
	"anneal/view/report"
)

// rankedTable returns the table of a study's settings with its rows in the order of their ranks.
func rankedTable(r *study.Results, t report.Table) report.Table {
	place := map[string]int{} // of each setting, by the name of its first run
	for i, s := range r.Ranked() {
		place[s.Name()] = i
	}
	rows := make([][]report.Cell, len(t.Rows))
	for i, s := range r.Summaries() {
		rows[place[s.Name()]] = t.Rows[i]
	}
	t.Rows = rows
	return t
}

// leastWanted are the columns of the table of settings that a narrow terminal leaves out first, the first of them
// first: names, or how they begin.
var leastWanted = []string{"to ", "best epoch", "collapsed", "diverged", "best"}

// notResults are the columns that are left out where they are the same in all rows.
var notResults = []string{"model", "setting", "lr", "batch", "augmentation", "diverged", "collapsed"}

// fitting returns a table for a terminal of so many columns. What is the same in all rows is left out, a number tells
// the rank if the rows are ranked, and as many columns are left out as must be.
func fitting(t report.Table, width int, ranked bool) report.Table {
	if len(t.Rows) > 1 {
		for i := len(t.Head) - 1; i >= 0; i-- {
			if slices.Contains(notResults, t.Head[i]) && same(t, i) {
				t = withoutColumn(t, i)
			}
		}
	}
	if i := slices.Index(t.Head, "setting"); i >= 0 && len(t.Rows) > 1 {
		var settings []string
		for _, row := range t.Rows {
			settings = append(settings, row[i].Text)
		}
		for k, name := range study.Apart(settings) {
			t.Rows[k] = slices.Clone(t.Rows[k])
			t.Rows[k][i] = report.Text(name)
		}
	}
	if ranked {
		t.Head = append([]string{"rank"}, t.Head...)
		for i, row := range t.Rows {
			t.Rows[i] = append([]report.Cell{report.Text(strconv.Itoa(i + 1))}, row...)
		}
	}
	for _, name := range leastWanted {
		for i := len(t.Head) - 1; i >= 0 && widthOf(t) > width; i-- {
			if strings.HasPrefix(t.Head[i], name) {
				t = withoutColumn(t, i)
			}
		}
	}
	return t
}

// names returns how many columns of t, from the first one on, say which setting a row is of.
func names(t report.Table) int {
	n := slices.IndexFunc(t.Head, func(head string) bool { return head != "rank" && !slices.Contains(notResults, head) })
	return max(n, 0)
}

// same reports whether all rows have the same text in a column.
func same(t report.Table, column int) bool {
	return !slices.ContainsFunc(t.Rows, func(row []report.Cell) bool { return row[column].Text != t.Rows[0][column].Text })
}

// withoutColumn returns t without a column.
func withoutColumn(t report.Table, column int) report.Table {
	head, rows := slices.Delete(slices.Clone(t.Head), column, column+1), make([][]report.Cell, len(t.Rows))
	for i, row := range t.Rows {
		rows[i] = slices.Delete(slices.Clone(row), column, column+1)
	}
	t.Head, t.Rows = head, rows
	return t
}

// widthOf returns the columns of a terminal that t takes.
func widthOf(t report.Table) int {
	widths := make([]int, len(t.Head))
	sum := 2 * (len(widths) - 1)
	for i := range widths {
		widths[i] = terminal.Width(t.Head[i])
		for _, row := range t.Rows {
			widths[i] = max(widths[i], terminal.Width(row[i].Text))
		}
		sum += widths[i]
	}
	return sum
}

// texts returns the texts of a row.
func texts(row []report.Cell) []string {
	var list []string
	for _, c := range row {
		list = append(list, c.Text)
	}
	return list
}
