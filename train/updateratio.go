package train

import (
	"math"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/schedules"
)

// keep keeps the weights before an update.
func (d *diagnosis) keep() {
	var all []*tensor.Dense
	for _, l := range d.layers {
		all = append(all, weights(l)...)
	}
	if d.before == nil {
		for _, w := range all {
			d.before = append(d.before, w.Clone().(*tensor.Dense))
		}
	}
	for i, w := range all {
		_ = tensor.Copy(d.before[i], w) // of one shape and type
	}
}

// updated returns each layer's ‖Δw‖/‖w‖ since keep, NaN for a layer without weights.
func (d *diagnosis) updated() []schedules.Metric {
	var ratios []schedules.Metric
	i := 0
	for _, l := range d.layers {
		change, size := 0.0, 0.0
		for _, w := range weights(l) {
			before := graph.Float64s(d.before[i])
			for j, v := range graph.Float64s(w) {
				change += (v - before[j]) * (v - before[j])
				size += before[j] * before[j]
			}
			i++
		}
		ratios = append(ratios, schedules.Metric(math.Sqrt(change)/math.Sqrt(size)))
	}
	return ratios
}

// move moves the parameters, and at the last update of an epoch remembers by how much.
func (r *run) move(gradients []gorgonia.ValueGrad) error {
	last := r.diagnosis != nil && (r.at.Batch == r.loader.Batches() || r.at.Step+1 == r.total)
	if last {
		r.diagnosis.keep()
	}
	err := r.solver.Step(gradients)
	if last && err == nil {
		r.at.Updates = r.diagnosis.updated()
	}
	return err
}

// weights are the tensors of a layer that an update ratio is about.
func weights(l *graph.Watched) (list []*tensor.Dense) {
	for _, p := range l.Params {
		if p.Kind() == graph.Weight || p.Kind() == graph.NormWeight {
			list = append(list, p.Value())
		}
	}
	return list
}
