package train

import (
	"math"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/runs"
	"anneal/schedules"
)

// before keeps the weights before the epoch's last update.
func (d *diagnosis) before(last bool) {
	if d == nil || !last {
		return
	}
	var all []*tensor.Dense
	for _, l := range d.layers {
		all = append(all, watchedWeights(l)...)
	}
	if d.kept == nil {
		for _, w := range all {
			d.kept = append(d.kept, w.Clone().(*tensor.Dense))
		}
	}
	for i, w := range all {
		_ = tensor.Copy(d.kept[i], w) // of one shape and type
	}
}

// after notes each layer's ‖Δw‖/‖w‖ of the epoch's last update, NaN for a layer without weights.
func (d *diagnosis) after(last bool, at *runs.Progress) {
	if d == nil || !last {
		return
	}
	var ratios []schedules.Metric
	i := 0
	for _, l := range d.layers {
		change, size := 0.0, 0.0
		for _, w := range watchedWeights(l) {
			before := graph.Float64s(d.kept[i])
			for j, v := range graph.Float64s(w) {
				change += (v - before[j]) * (v - before[j])
				size += before[j] * before[j]
			}
			i++
		}
		ratios = append(ratios, schedules.Metric(math.Sqrt(change)/math.Sqrt(size)))
	}
	at.Updates = ratios
}

// watchedWeights returns the tensors of a layer that an update ratio is about.
func watchedWeights(l *graph.Watched) (list []*tensor.Dense) {
	for _, p := range l.Params {
		if p.Kind() == graph.Weight || p.Kind() == graph.NormWeight {
			list = append(list, p.Value())
		}
	}
	return list
}
