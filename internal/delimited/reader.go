// Package delimited reads the rows of CSV and TSV files, and says what their cells are. Tables that a network is
// trained on and those that it later runs on are read by the same rules.
package delimited

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

const maxLine = 1 << 20 // bytes in a row

var errLong = fmt.Errorf("want at most %d bytes in a row; is a quotation mark missing?", maxLine)

// Reader reads rows.
type Reader struct {
	csv     *csv.Reader
	limited *budget
	line    int // of the last row
}

// NewReader returns a reader of a file. Columns are separated by tabs if the name ends in .tsv, else by commas, or by
// semicolons if the first line has more of them. A byte order mark is ignored.
func NewReader(r io.Reader, name string) *Reader {
	buffered := bufio.NewReaderSize(r, 1<<16)
	if mark, _ := buffered.Peek(3); string(mark) == "\xef\xbb\xbf" {
		buffered.Discard(3)
	}
	limited := &budget{r: buffered, left: maxLine}
	c := csv.NewReader(limited)
	c.Comma, c.ReuseRecord = separator(buffered, name), true
	return &Reader{csv: c, limited: limited}
}

// separator returns what separates the columns of a file.
func separator(r *bufio.Reader, name string) rune {
	if strings.EqualFold(filepath.Ext(name), ".tsv") {
		return '\t'
	}
	ahead, _ := r.Peek(1 << 15)
	line, _, _ := strings.Cut(string(ahead), "\n")
	if strings.Count(line, ";") > strings.Count(line, ",") {
		return ';'
	}
	return ','
}

// RowError is the error of one row. The rows after it can be read.
type RowError struct {
	Line int
	Err  error // which names the line
}

func (e *RowError) Error() string { return e.Err.Error() }
func (e *RowError) Unwrap() error { return e.Err }

// Read returns the cells of the next row, without the spaces around them, and the line on which it begins. The next
// Read overwrites the cells. All rows must have as many cells as the first one. The error after the last row is io.EOF.
func (r *Reader) Read() (cells []string, line int, err error) {
	r.limited.left = maxLine
	cells, err = r.csv.Read()
	var parse *csv.ParseError
	switch {
	case errors.As(err, &parse) && errors.Is(err, csv.ErrFieldCount):
		return nil, 0, &RowError{
			parse.StartLine, fmt.Errorf("line %d: got %d columns, want %d", parse.StartLine, len(cells), r.csv.FieldsPerRecord),
		}
	case errors.As(err, &parse):
		return nil, 0, &RowError{parse.Line, fmt.Errorf("line %d, column %d: %w", parse.Line, parse.Column, parse.Err)}
	case errors.Is(err, errLong):
		return nil, 0, fmt.Errorf("about line %d: %w", r.line+1, errLong)
	case err != nil:
		return nil, 0, err
	}
	r.line, _ = r.csv.FieldPos(0)
	for i, cell := range cells {
		cells[i] = strings.TrimSpace(cell)
	}
	return cells, r.line, nil
}

// budget is a Reader that ends with errLong when a row is too long.
type budget struct {
	r    io.Reader
	left int
}

func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLong
	}
	n, err := b.r.Read(p)
	b.left -= n
	return n, err
}
