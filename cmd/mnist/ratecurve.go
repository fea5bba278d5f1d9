package main

import (
	"encoding/json"
	"fmt"
	"math"

	"anneal/train"
	"anneal/view/report"
)

// rateCurve is the loss of a model by learning rate.
type rateCurve struct {
	model string
	*train.RateCurve
}

// suggestion is a learning rate that stands out. Its ok is false if the curve has none of its kind.
type suggestion struct {
	name, key string // for people, and in JSON
	train.RatePoint
	ok bool
}

// suggestions returns the learning rates that c suggests.
func (c rateCurve) suggestions() []suggestion {
	steepest, falls := c.Steepest()
	valley, descends := c.Valley()
	return []suggestion{
		{"steepest descent", "steepest", steepest, falls},
		{"valley", "valley", valley, descends},
		{"largest usable", "largest_usable", c.Lowest(), true},
	}
}

// MarshalJSON returns c as an object. A number that it does not have is null.
func (c rateCurve) MarshalJSON() ([]byte, error) {
	type point struct {
		Rate   float64  `json:"lr"`
		Loss   *float64 `json:"loss"`
		Smooth *float64 `json:"smoothed_loss"`
	}
	document := struct {
		Model       string              `json:"model"`
		Suggestions map[string]*float64 `json:"suggestions"`
		Diverged    bool                `json:"diverged"`
		Points      []point             `json:"points"`
	}{c.model, make(map[string]*float64), c.Diverged, nil}
	for _, s := range c.suggestions() {
		document.Suggestions[s.key] = nil
		if s.ok {
			document.Suggestions[s.key] = &s.Rate
		}
	}
	for _, p := range c.Points {
		document.Points = append(document.Points, point{p.Rate, finite(p.Loss), finite(p.Smooth)})
	}
	return json.Marshal(document)
}

// pointTable returns a row per model and learning rate.
func pointTable(curves []rateCurve) *table {
	t := head(1, "model", "lr", "loss", "smoothed_loss")
	for _, c := range curves {
		for _, p := range c.Points {
			t.add(c.model, number(p.Rate, -1), number(p.Loss, -1), number(p.Smooth, -1))
		}
	}
	return t
}

// lossTable returns the smoothed losses at some of the learning rates, with a column per model.
func lossTable(curves []rateCurve) *table {
	const rows = 20
	t := head(0, modelColumns(curves)...)
	longest := curves[0].Points
	for _, c := range curves {
		if len(c.Points) > len(longest) {
			longest = c.Points
		}
	}
	every := (len(longest) + rows - 1) / rows
	for i := every - 1; i < len(longest); i += every {
		row := []string{number(longest[i].Rate, 3)}
		for _, c := range curves {
			cell := ""
			if i < len(c.Points) {
				cell = fmt.Sprintf("%#.5g", c.Points[i].Smooth)
			}
			row = append(row, cell)
		}
		t.add(row...)
	}
	return t
}

// rateTable returns the learning rates that stand out, with a column per model.
func rateTable(curves []rateCurve) *table {
	t := head(1, modelColumns(curves)...)
	for i, s := range curves[0].suggestions() {
		row := []string{s.name}
		for _, c := range curves {
			s, cell := c.suggestions()[i], "none"
			if s.ok {
				cell = number(s.Rate, 3)
			}
			if s.key == "largest_usable" && s.RatePoint == c.Points[len(c.Points)-1] {
				cell = "> " + cell // no larger one was tried
			}
			row = append(row, cell)
		}
		t.add(row...)
	}
	row := []string{"loss diverges at"}
	for _, c := range curves {
		cell := "none"
		if c.Diverged {
			cell = number(c.Points[len(c.Points)-1].Rate, 3)
		}
		row = append(row, cell)
	}
	t.add(row...)
	return t
}

func modelColumns(curves []rateCurve) []string {
	names := []string{"rate"}
	for _, c := range curves {
		names = append(names, c.model)
	}
	return names
}

// rateFigure draws each model's losses, pale, and the smoothed loss with what it suggests.
func rateFigure(title string, curves []rateCurve) report.Figure {
	panel := report.Panel{
		X: report.Axis{Label: "learning rate", Log: true},
		Y: report.Axis{Label: "training loss (pale: each batch)"},
	}
	for _, c := range curves {
		batches, smooth := report.Line{Name: c.model, Faint: true}, report.Line{Name: c.model}
		for _, p := range c.Points {
			batches.X, smooth.X = append(batches.X, p.Rate), append(smooth.X, p.Rate)
			batches.Y, smooth.Y = append(batches.Y, c.shown(p.Loss)), append(smooth.Y, c.shown(p.Smooth))
		}
		for _, s := range c.suggestions() {
			if s.ok {
				text := s.name + ": " + number(s.Rate, 3)
				smooth.Marks = append(smooth.Marks, report.Mark{Text: text, X: s.Rate, Y: s.Smooth})
			}
		}
		panel.Lines = append(panel.Lines, batches, smooth)
	}
	return report.Figure{Title: title, Panels: []report.Panel{panel}}
}

// shown returns loss, or NaN if it is so far above the first one that it would flatten the rest of the figure.
func (c rateCurve) shown(loss float64) float64 {
	if loss > 1.6*c.Points[0].Loss {
		return math.NaN()
	}
	return loss
}
