package report

import (
	"math"
	"strings"
)

// plane is a rectangle of characters in which lines are drawn. Places in it are from 0 to 1, from the left and from
// below.
type plane struct {
	columns, rows int
	dots          bool // a character has 2 × 4 dots of braille; else it is one dot, a star
	cells         []cellOf
}

// cellOf is a character of a plane.
type cellOf struct {
	dots rune // bits of braille
	line int  // the number of the last line in it, −1 for one without a name
	sign rune // a letter above the lines; 0: none
}

func newPlane(columns, rows int, dots bool) *plane {
	return &plane{columns, rows, dots, make([]cellOf, columns*rows)}
}

// line draws the n-th line from one place to another.
func (p *plane) line(x0, y0, x1, y1 float64, n int) {
	width, height := p.size()
	ax, ay := x0*float64(width-1), y0*float64(height-1)
	bx, by := x1*float64(width-1), y1*float64(height-1)
	steps := int(math.Ceil(max(math.Abs(bx-ax), math.Abs(by-ay), 1)))
	for i := range steps + 1 {
		t := float64(i) / float64(steps)
		p.dot(int(math.Round(ax+t*(bx-ax))), int(math.Round(ay+t*(by-ay))), n)
	}
}

// size returns how many dots the plane has.
func (p *plane) size() (width, height int) {
	if p.dots {
		return 2 * p.columns, 4 * p.rows
	}
	return p.columns, p.rows
}

// braille has the bits of the dots of a character, by column and row.
var braille = [2][4]rune{{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}}

// dot draws a dot, counted from the left and from below.
func (p *plane) dot(x, y, n int) {
	width, height := p.size()
	if x < 0 || x >= width || y < 0 || y >= height {
		return
	}
	y = height - 1 - y
	bit := rune(1)
	if p.dots {
		bit = braille[x%2][y%4]
		x, y = x/2, y/4
	}
	c := &p.cells[y*p.columns+x]
	c.dots, c.line = c.dots|bit, n
}

// letter writes a sign at a place.
func (p *plane) letter(x, y float64, sign rune) {
	column, row := int(math.Round(x*float64(p.columns-1))), int(math.Round(y*float64(p.rows-1)))
	if column >= 0 && column < p.columns && row >= 0 && row < p.rows {
		p.cells[(p.rows-1-row)*p.columns+column].sign = sign
	}
}

// text returns a row, counted from above, without its empty end. paint returns a part of the n-th line as it is to be
// written.
func (p *plane) text(row int, paint func(part string, n int) string) string {
	var text, part strings.Builder
	blank, of := 0, 0
	flush := func() {
		if part.Len() > 0 {
			text.WriteString(paint(part.String(), of))
			part.Reset()
		}
	}
	for _, c := range p.cells[row*p.columns : (row+1)*p.columns] {
		if c.sign == 0 && c.dots == 0 {
			flush()
			blank++
			continue
		}
		if blank > 0 || c.sign != 0 || c.line != of {
			flush()
			text.WriteString(strings.Repeat(" ", blank))
			blank, of = 0, c.line
		}
		switch {
		case c.sign != 0:
			text.WriteRune(c.sign)
		case p.dots:
			part.WriteRune(0x2800 + c.dots)
		default:
			part.WriteByte('*')
		}
	}
	flush()
	return text.String()
}
