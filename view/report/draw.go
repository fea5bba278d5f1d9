package report

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// drawing is a figure that is being drawn.
type drawing struct {
	Figure
	legend legend
}

func newDrawing(f Figure) *drawing { return &drawing{f, newLegend(f)} }

// top returns the height of title and legend; height returns that of the whole.
func (d *drawing) top() vg.Length {
	h := 2*margin + d.legend.height()
	if d.Note != "" {
		h += lineHeight
	}
	if d.Title != "" {
		h += titleHeight
	}
	return h
}

func (d *drawing) height() vg.Length { return d.top() + vg.Length(len(d.Panels))*panelHeight + margin }

// draw fills c.
func (d *drawing) draw(c draw.Canvas) {
	c.SetColor(white)
	c.Fill(c.Rectangle.Path())
	page := draw.Crop(c, margin, -1.5*margin, margin, -margin)
	left := vg.Length(0) // of what the axes are drawn on, which the longest label decides
	var plots []*plot.Plot
	for _, p := range d.Panels {
		plt := d.panel(p)
		left = max(left, plt.DataCanvas(page).Min.X)
		plots = append(plots, plt)
	}
	panels := draw.Crop(page, 0, 0, 0, margin-d.top())
	for i, plt := range plots {
		below := panelHeight * vg.Length(len(plots)-1-i)
		canvas := draw.Crop(panels, left-plt.DataCanvas(page).Min.X, 0, below, 0)
		canvas.Max.Y = canvas.Min.Y + panelHeight - margin
		// gonum leaves room above for what it thinks may stick out there.
		canvas.Max.Y += canvas.Max.Y - plt.DataCanvas(canvas).Max.Y
		plt.Draw(canvas)
	}
	corner := vg.Point{X: left, Y: page.Max.Y}
	if d.Title != "" {
		style := letters(14)
		style.YAlign = draw.YTop
		c.FillText(style, corner, d.Title)
		corner.Y -= titleHeight
	}
	corner.Y = d.legend.draw(c, corner)
	if d.Note != "" {
		note := faded(letters(10))
		note.YAlign = draw.YCenter
		c.FillText(note, vg.Point{X: corner.X, Y: corner.Y - lineHeight/2}, d.Note)
	}
}

// panel makes the plot of a panel.
func (d *drawing) panel(p Panel) *plot.Plot {
	plt := plot.New()
	plt.BackgroundColor = nil // what is above it stays
	plt.Add(&plotter.Grid{Vertical: gridLine, Horizontal: gridLine})
	if len(p.Rules) > 0 {
		plt.Add(rules{p})
	}
	var xs, ys []float64
	for _, l := range p.Lines {
		number := slices.Index(d.legend.names, l.Name)
		style := stroke(number, l)
		for _, area := range p.bands(l) {
			for _, point := range area {
				ys = append(ys, point.Y)
			}
			plt.Add(&plotter.Polygon{XYs: []plotter.XYs{area}, Color: pale(number)})
		}
		for _, run := range p.runs(l) {
			for _, point := range run {
				xs, ys = append(xs, point.X), append(ys, point.Y)
			}
			line := &plotter.Line{XYs: run, LineStyle: style}
			switch {
			case l.Steps:
				line.StepStyle = plotter.PostStep
			case l.Before:
				line.StepStyle = plotter.PreStep
			}
			if len(run) == 1 || l.Dots { // no line shows a single point
				plt.Add(&plotter.Scatter{XYs: run, GlyphStyle: dot(style)})
			}
			plt.Add(line)
		}
		for k, m := range l.Marks {
			if p.shows(m.X, m.Y) {
				xs, ys = append(xs, m.X), append(ys, m.Y)
				plt.Add(&plotter.Scatter{XYs: plotter.XYs{{X: m.X, Y: m.Y}}, GlyphStyle: glyph(number, k)})
			}
		}
	}
	whole := !slices.ContainsFunc(xs, func(x float64) bool { return x != math.Trunc(x) })
	dress(&plt.X, p.X, p.X.labelled(p.X.span(xs)), whole)
	dress(&plt.Y, p.Y, p.Y.labelled(p.Y.wider(p.Y.span(ys))), false)
	return plt
}

