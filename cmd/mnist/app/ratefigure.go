package app

import (
	"fmt"
	"math"

	"anneal/finder"
	"anneal/view/report"
)

// rateFigure draws each model's sweep, with the losses of its batches pale, and below it the tries: the mean validation
// loss at each rate with a band from the lowest to the highest. Marks show what the search recommends and at which
// rates training failed.
func rateFigure(title string, steps int, found []foundRate) report.Figure {
	sweep := report.Panel{
		X: report.Axis{Label: "learning rate", Log: true},
		Y: report.Axis{Label: "training loss of the sweep"},
	}
	tries := report.Panel{
		X: sweep.X, Y: report.Axis{Label: fmt.Sprintf("validation loss after %d steps", steps), Log: true},
	}
	for _, f := range found {
		batches, smooth := report.Line{Name: f.model, Faint: true}, report.Line{Name: f.model}
		for _, p := range f.Curve.Points {
			batches.X, smooth.X = append(batches.X, p.Rate), append(smooth.X, p.Rate)
			batches.Y, smooth.Y = append(batches.Y, f.shown(p.Loss)), append(smooth.Y, f.shown(p.Smooth))
		}
		sweep.Lines = append(sweep.Lines, batches, smooth)
		tries.Lines = append(tries.Lines, f.line())
	}
	return report.Figure{
		Title: title, Panels: []report.Panel{sweep, tries},
		Note: "above, pale: each batch; below: means of the tries, bands: min to max",
	}
}

// line returns the losses of f's tries by rate.
func (f foundRate) line() report.Line {
	l := report.Line{Name: f.model, Dots: true}
	for _, r := range f.Rates {
		low, high := math.Inf(1), math.Inf(-1)
		for _, t := range r.Tries {
			low, high = min(low, t.Loss), max(high, t.Loss)
		}
		l.X, l.Y = append(l.X, r.Rate), append(l.Y, r.Loss())
		l.Low, l.High = append(l.Low, low), append(l.High, high)
		switch {
		case r.Rate == f.Best:
			l.Marks = append(l.Marks, report.Mark{Text: "recommended: " + number(r.Rate, 3), X: r.Rate, Y: r.Loss()})
		case r.Outcome() != finder.Trained:
			text := fmt.Sprintf("%s: %s", r.Outcome(), number(r.Rate, 3))
			l.Marks = append(l.Marks, report.Mark{Text: text, X: r.Rate, Y: f.Guess})
		}
	}
	return l
}

// shown returns loss, or NaN if it is so far above the first one that it would flatten the rest of the figure.
func (f foundRate) shown(loss float64) float64 {
	if loss > 1.6*f.Curve.Points[0].Loss {
		return math.NaN()
	}
	return loss
}
