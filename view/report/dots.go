package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"anneal/internal/comparison"
)

// dotTable is the settings by one result, ranked: a dot for each seed, the mean and its interval.
type dotTable struct {
	Title string
	Ticks []place
	Rows  []dotRow
}

// place is a place on the axis, in % of its length.
type place struct {
	X    float64
	Text string
}

// dotRow is a setting. Low, Mean and High are places on the axis.
type dotRow struct {
	Rank            string
	Name            string
	Levels          string // numbers of the levels of the factors, with commas
	Dots            []place
	Low, Mean, High float64
	Interval        bool // Low and High are known
	Text            string
	Seeds           int
	Notes           phrase
	Pale            bool // it has no result that is compared
}

// dots returns the table of the settings.
func (c compared) dots() dotTable {
	t := dotTable{Title: c.title}
	var all []float64
	for i := range c.Settings {
		all = append(all, c.Settings[i].Values()...)
	}
	axis := newScale(all, c.measure)
	t.Ticks = axis.ticks()
	for i := range c.Settings {
		s := &c.Settings[i]
		row := dotRow{
			Rank: fmt.Sprint(i + 1), Name: s.Name, Levels: levelNumbers(s), Notes: say("{list}", "list", notes(*s)),
		}
		for _, r := range s.Runs {
			if r.Compared() {
				row.Dots = append(row.Dots, place{axis.at(r.Value), fmt.Sprintf("seed %d: %s", r.Seed, c.value(r.Value))})
			}
		}
		mean := comparison.Mean(s.Values(), confidence)
		row.Seeds = mean.N
		if mean.N == 0 {
			row.Rank, row.Pale, row.Text = "–", true, "–"
			if i := comparison.Mean(unfinished(s), confidence); i.N > 0 {
				row.Text = c.interval(i)
			}
		} else {
			row.Mean, row.Text = axis.at(mean.Mean), c.interval(mean)
			row.Interval = mean.N > 1
			row.Low, row.High = axis.at(mean.Mean-mean.Half), axis.at(mean.Mean+mean.Half)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// levelNumbers returns the numbers of the setting's levels, with commas between them.
func levelNumbers(s *comparison.Setting) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(s.Levels), " ", ","), "[]")
}

// unfinished returns the last numbers of the runs that did not come to their ends.
func unfinished(s *comparison.Setting) []float64 {
	var list []float64
	for _, r := range s.Runs {
		if !math.IsNaN(r.Value) {
			list = append(list, r.Value)
		}
	}
	return list
}

// scale is an axis for results: linear, or logarithmic if they are spread: of what accuracies miss to 1, or of what is
// above 0.
type scale struct {
	low, high  float64 // results
	share, log bool
	to         func(v float64) float64
}

const leastError = 5e-5 // what an accuracy of 1 misses on a logarithmic axis

func newScale(values []float64, m measure) scale {
	s := scale{low: math.Inf(1), high: math.Inf(-1), share: m == byAccuracy}
	s.to = func(v float64) float64 { return v }
	for _, v := range values {
		s.low, s.high = min(s.low, v), max(s.high, v)
	}
	switch {
	case s.share && 1-s.low > 4*max(leastError, 1-s.high):
		s.log, s.to = true, func(v float64) float64 { return -math.Log10(max(leastError, 1-v)) }
	case !s.share && s.low > 0 && s.high > 20*s.low:
		least := s.low / 10
		s.log, s.to = true, func(v float64) float64 { return math.Log10(max(v, least)) }
	}
	if s.high-s.low <= 1e-9*max(math.Abs(s.low), math.Abs(s.high)) {
		gap := max(0.01, 0.1*math.Abs(s.low))
		s.low, s.high = s.low-gap, s.high+gap
		if s.share {
			s.low, s.high = max(0, s.low), min(1, s.high)
		}
	}
	return s
}

// at returns the place of v, between 0 and 100. Results have their places between 4 and 96.
func (s scale) at(v float64) float64 {
	u := (s.to(v) - s.to(s.low)) / (s.to(s.high) - s.to(s.low))
	return math.Round(1e3*min(100, max(0, 4+92*u))) / 1e3
}

// ticks returns numbers on the axis that have room.
func (s scale) ticks() []place {
	const letter = 4.0 // % of the narrowest axis, that of a phone
	var list []place
	for _, v := range s.candidates() {
		x, text := s.at(v), strconv.FormatFloat(v, 'g', 6, 64)
		if s.share {
			text = strconv.FormatFloat(100*v, 'g', 6, 64) + " %"
		}
		free := true
		for _, t := range list {
			free = free && math.Abs(t.X-x) >= letter*(1+float64(len(text)+len(t.Text))/2)
		}
		if free && x > 3 && x < 97 {
			list = append(list, place{x, text})
		}
	}
	return list
}

// candidates returns round numbers, the rounder ones first.
func (s scale) candidates() []float64 {
	var list []float64
	if s.log {
		for _, digit := range []float64{1, 5, 2, 3, 7} {
			for e := 6; e >= -6; e-- {
				v := digit * math.Pow(10, float64(e))
				if s.share {
					v = 1 - v
				}
				if v >= s.low && v <= s.high {
					list = append(list, v)
				}
			}
		}
		return list
	}
	step := math.Pow(10, math.Ceil(math.Log10(s.high-s.low)))
	for _, part := range []float64{1, 0.5, 0.2, 0.1, 0.05} {
		for k := math.Ceil(s.low / (step * part)); k*step*part <= s.high; k++ {
			list = append(list, k*step*part)
		}
	}
	return list
}