// rules draws a panel's Rules.
type rules struct{ Panel }

func byX(a, b Rule) int { return cmp.Compare(a.X, b.X) }

// Plot draws them from the panel's bottom to its top, with their texts where these do not overlap.
func (r rules) Plot(c draw.Canvas, plt *plot.Plot) {
	style, free := faded(letters(9)), c.Min.X
	style.YAlign = draw.YTop
	for _, rule := range slices.SortedStableFunc(slices.Values(r.Rules), byX) {
		at := c.X(plt.X.Norm(rule.X))
		if at < c.Min.X || at > c.Max.X {
			continue
		}
		c.StrokeLine2(ruleLine, at, c.Min.Y, at, c.Max.Y)
		if width := style.Width(rule.Text); at+3 >= free && at+3+width <= c.Max.X {
			c.FillText(style, vg.Point{X: at + 3, Y: c.Max.Y - 2}, rule.Text)
			free = at + 9 + width
		}
	}
}

// shows reports whether p's axes can show a point.
func (p Panel) shows(x, y float64) bool { return p.X.shows(x) && p.Y.shows(y) }

// runs returns the parts of l that p can show.
func (p Panel) runs(l Line) []plotter.XYs {
	var all []plotter.XYs
	var run plotter.XYs
	n := min(len(l.X), len(l.Y))
	for i := range n {
		if p.shows(l.X[i], l.Y[i]) {
			run = append(run, plotter.XY{X: l.X[i], Y: l.Y[i]})
		}
		if run != nil && (i == n-1 || !p.shows(l.X[i+1], l.Y[i+1])) {
			if l.Steps && i > 0 { // the last value is held
				if x := 2*l.X[i] - l.X[i-1]; p.X.shows(x) {
					run = append(run, plotter.XY{X: x, Y: l.Y[i]})
				}
			}
			all, run = append(all, run), nil
		}
	}
	return all
}

// bands returns the areas between the Low and the High of l that p can show, each as the points around it.
func (p Panel) bands(l Line) []plotter.XYs {
	n := min(len(l.X), len(l.Y))
	if len(l.Low) < n || len(l.High) < n {
		return nil
	}
	var all []plotter.XYs
	var low, high plotter.XYs
	for i := range n {
		if !p.shows(l.X[i], l.Low[i]) || !p.shows(l.X[i], l.High[i]) {
			all, low, high = append(all, around(low, high)), nil, nil
			continue
		}
		if l.Before && low != nil {
			low, high = append(low, plotter.XY{X: l.X[i-1], Y: l.Low[i]}), append(high, plotter.XY{X: l.X[i-1], Y: l.High[i]})
		}
		low, high = append(low, plotter.XY{X: l.X[i], Y: l.Low[i]}), append(high, plotter.XY{X: l.X[i], Y: l.High[i]})
	}
	all = append(all, around(low, high))
	return slices.DeleteFunc(all, func(area plotter.XYs) bool { return len(area) < 4 })
}

// around goes along low and back along high.
func around(low, high plotter.XYs) plotter.XYs {
	slices.Reverse(high)
	return append(low, high...)
}

// dress gives a plot's axis its range and its look. whole is for one that shows nothing but integers.
func dress(to *plot.Axis, a Axis, s span, whole bool) {
	to.Min, to.Max, to.Padding = s.min, s.max, 0
	switch {
	case a.Log && a.Share:
		to.Scale = missing{}
	case a.Log:
		to.Scale = plot.LogScale{}
	}
	restyle(&to.Label.TextStyle, 12)
	restyle(&to.Tick.Label, 11)
	to.Label.Text, to.Label.Padding = a.Label, 4
	to.LineStyle, to.Tick.LineStyle, to.Tick.Length = axisLine, axisLine, 5
	to.Tick.Marker = ticker{a.Log, a.Share, whole, a.Ticks}
}
