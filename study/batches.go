package study

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"anneal/view/report"
)

// BatchFigure returns a figure of the final test accuracy by batch size: a panel for each network and a line for each
// of its normalizations, as the models' names tell them, such as lenet-bn(norm=layer). A point is the mean over the
// seeds with the setting, rate and augmentation that do best there, in a band of one standard deviation; where a run
// of each diverged, there is none. ok is false for a study of fewer than three batch sizes, without classes, or for a
// search.
func (r *Results) BatchFigure() (f report.Figure, ok bool) {
	if r.classless() || r.Found != nil {
		return f, false
	}
	var sizes []int
	panels := map[string]map[string]map[int]Summary{} // the best, by network, line and batch size
	var order []lineName
	for _, s := range r.Summaries() {
		sizes = append(sizes, s.Batch)
		if s.Diverged > 0 {
			continue
		}
		n := nameLine(s.Model)
		if panels[n.network] == nil {
			panels[n.network] = map[string]map[int]Summary{}
		}
		lines := panels[n.network]
		if lines[n.norm] == nil {
			lines[n.norm] = map[int]Summary{}
			order = append(order, n)
		}
		if old, there := lines[n.norm][s.Batch]; !there || s.better(old) {
			lines[n.norm][s.Batch] = s
		}
	}
	slices.Sort(sizes)
	if sizes = slices.Compact(sizes); len(sizes) < 3 {
		return f, false
	}
	f.Title = "Final test accuracy by batch size, each at its best rate"
	f.Note = "means over the seeds, bands: ± standard deviation"
	var ticks []float64
	for _, n := range sizes {
		ticks = append(ticks, float64(n))
	}
	at := map[string]int{}
	for _, n := range order {
		i, there := at[n.network]
		if !there {
			i = len(f.Panels)
			at[n.network] = i
			f.Panels = append(f.Panels, report.Panel{
				X: report.Axis{Label: fmt.Sprint(n.network, ": images per batch"), Log: true, Ticks: ticks},
				Y: report.Axis{Label: "test accuracy", Share: true, Log: true},
			})
		}
		f.Panels[i].Lines = append(f.Panels[i].Lines, batchLine(n.norm, sizes, panels[n.network][n.norm]))
	}
	return f, len(f.Panels) > 0
}

// lineName is what a figure calls a model: its network and the normalization in it.
type lineName struct{ network, norm string }

func nameLine(model string) lineName {
	network, norm, _ := strings.Cut(model, "(norm=")
	return lineName{network, cmp.Or(strings.TrimSuffix(norm, ")"), "batch, or the network's own")}
}

// batchLine returns the line of the summaries by batch size.
func batchLine(name string, sizes []int, of map[int]Summary) report.Line {
	l := report.Line{Name: name, Dots: true}
	for _, n := range sizes {
		mean, std := math.NaN(), math.NaN()
		if s, there := of[n]; there {
			mean, std = s.Final.Mean, s.Final.Std
		}
		if math.IsNaN(std) {
			std = 0
		}
		l.X, l.Y = append(l.X, float64(n)), append(l.Y, mean)
		l.Low, l.High = append(l.Low, mean-std), append(l.High, math.Min(mean+std, 1))
	}
	return l
}
