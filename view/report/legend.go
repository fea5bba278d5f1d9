package report

import (
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// legend explains a figure's lines and marks, in rows of as many entries as fit. The spec of a schedule can be as long
// as the figure is wide.
type legend struct {
	names   []string // of the lines; a name's index is its number
	entries []entry
	lines   int // all rows together
}

type entry struct {
	text []string // lines of text
	name int
	mark int // which mark of the line from 0, or -1 for the line itself

	x    vg.Length // from the left
	line int       // the first one, from the top
}

// textWidth is the width of the legend's texts, and gap is between two entries.
const textWidth, gap vg.Length = 470, 16

func newLegend(f Figure) legend {
	var l legend
	marks := make(map[string][]Mark)
	for _, p := range f.Panels {
		for _, line := range p.Lines {
			if line.Name == "" {
				continue
			}
			if !slices.Contains(l.names, line.Name) {
				l.names = append(l.names, line.Name)
			}
			marks[line.Name] = append(marks[line.Name], line.Marks...)
		}
	}
	for n, name := range l.names {
		l.entries = append(l.entries, entry{text: wrap(name), name: n, mark: -1})
		for k, m := range marks[name] {
			l.entries = append(l.entries, entry{text: wrap(m.Text), name: n, mark: k})
		}
	}
	l.place()
	return l
}

// place gives each entry its place.
func (l *legend) place() {
	style, x, height := letters(11), vg.Length(0), 0
	for i := range l.entries {
		e, width := &l.entries[i], vg.Length(0)
		for _, text := range e.text {
			width = max(width, style.Width(text))
		}
		if x > 0 && x+sample+8+width > sample+8+textWidth {
			l.lines, x, height = l.lines+height, 0, 0
		}
		e.x, e.line = x, l.lines
		x, height = x+sample+8+width+gap, max(height, len(e.text))
	}
	l.lines += height
}

// wrap breaks a long text after commas, and within what is still too long.
func wrap(text string) []string {
	style := letters(11)
	fits := func(line string) bool { return style.Width(line) <= textWidth }
	lines := []string{""}
	for part := range strings.SplitAfterSeq(text, ", ") {
		last := &lines[len(lines)-1]
		if *last != "" && !fits(*last+part) {
			lines = append(lines, "    "+part)
		} else {
			*last += part
		}
		for line := lines[len(lines)-1]; !fits(line); line = lines[len(lines)-1] {
			cut := 0
			for i := range line {
				if !fits(line[:i]) {
					break
				}
				cut = i
			}
			lines = append(append(lines[:len(lines)-1], line[:cut]), "    "+line[cut:])
		}
	}
	return lines
}

func (l legend) height() vg.Length { return vg.Length(l.lines) * lineHeight }

// draw draws l down from its upper left corner, and returns where it ends.
func (l legend) draw(c draw.Canvas, corner vg.Point) vg.Length {
	style := letters(11)
	style.YAlign = draw.YCenter
	for _, e := range l.entries {
		at := vg.Point{X: corner.X + e.x, Y: corner.Y - lineHeight*(vg.Length(e.line)+0.5)}
		if e.mark < 0 {
			c.StrokeLine2(stroke(e.name, Line{}), at.X, at.Y, at.X+sample, at.Y)
		} else {
			c.DrawGlyph(glyph(e.name, e.mark), vg.Point{X: at.X + sample/2, Y: at.Y})
		}
		at.X += sample + 8
		for _, text := range e.text {
			c.FillText(style, at, text)
			at.Y -= lineHeight
		}
	}
	return corner.Y - l.height()
}
