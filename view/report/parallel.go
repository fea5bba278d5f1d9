package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Parallel is a chart of parallel coordinates: an upright axis for each quantity, and a line across all of them for
// each item.
type Parallel struct {
	Title string
	Hint  string // below the title
	Axes  []ParallelAxis
	Lines []ParallelLine
}

// ParallelAxis is one of the quantities.
type ParallelAxis struct {
	Name  string
	Ticks []ParallelTick
}

// ParallelTick is a number or a word beside an axis.
type ParallelTick struct {
	At   float64 // from 0 at the bottom to 1 at the top
	Text string
}

// ParallelLine is one of the items.
type ParallelLine struct {
	Name string    // shown when the line is pointed at
	At   []float64 // on each axis, from 0 to 1; NaN: it has no value there
	Best bool      // is drawn on top, thick
	Pale bool      // is drawn below the others, thin and grey
}

// The measures of the drawing, in its own units.
const (
	axisNear    = 130.0 // the least and the largest distance of two axes
	axisFar     = 170.0
	pageWidth   = 1240.0
	axisTop     = 34.0
	axisHeight  = 260.0
	axisBelow   = 30.0 // from the bottom of an axis to the place without a value
	axisMargin  = 24.0
	charsOfTick = 16
)

// parallelView is a Parallel as it is drawn.
type parallelView struct {
	Title, Hint   string
	Width, Height float64
	Axes          []axisView
	Lines         []pathView
}

type axisView struct {
	X, Top, Bottom float64
	Name           tickView
	Ticks          []tickView
}

type tickView struct {
	X, Y       float64
	Text, Full string // Full if Text is cut, else ""
}

type pathView struct{ Class, Path, Name string }

// view lays p out. Pale lines come first, so that the others are drawn over them.
func (p *Parallel) view() *parallelView {
	if p == nil || len(p.Axes) == 0 {
		return nil
	}
	v := &parallelView{
		Title: p.Title, Hint: p.Hint, Width: p.apart()*float64(len(p.Axes)) + axisMargin,
		Height: axisTop + axisHeight + axisBelow + 16,
	}
	for i, a := range p.Axes {
		axis := axisView{X: p.axisX(i), Top: axisTop, Bottom: axisTop + axisHeight, Name: tick(p.axisX(i), 16, a.Name)}
		for _, t := range a.Ticks {
			axis.Ticks = append(axis.Ticks, tick(axis.X, axisY(t.At), t.Text))
		}
		if slices.ContainsFunc(p.Lines, func(l ParallelLine) bool { return math.IsNaN(l.At[i]) }) {
			axis.Ticks = append(axis.Ticks, tick(axis.X, axisY(math.NaN()), "–"))
		}
		v.Axes = append(v.Axes, axis)
	}
	lines := slices.Clone(p.Lines)
	slices.SortStableFunc(lines, func(a, b ParallelLine) int { return a.layer() - b.layer() })
	for _, l := range lines {
		var path strings.Builder
		for i, at := range l.At {
			fmt.Fprintf(&path, "%s%.1f %.1f", map[bool]string{true: "M", false: "L"}[i == 0], p.axisX(i), axisY(at))
		}
		v.Lines = append(v.Lines, pathView{[]string{"pale", "line", "best"}[l.layer()], path.String(), l.Name})
	}
	return v
}

// layer returns the order in which lines are drawn.
func (l ParallelLine) layer() int {
	switch {
	case l.Best:
		return 2
	case l.Pale:
		return 0
	}
	return 1
}

// apart returns the distance of two axes.
func (p *Parallel) apart() float64 {
	return math.Floor(min(axisFar, max(axisNear, pageWidth/float64(len(p.Axes)))))
}

// axisX returns the place of axis i.
func (p *Parallel) axisX(i int) float64 { return axisMargin + p.apart()*float64(i) }

// axisY returns the height of a place on an axis, or of the place for no value.
func axisY(at float64) float64 {
	if math.IsNaN(at) {
		return axisTop + axisHeight + axisBelow
	}
	return axisTop + axisHeight*(1-min(1, max(0, at)))
}

// tick returns a text beside an axis, cut if it would reach the next one.
func tick(x, y float64, text string) tickView {
	t := tickView{X: x + 6, Y: y + 4, Text: text}
	if r := []rune(text); len(r) > charsOfTick {
		t.Text, t.Full = string(r[:charsOfTick-1])+"…", text
	}
	return t
}
