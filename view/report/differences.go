package report

import (
	"fmt"
	"math"

	"anneal/internal/comparison"
)

// difference is how much a setting differs from the best, as the page shows it without a script.
type difference struct {
	Name, Levels string
	Text         phrase
	Seeds        int
	Certain      bool // the interval does not contain 0
}

// differences returns the differences of all settings from the best, paired by seed.
func (c compared) differences() []difference {
	var list []difference
	ranked := c.ranked()
	for i := range ranked[1:] {
		s := &ranked[i+1]
		d := comparison.Paired(s, &ranked[0], confidence)
		list = append(list, difference{s.Name, levelNumbers(s), c.difference(d), d.N, d.Excludes()})
	}
	return list
}

// difference writes a difference with its sign and interval.
func (c compared) difference(d comparison.Interval) phrase {
	switch d.N {
	case 0:
		return say("no common seed")
	case 1:
		return say("{d}, one common seed: no interval", "d", c.signed(d.Mean))
	}
	return say("{d} ± {h}", "d", c.signed(d.Mean), "h", c.number(d.Half))
}

func (c compared) signed(v float64) string {
	scaled, digits := c.scaled(v)
	text := fmt.Sprintf("%+.*f", digits, scaled)
	if text[0] == '-' {
		return "−" + text[1:]
	}
	return text
}

// A page with more than mostSettings settings has the differences from the best mostReferences only.
const mostReferences, mostSettings = 20, 80

// comparedData is what the page's script knows of a comparison.
type comparedData struct {
	Factors []factorData `json:"factors"`
	Results []resultData `json:"results"`
}

type factorData struct {
	Name    string   `json:"name"`
	Levels  []string `json:"levels"`
	Numeric bool     `json:"numeric,omitempty"`
}

// resultData has the settings that have the result, ranked, and the differences between them.
type resultData struct {
	Settings   []string   `json:"settings"`
	Levels     [][]int    `json:"levels"`
	Digits     int        `json:"digits"`
	Points     bool       `json:"points,omitempty"` // differences are of shares
	References int        `json:"references"`       // how many of the settings others can be compared with
	Pairs      []pairData `json:"pairs"`
}

// pairData is the difference of setting I minus setting J, in the unit that is shown: I, J, its mean, the half of its
// interval or null, and the number of seeds.
type pairData [5]*float64

// data returns what the page's script knows.
func data(list []compared) comparedData {
	d := comparedData{Factors: []factorData{}, Results: []resultData{}}
	for k, c := range list {
		if k == 0 {
			for _, f := range c.Factors {
				d.Factors = append(d.Factors, factorData{factorName(f.Name), f.Levels, f.Numbers != nil})
			}
		}
		r := resultData{Pairs: []pairData{}}
		_, r.Digits = c.scaled(0)
		r.Points = c.measure == byAccuracy
		ranked := c.ranked()
		if r.References = len(ranked); r.References > mostSettings {
			r.References = mostReferences
		}
		for i := range ranked {
			r.Settings, r.Levels = append(r.Settings, ranked[i].Name), append(r.Levels, ranked[i].Levels)
			for j := range min(i, r.References) {
				pair := comparison.Paired(&ranked[i], &ranked[j], confidence)
				if pair.N == 0 {
					continue
				}
				mean, _ := c.scaled(pair.Mean)
				half, _ := c.scaled(pair.Half)
				row := pairData{new(float64(i)), new(float64(j)), new(rounded(mean)), nil, new(float64(pair.N))}
				if !math.IsNaN(half) {
					row[3] = new(rounded(half))
				}
				r.Pairs = append(r.Pairs, row)
			}
		}
		d.Results = append(d.Results, r)
	}
	return d
}

// rounded returns v with six digits after the point.
func rounded(v float64) float64 { return math.Round(1e6*v) / 1e6 }
