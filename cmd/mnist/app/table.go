package app

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"anneal/internal/printable"
	"anneal/internal/terminal"
)

// table is a text table: rows of cells, the first of which is the head.
type table struct {
	left    int // number of columns aligned to the left; the others are aligned to the right
	rows    [][]string
	colours []string // on a terminal, of the rows below the head, as far as there are any
}

// head returns a table with these column names. The first left columns are aligned to the left, the others to the
// right.
func head(left int, names ...string) *table {
	t := &table{left: left}
	t.add(names...)
	return t
}

func (t *table) add(row ...string) {
	cells := make([]string, len(row))
	for i, cell := range row {
		cells[i] = printable.Line(cell)
	}
	t.rows = append(t.rows, cells)
}

// write writes t with aligned columns, as wide as a terminal allows.
func (t *table) write(w io.Writer) error {
	for _, row := range t.rows {
		for i, cell := range row {
			row[i] = brief(cell, maxName)
		}
	}
	lines := terminal.Of(w).Columns(t.left, t.rows, t.colours...)
	_, err := io.WriteString(w, strings.Join(lines, "\n")+"\n")
	return err
}

// csv writes t as comma-separated values.
func (t *table) csv(w io.Writer) error { return csv.NewWriter(w).WriteAll(t.rows) }

// printTables writes tables with an empty line between them.
func printTables(w io.Writer, tables ...*table) error {
	for i, t := range tables {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := t.write(w); err != nil {
			return err
		}
	}
	return nil
}

// printJSON writes v as indented JSON.
func printJSON(w io.Writer, v any) error {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(w, printable.JSON(b.String()))
	return err
}
