package table

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"anneal/internal/delimited"
)

const (
	maxColumns = 10_000      // of a table
	maxCells   = 250_000_000 // of a table
)

// rows are the cells of a table's files, column by column.
type rows struct {
	columns  []*column
	lines    []int32  // of the rows, in their files
	files    []string // the file of each part, "" if it has none
	ends     []int    // where each part ends
	bad      []bool   // by row, after strike
	skip     bool     // bad rows are left out
	skipped  int      // how many
	noHeader bool
	groups   grouping
}

// read appends the rows of a file.
func (t *rows) read(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := t.parse(file, path); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// parse appends the rows of r. Of a second file the columns must be those of the first.
func (t *rows) parse(r io.Reader, path string) error {
	table := delimited.NewReader(r, path)
	for first := true; ; first = false {
		cells, line, err := table.Read()
		bad := (*delimited.RowError)(nil)
		switch {
		case errors.Is(err, io.EOF) && first:
			return errors.New("the file is empty, want a line with the names of the columns")
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &bad) && t.skip && !first: // the first line says what the columns are
			t.skipped++
			continue
		case err != nil:
			return err
		}
		if first {
			if err := t.head(cells); err != nil {
				return err
			}
			if !t.noHeader {
				continue
			}
		}
		t.lines = append(t.lines, int32(min(line, math.MaxInt32)))
		for i, cell := range cells {
			t.columns[i].add(cell)
		}
		t.groups.add(cells)
		if len(t.lines)*len(t.columns) > maxCells {
			return fmt.Errorf("more than %d cells: want fewer rows or columns", maxCells)
		}
	}
}

// head takes the names of the columns from the first line of a file.
func (t *rows) head(record []string) error {
	if len(record) > maxColumns {
		return fmt.Errorf("got %d columns, want at most %d", len(record), maxColumns)
	}
	names := make([]string, len(record))
	for i, name := range record {
		if names[i] = strings.Clone(delimited.Name(name, i)); t.noHeader {
			names[i] = strconv.Itoa(i)
		}
	}
	if t.columns != nil {
		same := slices.EqualFunc(t.columns, names, func(c *column, name string) bool { return c.name == name })
		if !same {
			return fmt.Errorf("got the columns %.200q, want those of the other part: %s", names, t.names())
		}
		return nil
	}
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return fmt.Errorf("two columns have the name %q", name)
		}
		t.columns = append(t.columns, newColumn(name))
	}
	t.groups.at = slices.Index(names, t.groups.name)
	return nil
}

// from returns the good rows of a part.
func (t *rows) from(part int) []int {
	begin := 0
	if part > 0 {
		begin = t.ends[part-1]
	}
	var list []int
	for r := begin; r < t.ends[part]; r++ {
		if !t.bad[r] {
			list = append(list, r)
		}
	}
	return list
}

// place names the file and the line of a row.
func (t *rows) place(row int) string {
	part := slices.IndexFunc(t.ends, func(end int) bool { return row < end })
	return fmt.Sprintf("%s: line %d", t.files[part], t.lines[row])
}

// strike marks the rows that e cannot encode as bad. The first one is an error unless bad rows are skipped.
func (t *rows) strike(e *encoder) error {
	t.bad = make([]bool, len(t.lines))
	for r := range t.bad {
		if err := cmp.Or(e.check(r), t.groups.check(r)); err != nil {
			if !t.skip {
				return fmt.Errorf("%s: %w", t.place(r), err)
			}
			t.bad[r] = true
			t.skipped++
		}
	}
	return nil
}
