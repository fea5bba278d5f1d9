package terminal

import (
	"slices"
	"strings"
)

const gap = "  " // between columns

// Columns lays out the rows of a table, the first of which is its head. The first left columns are aligned left, the
// others right; the head is bold. A table that is wider than the screen has its cells broken between words. If it is
// still too wide, each row is a paragraph: a line per cell, after its head. colours are those of the rows below the
// head, as far as there are any.
func (s Screen) Columns(left int, rows [][]string, colours ...string) []string {
	colours = append([]string{Bold}, colours...)
	widths, least := widthsOf(rows)
	if s.Width > 0 && !narrow(widths, least, s.Width) {
		return s.paragraphs(rows, colours)
	}
	var lines []string
	for k, row := range rows {
		cells := make([][]string, len(row))
		height := 1
		for i, cell := range row {
			cells[i] = Words(cell, widths[i], "")
			height = max(height, len(cells[i]))
		}
		for h := range height {
			line := ""
			for i, parts := range cells {
				part := ""
				if h < len(parts) {
					part = parts[h]
				}
				if i > 0 {
					line += gap
				}
				line += align(part, widths[i], i < left)
			}
			lines = append(lines, s.Paint(strings.TrimRight(line, " "), colourOf(colours, k)))
		}
	}
	return lines
}

// colourOf returns the colour of a row.
func colourOf(colours []string, row int) string {
	if row < len(colours) {
		return colours[row]
	}
	return ""
}

// align fills a cell up with spaces.
func align(cell string, width int, left bool) string {
	space := strings.Repeat(" ", max(0, width-Width(cell)))
	if left {
		return cell + space
	}
	return space + cell
}

// widthsOf returns how wide columns are, and how wide they must be for their longest words.
func widthsOf(rows [][]string) (widths, least []int) {
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths, least = append(widths, 0), append(least, 0)
			}
			widths[i] = max(widths[i], Width(cell))
			for word := range strings.SplitSeq(cell, " ") {
				least[i] = max(least[i], Width(word))
			}
		}
	}
	return widths, least
}

// narrow makes the widest columns narrower until all fit in total, and reports whether they do.
func narrow(widths, least []int, total int) bool {
	sum := len(gap) * (len(widths) - 1)
	for _, w := range widths {
		sum += w
	}
	for ; sum > total; sum-- {
		widest := -1
		for i, w := range widths {
			if w > least[i] && (widest < 0 || w > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return false
		}
		widths[widest]--
	}
	return true
}

// paragraphs returns a line for each cell, after its head, with an empty line between rows. Where that leaves a cell no
// room, it begins on a line of its own.
func (s Screen) paragraphs(rows [][]string, colours []string) []string {
	const room = 12
	var lines []string
	heads, _ := widthsOf([][]string{rows[0]})
	indent := len(gap)
	if len(heads) > 0 {
		indent += slices.Max(heads)
	}
	beside := indent+room <= s.Width
	if !beside {
		indent = len(gap)
	}
	for k, row := range rows[1:] {
		if k > 0 {
			lines = append(lines, "")
		}
		for i, cell := range row {
			if cell == "" {
				continue
			}
			margin := align(rows[0][i], indent, true)
			if !beside {
				lines = append(lines, strings.Join(Words(rows[0][i], s.Width, ""), "\n"))
				margin = gap
			}
			for _, part := range Words(cell, s.Width-indent, "") {
				lines = append(lines, s.Paint(strings.TrimRight(margin+part, " "), colourOf(colours, k+1)))
				margin = strings.Repeat(" ", indent)
			}
		}
	}
	return lines
}
