package report

import (
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

// top is the height of title and legend, height that of the whole.
func (d *drawing) top() vg.Length {
	h := 2*margin + d.legend.height()
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
		plt.Draw(canvas)
	}
	corner := vg.Point{X: left, Y: page.Max.Y}
	if d.Title != "" {
		style := letters(14)
		style.YAlign = draw.YTop
		c.FillText(style, corner, d.Title)
		corner.Y -= titleHeight
	}
	d.legend.draw(c, corner)
}

// panel makes the plot of a panel.
func (d *drawing) panel(p Panel) *plot.Plot {
	plt := plot.New()
	plt.Add(&plotter.Grid{Vertical: gridLine, Horizontal: gridLine})
	var xs, ys []float64
	for _, l := range p.Lines {
		number := slices.Index(d.legend.names, l.Name)
		style := stroke(number, l.Faint)
		for _, run := range p.runs(l) {
			for _, point := range run {
				xs, ys = append(xs, point.X), append(ys, point.Y)
			}
			line := &plotter.Line{XYs: run, LineStyle: style}
			if l.Steps {
				line.StepStyle = plotter.PostStep
			}
			plt.Add(line)
		}
		for k, m := range l.Marks {
			if p.shows(m.X, m.Y) {
				plt.Add(&plotter.Scatter{XYs: plotter.XYs{{X: m.X, Y: m.Y}}, GlyphStyle: glyph(number, k)})
			}
		}
	}
	dress(&plt.X, p.X, p.X.span(xs))
	dress(&plt.Y, p.Y, p.Y.wider(p.Y.span(ys)))
	return plt
}

// shows reports whether p's axes can show a point.
func (p Panel) shows(x, y float64) bool { return p.X.shows(x) && p.Y.shows(y) }

// runs are the parts of l that p can show.
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

// dress gives a plot's axis its range and its look.
func dress(to *plot.Axis, a Axis, s span) {
	to.Min, to.Max, to.Padding = s.min, s.max, 0
	if a.Log {
		to.Scale = plot.LogScale{}
	}
	restyle(&to.Label.TextStyle, 12)
	restyle(&to.Tick.Label, 11)
	to.Label.Text, to.Label.Padding = a.Label, 4
	to.LineStyle, to.Tick.LineStyle, to.Tick.Length = axisLine, axisLine, 5
	to.Tick.Marker = ticker{a.Log}
}
