package app

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"anneal/finder"
	"anneal/metrics"
	"anneal/solvers"
)

// foundRate is what the search for a model's learning rate found.
type foundRate struct {
	model string
	*finder.Result
	solver solvers.Algorithm // at the recommended rate, if there is one
}

// suggestion is a learning rate that stands out; 0: there is none of its kind.
type suggestion struct {
	name, key string // for people, and in JSON
	rate      float64
}

// suggestions returns the learning rates that stand out among those tried.
func (f foundRate) suggestions() []suggestion {
	return []suggestion{
		{"recommended", "recommended", f.Best},
		{"largest usable", "largest_usable", f.Usable},
	}
}

// MarshalJSON returns f as an object. A number that it does not have is null.
func (f foundRate) MarshalJSON() ([]byte, error) {
	type point struct {
		Rate   float64  `json:"lr"`
		Loss   *float64 `json:"loss"`
		Smooth *float64 `json:"smoothed_loss"`
	}
	type try struct {
		Rate     float64        `json:"lr"`
		Seed     uint64         `json:"seed"`
		Steps    int            `json:"steps"`
		Outcome  finder.Outcome `json:"outcome"`
		Loss     *float64       `json:"valid_loss"`
		Accuracy *float64       `json:"valid_accuracy"`
	}
	document := struct {
		Model       string              `json:"model"`
		Solver      *string             `json:"solver"`
		Suggestions map[string]*float64 `json:"suggestions"`
		Tries       []try               `json:"tries"`
		Diverged    bool                `json:"diverged"`
		Points      []point             `json:"points"`
	}{Model: f.model, Suggestions: make(map[string]*float64), Diverged: f.Curve.Diverged}
	if f.solver != nil {
		text := fmt.Sprint(f.solver)
		document.Solver = &text
	}
	for _, s := range f.suggestions() {
		document.Suggestions[s.key] = nil
		if s.rate > 0 {
			document.Suggestions[s.key] = &s.rate
		}
	}
	for _, t := range f.tries() {
		document.Tries = append(document.Tries, try{
			t.Rate, t.Seed, t.Steps, t.Outcome, metrics.Finite(t.Loss), metrics.Finite(t.Accuracy),
		})
	}
	for _, p := range f.Curve.Points {
		document.Points = append(document.Points, point{p.Rate, metrics.Finite(p.Loss), metrics.Finite(p.Smooth)})
	}
	return json.Marshal(document)
}

// tries returns all tries, from the lowest rate to the highest.
func (f foundRate) tries() []finder.Try {
	var all []finder.Try
	for _, r := range f.Rates {
		all = append(all, r.Tries...)
	}
	return all
}

// pointTable returns a row per model and step of the sweep, and a row per try.
func pointTable(found []foundRate) *table {
	t := head(1, "model", "lr", "loss", "smoothed_loss", "seed", "steps", "outcome", "valid_loss", "valid_accuracy")
	for _, f := range found {
		for _, p := range f.Curve.Points {
			t.add(f.model, number(p.Rate, -1), number(p.Loss, -1), number(p.Smooth, -1), "", "", "", "", "")
		}
		for _, r := range f.tries() {
			t.add(f.model, number(r.Rate, -1), "", "", strconv.FormatUint(r.Seed, 10), strconv.Itoa(r.Steps),
				string(r.Outcome), number(r.Loss, -1), number(r.Accuracy, -1))
		}
	}
	return t
}

// tryTable returns the validation losses at the learning rates that were tried, with a column per model.
func tryTable(found []foundRate) *table {
	t := head(0, modelColumns(found)...)
	var rates []float64
	for _, f := range found {
		for _, r := range f.Rates {
			rates = append(rates, r.Rate)
		}
	}
	slices.Sort(rates)
	for _, rate := range slices.Compact(rates) {
		row := []string{number(rate, 3)}
		for _, f := range found {
			cell := ""
			for _, r := range f.Rates {
				if r.Rate == rate {
					cell = result(r)
				}
			}
			row = append(row, cell)
		}
		t.add(row...)
	}
	return t
}

// result returns the mean validation loss at a rate, or how training failed.
func result(r finder.Rate) string {
	if loss := r.Loss(); !math.IsInf(loss, 1) {
		return fmt.Sprintf("%#.4g", loss)
	}
	return string(r.Outcome())
}

// why says what to do about a model that no rate trained.
func (f foundRate) why() string {
	if f.Rates[0].Outcome() == finder.Diverged {
		return "its loss is not finite, even at the lowest; try a lower --from"
	}
	return "its loss is that of a guess; try other rates, more --try-steps, --clip-norm, or a network with batch " +
		"normalization"
}

// rateTable returns the learning rates that stand out, with a column per model.
func rateTable(found []foundRate) *table {
	t := head(1, modelColumns(found)...)
	for i, s := range found[0].suggestions() {
		row := []string{s.name}
		for _, f := range found {
			cell := "none"
			if rate := f.suggestions()[i].rate; rate > 0 {
				cell = number(rate, 3)
			}
			row = append(row, cell)
		}
		t.add(row...)
	}
	row := []string{"loss diverges at"}
	for _, f := range found {
		cell := "none"
		if f.Curve.Diverged {
			cell = number(f.Curve.Points[len(f.Curve.Points)-1].Rate, 3)
		}
		row = append(row, cell)
	}
	t.add(row...)
	return t
}

func modelColumns(found []foundRate) []string {
	names := []string{"rate"}
	for _, f := range found {
		names = append(names, f.model)
	}
	return names
}
