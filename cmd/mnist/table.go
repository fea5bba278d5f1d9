package main

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"
)

// table is rows of cells, which it writes with aligned right edges.
type table [][]string

func (t table) write(w io.Writer) error {
	var widths []int
	for _, row := range t {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b bytes.Buffer
	for _, row := range t {
		line := ""
		for i, cell := range row {
			if i > 0 {
				line += "  "
			}
			line += strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)) + cell
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	_, err := w.Write(b.Bytes())
	return err
}
