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
	Title   string
	Heading string // on a page, where Title is then a hint below it; "": Title is the heading
	Head    []string
	Rows    [][]Cell
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

// Number returns a cell with a number, which is written as fmt.Sprintf(format, v), or "–" if it is NaN. Where that
// would read 0 although v is not, it has two significant digits: 2.3e-05, not 0.0000.
func Number(format string, v float64) Cell {
	if math.IsNaN(v) {
		return Cell{Text: "–", Value: &v}
	}
	text := fmt.Sprintf(format, v)
	if v != 0 && !strings.ContainsAny(text, "123456789I") { // I: infinity
		text = fmt.Sprintf("%.2g", v)
	}
	return Cell{text, &v}
}

// noNumber is the cell of a number that a run does not have.
var noNumber = Number("", math.NaN())

// Percent returns a cell with a share of 1, written in % with two digits.
func Percent(v float64) Cell {
	c := Number("%.2f", 100*v)
	if !math.IsNaN(v) {
		c.Text += " %"
	}
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

// many reports whether a table has so many rows that a page has it as text until it is shown: see page/rows.js.
func many(rows int) bool { return rows > 50 }

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
	return []Table{runTable(all)}
}
