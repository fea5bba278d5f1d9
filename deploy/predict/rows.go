package predict

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"anneal/internal/delimited"
	"anneal/internal/printable"
	"anneal/runs"
)

// Rows reads the rows of a CSV or TSV file as samples. The first line has the names of the columns, of which those that
// the network takes must be there, in any order.
type Rows struct {
	network *Predictor
	file    *delimited.Reader
	at      []int    // where the columns of the network are
	ignored []string // names of other columns
	first   []string // the first line if it is a row
	cells   []string
}

// Rows returns a reader of the rows in r, which has the format of a file of that name.
func (p *Predictor) Rows(r io.Reader, name string) (*Rows, error) {
	if p.options.Columns == nil {
		return nil, fmt.Errorf("predict: %w", p.options.takes("rows of a table"))
	}
	rows := &Rows{network: p, file: delimited.NewReader(r, name), cells: make([]string, len(p.options.Columns))}
	head, _, err := rows.file.Read()
	if errors.Is(err, io.EOF) {
		err = errors.New("the table is empty, want a line with the names of the columns")
	}
	if err != nil {
		return nil, fmt.Errorf("predict: %w", err)
	}
	for i, cell := range head {
		head[i] = delimited.Name(cell, i)
	}
	if p.options.numbered() && !rows.find(head) {
		rows.first = slices.Clone(head)
		for i := range head {
			head[i] = strconv.Itoa(i)
		}
	}
	if rows.find(head) {
		return rows, nil
	}
	for _, c := range p.options.Columns {
		switch n := count(head, c.Name); {
		case n == 0:
			return nil, fmt.Errorf("predict: there is no column %q: want %s; got %.200q",
				c.Name, p.options.columnNames(), head)
		case n > 1:
			return nil, fmt.Errorf("predict: %d columns have the name %q: want one", n, c.Name)
		}
	}
	return rows, nil
}

// find finds the columns of the network by their names, and reports whether each is there once.
func (r *Rows) find(head []string) bool {
	r.at, r.ignored = nil, nil
	for _, c := range r.network.options.Columns {
		if count(head, c.Name) != 1 {
			return false
		}
		r.at = append(r.at, slices.Index(head, c.Name))
	}
	for i, name := range head {
		if !slices.Contains(r.at, i) {
			r.ignored = append(r.ignored, strings.Clone(name))
		}
	}
	return true
}

func count(list []string, name string) (n int) {
	for _, other := range list {
		if other == name {
			n++
		}
	}
	return n
}

// numbered reports whether the columns have numbers in place of names, as those of a file without names have.
func (o Options) numbered() bool {
	return !slices.ContainsFunc(o.Columns, func(c runs.ColumnRecord) bool {
		_, err := strconv.ParseUint(c.Name, 10, 31)
		return err != nil
	})
}

// Ignored returns the names of the columns that the network does not take.
func (r *Rows) Ignored() []string { return r.ignored }

// BadRow is the error of one row. The rows after it can be read.
type BadRow struct{ err error }

func (b *BadRow) Error() string { return b.err.Error() }
func (b *BadRow) Unwrap() error { return b.err }

// Next returns the sample of the next row. A row that cannot be read is a BadRow, which names its line. After the last
// row, the error is io.EOF.
func (r *Rows) Next() ([]float32, error) {
	cells, line, err := r.first, 1, error(nil)
	if r.first = nil; cells == nil {
		cells, line, err = r.file.Read()
	}
	var bad *delimited.RowError
	switch {
	case errors.As(err, &bad):
		return nil, &BadRow{fmt.Errorf("predict: %w", err)}
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	case err != nil:
		return nil, fmt.Errorf("predict: %w", err)
	}
	for i, at := range r.at {
		r.cells[i] = cells[at]
	}
	x, err := r.network.row(r.cells)
	if err != nil {
		return nil, &BadRow{fmt.Errorf("predict: line %d: %w", line, printable.Error(err))}
	}
	return x, nil
}
