package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"anneal/runs"
)

// group is charts that share a legend.
type group struct {
	Index  int     `json:"-"`
	Title  string  `json:"-"`
	Hint   string  `json:"-"`
	Small  bool    `json:"-"` // many small charts, rather than few large ones
	Charts []chart `json:"charts"`
	Clocks []clock `json:"clocks,omitempty"`
}

// layer is what the diagnostics of an epoch say about one layer.
type layer = runs.LayerDiagnostics

// inside returns the charts of the diagnostics, none if there are no diagnostics.
func inside(all []Run) []group {
	if !slices.ContainsFunc(all, func(r Run) bool { return len(r.Diagnostics) > 0 }) {
		return nil
	}
	values := group{
		Title: "Distributions in each layer", Small: true,
		Hint: "The median over one batch, and a band of percentiles or of the seeds' medians: of the values before the " +
			"layer's activation, and of the gradient with respect to them, where it is not 0. (Figure 1 of Ioffe and " +
			"Szegedy, 2015, for this network.)",
	}
	for _, name := range layers(all) {
		values.Charts = append(values.Charts,
			percentiles(all, name, "values", func(l layer) []float64 { return l.PreActivation }),
			percentiles(all, name, "gradient", func(l layer) []float64 { return l.Gradient }))
	}
	values.Charts = slices.DeleteFunc(values.Charts, func(c chart) bool { return len(c.Lines) == 0 })
	groups := []group{values}
	if len(all) > 1 {
		return groups
	}
	weights := group{Title: "Layers by epoch"}
	for _, of := range []struct {
		chart chart
		of    func(l layer) *float64
	}{
		{chart{Title: "Last update, ‖Δw‖/‖w‖", Log: true}, func(l layer) *float64 { return l.UpdateRatio }},
		{chart{Title: "Weights, ‖w‖"}, func(l layer) *float64 { return l.WeightNorm }},
		{
			chart{Title: "Channels that ReLU makes 0 throughout", Percent: true, Switches: new(false)},
			func(l layer) *float64 { return l.Dead },
		},
		{
			chart{Title: "Gap of the running means, in standard deviations", Log: true},
			func(l layer) *float64 { return l.MeanGap },
		},
		{chart{Title: "Gap of the running variances, in ln", Log: true}, func(l layer) *float64 { return l.VarGap }},
	} {
		c := of.chart
		c.X = "epoch"
		for _, name := range layers(all) {
			line := curve{Name: name}
			for _, d := range all[0].Diagnostics {
				if i := slices.IndexFunc(d.Layers, func(l layer) bool { return l.Layer == name }); i >= 0 {
					if v := of.of(d.Layers[i]); v != nil {
						line.X, line.Y = append(line.X, float64(d.Epoch)), append(line.Y, *v)
					}
				}
			}
			if line.X != nil {
				c.Lines = append(c.Lines, line)
			}
		}
		if c.Lines != nil {
			weights.Charts = append(weights.Charts, c)
		}
	}
	return append(groups, weights)
}

// layers returns the names of all layers, in the order of their networks: a layer that an earlier network lacks follows
// the one before it.
func layers(all []Run) []string {
	var names []string
	for _, r := range all {
		for _, d := range r.Diagnostics {
			next := 0 // where a new layer goes
			for _, l := range d.Layers {
				i := slices.Index(names, l.Layer)
				if i < 0 {
					i = next
					names = slices.Insert(names, i, l.Layer)
				}
				next = i + 1
			}
		}
	}
	return names
}

// percentiles returns a chart of the median of something in a layer by epoch, in a band from the 15th to the 85th
// percentile.
func percentiles(all []Run, name, what string, of func(l layer) []float64) chart {
	c := chart{
		Title: name + ", " + what, X: "epoch", Switches: new(false), Line: "median", Band: "15th to 85th percentile",
	}
	count := map[string]int{}
	for _, r := range all {
		line := curve{Name: r.Name, Seed: count[r.Name]}
		count[r.Name]++
		for _, d := range r.Diagnostics {
			for _, l := range d.Layers {
				if p := of(l); l.Layer == name && len(p) == 3 {
					line.X, line.Y = append(line.X, float64(d.Epoch)), append(line.Y, p[1])
					line.Low, line.High = append(line.Low, p[0]), append(line.High, p[2])
				}
			}
		}
		if line.X != nil {
			c.Lines = append(c.Lines, line)
		}
	}
	return c
}

// shift is a change of the rate, with the change of the test loss that came with it.
type shift struct {
	runs.Shift
	epoch int // before the change
	rate  float64
}

// shifts returns what r's diagnostics measured.
func (r *Run) shifts() []shift {
	seen := map[int]runs.Diagnostics{}
	for _, d := range r.Diagnostics {
		seen[d.Epoch] = d
	}
	var list []shift
	for i := 1; i < len(r.Epochs); i++ {
		before, after := r.Epochs[i-1], r.Epochs[i]
		changed := len(before.LR) > 0 && len(after.LR) > 0 && before.LR[0] != after.LR[0]
		if s, ok := runs.NewShift(before, after, seen[before.Epoch], seen[after.Epoch]); ok && changed {
			list = append(list, shift{s, before.Epoch, after.LR[0]})
		}
	}
	return list
}

// cause names what moved the test loss most.
func (s shift) cause() string {
	if math.Abs(s.Weights) >= math.Abs(s.Statistics) {
		return "weights"
	}
	return "statistics"
}

// shiftTable returns a table of what moved the test loss when the rate changed.
func shiftTable(all []Run) []Table {
	t := Table{
		Title: "What moved the test loss when the rate changed",
		Head: []string{
			"run", "seed", "after epoch", "new rate", "test loss", "by the weights", "by the running statistics", "most by",
		},
	}
	for i := range all {
		r := &all[i]
		for _, s := range r.shifts() {
			t.Rows = append(t.Rows, []Cell{
				Text(r.Name), Number("%.0f", float64(r.Seed)), Number("%.0f", float64(s.epoch)),
				{label(round(s.rate)), &s.rate},
				Number("%+.4f", s.Loss), Number("%+.4f", s.Weights), Number("%+.4f", s.Statistics), Text("the " + s.cause()),
			})
		}
	}
	if t.Rows == nil {
		return nil
	}
	return []Table{t}
}

// explain returns the marks of r with what moved the test loss there.
func (r *Run) explain(marks []event) []event {
	marks = slices.Clone(marks)
	for _, s := range r.shifts() {
		for i := range marks {
			if marks[i].X == float64(s.epoch) && strings.HasPrefix(marks[i].Text, "lr ") {
				marks[i].Text += fmt.Sprintf(", moved by %s", s.cause())
			}
		}
	}
	return marks
}
