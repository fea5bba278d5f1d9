package report

import (
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// legend explains a figure's lines and marks, one below the other, since the spec of a schedule can be as long as the
// figure is wide.
type legend struct {
	names   []string // of the lines; a name's index is its number
	entries []entry
}

type entry struct {
	text []string // lines of text
	name int
	mark int // which mark of the line from 0, or -1 for the line itself
}

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
		l.entries = append(l.entries, entry{wrap(name), n, -1})
		for k, m := range marks[name] {
			l.entries = append(l.entries, entry{wrap(m.Text), n, k})
		}
	}
	return l
}

// wrap breaks a long text after commas.
func wrap(text string) []string {
	const most = 86
	lines := []string{""}
	for part := range strings.SplitAfterSeq(text, ", ") {
		last := &lines[len(lines)-1]
		if *last != "" && len(*last)+len(part) > most {
			lines = append(lines, "    "+part)
		} else {
			*last += part
		}
	}
	return lines
}

func (l legend) height() vg.Length {
	h := vg.Length(0)
	for _, e := range l.entries {
		h += vg.Length(len(e.text)) * lineHeight
	}
	return h
}

// draw draws l down from its upper left corner.
func (l legend) draw(c draw.Canvas, corner vg.Point) {
	style := letters(11)
	style.YAlign = draw.YCenter
	for _, e := range l.entries {
		at := vg.Point{X: corner.X, Y: corner.Y - lineHeight/2}
		if e.mark < 0 {
			c.StrokeLine2(stroke(e.name, false), at.X, at.Y, at.X+sample, at.Y)
		} else {
			c.DrawGlyph(glyph(e.name, e.mark), vg.Point{X: at.X + sample/2, Y: at.Y})
		}
		at.X += sample + 8
		for _, text := range e.text {
			c.FillText(style, at, text)
			at.Y -= lineHeight
			corner.Y -= lineHeight
		}
	}
}
