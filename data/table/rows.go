package table

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	maxLine    = 1 << 20     // bytes in a row
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

// budget is a Reader that ends with errLong when a row is too long.
type budget struct {
	r    io.Reader
	left int
}

var errLong = fmt.Errorf("want at most %d bytes in a row; is a quotation mark missing?", maxLine)

func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLong
	}
	n, err := b.r.Read(p)
	b.left -= n
	return n, err
}

// parse appends the rows of r. Of a second file the columns must be those of the first.
func (t *rows) parse(r io.Reader, path string) error {
	buffered := bufio.NewReaderSize(r, 1<<16)
	if mark, _ := buffered.Peek(3); string(mark) == "\xef\xbb\xbf" {
		buffered.Discard(3)
	}
	limited := &budget{r: buffered, left: maxLine}
	c := csv.NewReader(limited)
	c.Comma, c.ReuseRecord, c.TrimLeadingSpace = separator(buffered, path), true, false
	for first := true; ; first = false {
		limited.left = maxLine
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			if first {
				return errors.New("the file is empty, want a line with the names of the columns")
			}
			return nil
		}
		if first && err == nil {
			if err := t.head(record); err != nil {
				return err
			}
			if !t.noHeader {
				continue
			}
		}
		if err = t.row(c, record, err, t.skip && !first); err != nil {
			return err
		}
		if len(t.lines)*len(t.columns) > maxCells {
			return fmt.Errorf("more than %d cells: want fewer rows or columns", maxCells)
		}
	}
}

// separator returns what separates the columns of a file.
func separator(r *bufio.Reader, path string) rune {
	if strings.EqualFold(filepath.Ext(path), ".tsv") {
		return '\t'
	}
	ahead, _ := r.Peek(1 << 15)
	line, _, _ := strings.Cut(string(ahead), "\n")
	if strings.Count(line, ";") > strings.Count(line, ",") {
		return ';'
	}
	return ','
}

// head takes the names of the columns from the first line of a file.
func (t *rows) head(record []string) error {
	if len(record) > maxColumns {
		return fmt.Errorf("got %d columns, want at most %d", len(record), maxColumns)
	}
	names := make([]string, len(record))
	for i, name := range record {
		if names[i] = strings.Clone(strings.TrimSpace(name)); t.noHeader {
			names[i] = strconv.Itoa(i)
		} else if names[i] == "" {
			names[i] = fmt.Sprintf("column %d", i+1)
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
	return nil
}

// row appends a row, of which reading gave err. If skip is true, it counts a bad one instead. The first line of a file
// is not skipped: it says what the columns are.
func (t *rows) row(c *csv.Reader, record []string, err error, skip bool) error {
	var parse *csv.ParseError
	switch {
	case errors.As(err, &parse) && errors.Is(err, csv.ErrFieldCount):
		err = fmt.Errorf("line %d: got %d columns, want %d", parse.StartLine, len(record), len(t.columns))
	case errors.As(err, &parse):
		err = fmt.Errorf("line %d, column %d: %w", parse.Line, parse.Column, parse.Err)
	case errors.Is(err, errLong):
		line := 1
		if n := len(t.lines); n > 0 {
			line = int(t.lines[n-1]) + 1
		}
		return fmt.Errorf("about line %d: %w", line, errLong)
	case err != nil:
		return err
	}
	if err != nil && skip {
		t.skipped++
		return nil
	}
	if err != nil {
		return err
	}
	line, _ := c.FieldPos(0)
	t.lines = append(t.lines, int32(min(line, math.MaxInt32)))
	for i, cell := range record {
		t.columns[i].add(strings.TrimSpace(cell))
	}
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
		if err := e.check(r); err != nil {
			if !t.skip {
				return fmt.Errorf("%s: %w", t.place(r), err)
			}
			t.bad[r] = true
			t.skipped++
		}
	}
	return nil
}
