package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Table is rows of cells under a head. Readers of a page sort it by any of its columns.
type Table struct {
	Title string
	Head  []string
	Rows  [][]Cell
}

// Numeric reports whether a column has numbers, which are aligned to the right.
func (t Table) Numeric(column int) bool {
	return len(t.Rows) > 0 && column < len(t.Rows[0]) && t.Rows[0][column].Numeric()
}

// Cell is one place in a table. It is sorted by its Value, or by its Text if that is nil.
type Cell struct {
	Text  string
	Value *float64
}

// Text returns a cell with a text.
func Text(text string) Cell { return Cell{Text: text} }

// Number returns a cell with a number, which is written as fmt.Sprintf(format, v), or "–" if it is NaN.
func Number(format string, v float64) Cell {
	if math.IsNaN(v) {
		return Cell{Text: "–", Value: &v}
	}
	return Cell{fmt.Sprintf(format, v), &v}
}

// noNumber is the cell of a number that a run does not have.
var noNumber = Number("", math.NaN())

// Percent returns a cell with a share of 1, written in % with two digits.
func Percent(v float64) Cell {
	c := Number("%.2f %%", 100*v)
	c.Value = &v
	return c
}

// Numeric reports whether c is sorted by a number.
func (c Cell) Numeric() bool { return c.Value != nil }

// Sort returns the text that the page's script sorts c by.
func (c Cell) Sort() string {
	if c.Value == nil {
		return c.Text
	}
	return strconv.FormatFloat(*c.Value, 'g', -1, 64)
}

// column returns the class of a column on the page: of numbers, of texts that may take several lines, or neither.
func column(t Table, i int) string {
	switch {
	case t.Numeric(i):
		return "number"
	case slices.ContainsFunc(t.Rows, func(row []Cell) bool { return len(row[i].Text) > 20 }):
		return "long"
	}
	return ""
}

const solid = "\u00a0" // a space at which no line ends

// head returns the text of a head on the page. No line breaks between a quantity and its unit.
func head(text string) string { return strings.ReplaceAll(text, " %", solid+"%") }

// cell returns the text of c on the page. A narrow column breaks the lines of a number only after a comma and before
// a parenthesis, as in "1251, 3.2 s (2 of 3)".
func cell(c Cell) string {
	if !c.Numeric() {
		return c.Text
	}
	return strings.NewReplacer(", ", ", ", " (", " (", " ", solid).Replace(c.Text)
}

// tables returns the tables that a page shows in addition to its own: the epochs of a run, or the runs.
func tables(all []Run) []Table {
	switch {
	case len(all) == 0, len(all) == 1 && len(all[0].Epochs) == 0:
		return nil
	case len(all) == 1:
		return []Table{epochs(&all[0])}
	}
	t := Table{Title: "Runs", Head: []string{
		"run", "seed", "best accuracy", "in epoch", "chosen by", "last accuracy", "validation accuracy", "test loss",
		"training loss", "seconds", "end",
	}}
	for i := range all {
		r := &all[i]
		row := append([]Cell{Text(r.Name), Number("%.0f", float64(r.Seed))}, r.choiceCells()...)
		if last := r.Last(); last != nil {
			row = append(row, Percent(last.TestAccuracy), Percent(value(last.ValidationAccuracy)),
				Number("%.4f", last.TestLoss), Number("%.4f", last.TrainLoss))
		} else {
			row = append(row, noNumber, noNumber, noNumber, noNumber)
		}
		t.Rows = append(t.Rows, append(row, Number("%.1f", r.Seconds()), Text(r.outcome())))
	}
	return []Table{t}
}

func epochs(r *Run) Table {
	t := Table{Title: "Epochs", Head: []string{"epoch", "training loss", "test loss", "test accuracy", "rate", "seconds"}}
	name := strings.ToUpper(r.averaged())
	if name != "" {
		t.Head = append(t.Head, name+" test loss", name+" test accuracy")
	}
	if r.validated() {
		t.Head = append(t.Head, "validation loss", "validation accuracy")
	}
	if name != "" && r.validated() {
		t.Head = append(t.Head, name+" validation loss", name+" validation accuracy")
	}
	for _, e := range r.Epochs {
		rate, average := Number("", math.NaN()), e.Average()
		if len(e.LR) > 0 {
			rate = Cell{label(round(e.LR[0])), &e.LR[0]}
		}
		row := []Cell{
			Number("%.0f", float64(e.Epoch)), Number("%.4f", e.TrainLoss), Number("%.4f", e.TestLoss), Percent(e.TestAccuracy),
			rate, Number("%.1f", e.TrainSeconds+e.TestSeconds),
		}
		if name != "" {
			row = append(row, Number("%.4f", value(average.TestLoss)), Percent(value(average.TestAccuracy)))
		}
		if r.validated() {
			row = append(row, Number("%.4f", value(e.ValidationLoss)), Percent(value(e.ValidationAccuracy)))
		}
		if name != "" && r.validated() {
			row = append(row, Number("%.4f", value(average.ValidationLoss)), Percent(value(average.ValidationAccuracy)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
