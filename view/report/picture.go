package report

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// Curves draws the page's curves by epoch (loss, accuracy, metrics and rate) into a file, as Figure.Save does: .png or
// .svg by the name's ending. Runs of one name are drawn as their mean, in a band from the lowest to the highest; curves
// of averages of the weights and on validation samples are left out.
func (p Page) Curves(path string) error {
	f := Figure{Title: p.title()}
	for _, c := range curves(p.Runs) {
		f.Panels = append(f.Panels, c.panel())
		f.Note = cmp.Or(f.Note, c.note())
		if c.Steps { // the rate, the last by epoch
			break
		}
	}
	return f.Save(path)
}

// panel returns c for a figure.
func (c chart) panel() Panel {
	p := Panel{X: Axis{Label: c.X}, Y: Axis{Label: c.Title, Log: c.Log, Share: c.Percent}}
	type key struct{ name, kind string }
	var keys []key
	seeds := map[key][]curve{}
	for _, l := range c.Lines {
		k := key{l.Name, l.Kind}
		if seeds[k] == nil {
			keys = append(keys, k)
		}
		seeds[k] = append(seeds[k], l)
	}
	for _, k := range keys {
		line := mean(seeds[k])
		line.Name, line.Before, line.Dashed = k.name, c.Steps, k.kind == training
		if k.kind != ema && k.kind != swa && k.kind != valid {
			p.Lines = append(p.Lines, line)
		}
	}
	for _, m := range c.Marks {
		p.Rules = append(p.Rules, Rule(m))
	}
	return p
}

// note says what the picture of c does not: what is dashed, and what the bands are.
func (c chart) note() string {
	var parts []string
	if slices.ContainsFunc(c.Lines, func(l curve) bool { return l.Kind == training }) {
		parts = append(parts, "dashed: training")
	}
	seeds := map[string]int{}
	most, least := 0, math.MaxInt
	for _, l := range c.Lines {
		if l.Kind == test {
			seeds[l.Name]++
		}
	}
	for _, n := range seeds {
		most, least = max(most, n), min(least, n)
	}
	if most > 1 {
		of := fmt.Sprintf("means of %d seeds", most)
		if least < most {
			of = fmt.Sprintf("means of up to %d seeds", most)
		}
		parts = append(parts, of+", bands: min to max")
	}
	return strings.Join(parts, "; ")
}

// mean returns the line of the means at each x of the lines that have a finite number there, in a band from the
// lowest to the highest of them if they are several. It has a gap where none has one.
func mean(lines []curve) Line {
	at := map[float64][]float64{}
	for _, l := range lines {
		for i, x := range l.X {
			values := at[x]
			if v := l.Y[i]; !math.IsNaN(v) && !math.IsInf(v, 0) {
				values = append(values, v)
			}
			at[x] = values
		}
	}
	var m Line
	for _, x := range slices.Sorted(maps.Keys(at)) {
		m.X = append(m.X, x)
		values := at[x]
		if len(values) == 0 {
			nan := math.NaN()
			m.Y, m.Low, m.High = append(m.Y, nan), append(m.Low, nan), append(m.High, nan)
			continue
		}
		sum := 0.0
		for _, v := range values {
			sum += v / float64(len(values))
		}
		m.Y, m.Low, m.High = append(m.Y, sum), append(m.Low, slices.Min(values)), append(m.High, slices.Max(values))
	}
	if len(lines) == 1 {
		m.Low, m.High = nil, nil
	}
	return m
}
