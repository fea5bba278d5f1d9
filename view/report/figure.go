// Package report draws what a run did and what a schedule will do.
//
// A Page is one HTML file about one run or several, with their curves, tables, mistakes and settings; ReadRun reads a
// run's folder for it. A Figure is panels of lines, one above the other; its Save writes it as PNG or SVG, as do
// Page.Curves and HeatMap.Save. Numbers are plain values: those of a Run have the units of package runs, those of
// a Figure or a HeatMap have the units that its labels say.
package report

// Figure is what one picture shows: a title, a legend of all its lines, and its panels from top to bottom.
type Figure struct {
	Title  string // "": none
	Panels []Panel
	Note   string // below the legend: what means, bands and dashes are; "": none
}

// Panel is a pair of axes with lines in it. The panels of a figure are equally high and their left edges agree.
type Panel struct {
	X, Y  Axis
	Lines []Line
	Rules []Rule
}

// Rule is a vertical line: a moment at which something changed, and what.
type Rule struct {
	X    float64
	Text string // "": none
}

// Axis is one axis of a panel. Its range is that of the data, and goes down to 0 if that is near.
type Axis struct {
	Label string
	Log   bool      // a logarithmic axis: what is not above 0 is left out
	Share bool      // shares of 1, written in %; logarithmic in what is missing to 1
	Ticks []float64 // the values that have ticks; nil: round numbers
}

// Line connects the points (X[i], Y[i]), as many as both have. It is interrupted at a number that is not finite or
// that its axis cannot show.
//
// A Name is one entry of the legend and one colour, in all panels of the figure. A line without a name is black and not
// in the legend.
type Line struct {
	Name      string
	X, Y      []float64
	Steps     bool      // hold Y[i] until X[i+1], and the last value as long as the one before it
	Before    bool      // hold Y[i] since X[i−1]
	Low, High []float64 // a band around the line, if as long as it
	Faint     bool      // pale and thin: what another line of the same name smooths
	Dashed    bool      // the same on training samples
	Dots      bool      // a dot at each point
	Marks     []Mark    // highlighted points of the line
}

// Mark is a marked point with its own entry in the legend.
type Mark struct {
	Text string
	X, Y float64
}
