package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"

	"anneal/internal/terminal"
)

// Text returns the figure for a screen: its title, a legend, and each panel as a plane of characters between axes with
// their labels. On a screen of no width the figure has 80 columns. Lines are braille dots in colours; on a screen
// without colours the lines of several names have a digit each, and on one without Unicode's characters a line is of
// stars. Pale lines and bands are left out, and a mark is a letter.
func (f Figure) Text(s terminal.Screen) []string {
	if s.Width == 0 {
		s.Width = 80
	}
	d := newDrawing(f)
	var lines []string
	if f.Title != "" {
		lines = append(lines, strings.Split(s.Paint(s.Wrap(f.Title), terminal.Bold), "\n")...)
	}
	letters := map[[2]int]rune{} // of marks, by the numbers of their names and of the mark among those of the name
	for _, e := range d.legend.entries {
		key := d.key(s, e.name)
		if e.mark >= 0 {
			letters[[2]int{e.name, e.mark}] = rune('a' + len(letters)%26)
			key = string(letters[[2]int{e.name, e.mark}])
		}
		text := strings.ReplaceAll(strings.Join(e.text, ""), "    ", "")
		lines = append(lines, terminal.Words(key+" "+text, s.Width, "  ")...)
	}
	marked := map[string]int{} // how many marks of a name the panels so far have
	for _, p := range f.Panels {
		lines = append(lines, d.textPanel(p, s, func(name string) rune {
			marked[name]++
			return letters[[2]int{slices.Index(d.legend.names, name), marked[name] - 1}]
		})...)
	}
	return lines
}

// key returns what a legend shows of the lines with the n-th name.
func (d *drawing) key(s terminal.Screen, n int) string {
	switch {
	case s.Colours && s.Unicode:
		return s.Paint("━", inks[n%len(inks)])
	case len(d.legend.names) > 1:
		return s.Paint(digit(n), d.ink(s, n))
	case s.Unicode:
		return "⠶"
	}
	return "*"
}

// inks are the colours of lines on a terminal.
var inks = []string{"34", "33", "32", "35", "36", "31"}

func (d *drawing) ink(s terminal.Screen, n int) string {
	if n < 0 || !s.Colours {
		return ""
	}
	return inks[n%len(inks)]
}

// digit returns the sign of the lines with the n-th name where they have no colour of their own.
func digit(n int) string { return fmt.Sprint((n + 1) % 10) }

// textRows is the height of a panel's plane.
const textRows = 12

// textPanel returns a panel's axes with its lines between them. letter returns the letter of the next mark of the lines
// with a name.
func (d *drawing) textPanel(p Panel, s terminal.Screen, letter func(name string) rune) []string {
	p.Lines = slices.DeleteFunc(slices.Clone(p.Lines), func(l Line) bool { return l.Faint })
	axes := d.panel(p)
	labels := rowLabels(axes.Y)
	margin := 1
	for _, text := range labels {
		margin = max(margin, len(text)+1)
	}
	c := newPlane(max(8, s.Width-margin-2), textRows, s.Unicode && (s.Colours || len(d.legend.names) < 2))
	for _, l := range p.Lines {
		n := slices.Index(d.legend.names, l.Name)
		for _, run := range p.runs(l) {
			for i, point := range run {
				x, y := axes.X.Norm(point.X), axes.Y.Norm(point.Y)
				if i == 0 {
					c.line(x, y, x, y, n)
					continue
				}
				fromX, fromY := axes.X.Norm(run[i-1].X), axes.Y.Norm(run[i-1].Y)
				switch {
				case l.Steps:
					c.line(fromX, fromY, x, fromY, n)
					c.line(x, fromY, x, y, n)
				case l.Before:
					c.line(fromX, fromY, fromX, y, n)
					c.line(fromX, y, x, y, n)
				default:
					c.line(fromX, fromY, x, y, n)
				}
			}
		}
	}
	for _, l := range p.Lines {
		for _, m := range l.Marks {
			if sign := letter(l.Name); p.shows(m.X, m.Y) {
				c.letter(axes.X.Norm(m.X), axes.Y.Norm(m.Y), sign)
			}
		}
	}
	lines := terminal.Words(p.Y.Label, s.Width, "")
	for row := range textRows {
		tick := signs(s.Unicode, "│", "|")
		if labels[row] != "" {
			tick = signs(s.Unicode, "┤", "+")
		}
		text := c.text(row, func(part string, n int) string {
			if n >= 0 && !c.dots && len(d.legend.names) > 1 {
				part = strings.Repeat(digit(n), len(part))
			}
			return s.Paint(part, d.ink(s, n))
		})
		lines = append(lines, fmt.Sprintf("%*s %s%s", margin-1, labels[row], tick, text))
	}
	return append(lines, p.textBelow(axes.X, c.columns, margin, s)...)
}

func signs(unicode bool, sign, ascii string) string {
	if unicode {
		return sign
	}
	return ascii
}

// rowLabels returns the labels of a y axis by rows, from the top, with an empty row at least between two of them.
func rowLabels(a plot.Axis) [textRows]string {
	var labels [textRows]string
	taken := -2
	ticks := a.Tick.Marker.Ticks(a.Min, a.Max)
	slices.SortFunc(ticks, func(x, y plot.Tick) int { return int(math.Copysign(1, y.Value-x.Value)) })
	for _, t := range ticks {
		row := textRows - 1 - int(math.Round(a.Norm(t.Value)*(textRows-1)))
		if t.Label != "" && row >= 0 && row < textRows && row >= taken+2 {
			labels[row], taken = t.Label, row
		}
	}
	return labels
}

// textBelow returns the x axis below a plane: its line with ticks, their labels, and its own label.
func (p Panel) textBelow(a plot.Axis, columns, margin int, s terminal.Screen) []string {
	line := []rune(strings.Repeat(" ", margin) + signs(s.Unicode, "└", "+") +
		strings.Repeat(signs(s.Unicode, "─", "-"), columns))
	labels := []rune(strings.Repeat(" ", len(line)))
	free := 0
	for _, t := range a.Tick.Marker.Ticks(a.Min, a.Max) {
		at := margin + 1 + int(math.Round(a.Norm(t.Value)*float64(columns-1)))
		from := at - len(t.Label)/2
		if t.Label == "" || a.Norm(t.Value) > 1 || from < free || from+len(t.Label) > len(labels) {
			continue
		}
		line[at] = []rune(signs(s.Unicode, "┬", "+"))[0]
		copy(labels[from:], []rune(t.Label))
		free = from + len(t.Label) + 1
	}
	label := strings.Repeat(" ", max(0, len(line)-terminal.Width(p.X.Label))) + p.X.Label
	return []string{string(line), strings.TrimRight(string(labels), " "), label}
}
