package train

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/schedules"
)

// How many training samples statistics are recomputed from when the rate changes. The whole set would be exact and cost too
// much. With few samples the loss is a few thousandths too high, with many a few ten-thousandths, which a drop's share can be.
const (
	manySamples = 10000
	fewSamples  = 2500 // where the rate changes in most epochs
)

// diagnosis makes a run's Diagnostics.
type diagnosis struct {
	feed       *feed // of the batch that is watched
	statistics recalibration
	samples    int             // that statistics are computed from
	before     []*tensor.Dense // the weights before the epoch's last update, layer by layer
}

// newDiagnosis compiles all that it takes.
func (r *run) newDiagnosis() (*diagnosis, error) {
	d := &diagnosis{samples: min(manySamples, r.Train.Len())}
	if r.changesOften() {
		d.samples = min(fewSamples, r.Train.Len())
	}
	first, err := data.Limit(r.Train, min(r.Batch, r.Train.Len()))
	if err != nil {
		return nil, fmt.Errorf("train: diagnostics: %w", err)
	}
	some, err := data.Limit(r.Train, d.samples)
	if err != nil {
		return nil, fmt.Errorf("train: diagnostics: %w", err)
	}
	how := graph.Config{Mode: graph.Train, LabelSmoothing: r.LabelSmoothing, Watch: true}
	if d.feed, err = newFeed(r.Model, r.Params, how, first, data.Options{Batch: r.Batch}); err != nil {
		return nil, err
	}
	d.statistics, err = newRecalibration(r.Model, r.Params, some)
	return d, err
}

// changesOften reports whether the schedules change the rate after more than two of the first ten epochs, however many the run
// has: one that is resumed for longer must look in the same way.
func (r *run) changesOften() bool {
	updates, changes := r.updates(r.feed.loader.Batches()), 0
	for e := range 10 {
		if !slices.Equal(r.rate.at(e, (e+1)*updates-1), r.rate.at(e+1, (e+2)*updates-1)) {
			changes++
		}
	}
	return changes > 2
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

// layers are those of the watching program.
func (d *diagnosis) layers() []*graph.Watched {
	for _, p := range d.feed.programs {
		return p.Watched() // the only one
	}
	return nil
}

// keep keeps the weights before an update.
func (d *diagnosis) keep() {
	var all []*tensor.Dense
	for _, l := range d.layers() {
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
	for _, l := range d.layers() {
		change, size := 0.0, 0.0
		for _, w := range weights(l) {
			before := numbers(d.before[i])
			for j, v := range numbers(w) {
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
	last := r.diagnosis != nil && (r.at.Batch == r.feed.loader.Batches() || r.at.Step+1 == r.total)
	if last {
		r.diagnosis.keep()
	}
	err := r.solver.Step(gradients)
	if last && err == nil {
		r.at.Updates = r.diagnosis.updated()
	}
	return err
}

// diagnose looks into the network after an epoch, which is the last in r.result. It does not stop half way.
func (r *run) diagnose(ctx context.Context) (Diagnostics, error) {
	ctx = context.WithoutCancel(ctx)
	result := Diagnostics{Epoch: r.at.Epoch, Step: r.at.Step}
	for b := range r.diagnosis.feed.loader.Epoch(ctx, 0, 0) {
		p, err := r.diagnosis.feed.run(b, 0)
		if err != nil {
			return result, fmt.Errorf("train: diagnostics: %w", err)
		}
		for i, l := range p.Watched() {
			d := look(l)
			if i < len(r.at.Updates) {
				d.UpdateRatio = finite(float64(r.at.Updates[i]))
			}
			result.Layers = append(result.Layers, d)
		}
	}
	if len(r.diagnosis.statistics) == 0 || !r.rateChanges() {
		return result, nil
	}
	defer snapshot(r.Params)()
	if err := r.diagnosis.statistics.run(ctx); err != nil {
		return result, err
	}
	e, err := r.test.Run(ctx)
	if err != nil {
		return result, err
	}
	result.RecalibratedTestLoss = finite(e.Loss)
	if accuracy := e.Accuracy(); result.RecalibratedTestLoss != nil {
		result.RecalibratedTestAccuracy, result.RecalibratedSamples = &accuracy, r.diagnosis.samples
	}
	return result, nil
}

// rateChanges reports whether the epoch's rate is another than the one before or after had it, or would have it if the run
// went on.
func (r *run) rateChanges() bool {
	epochs := r.result.Epochs
	if n := len(epochs); n > 1 && !slices.Equal(epochs[n-2].LR, r.at.LR) {
		return true
	}
	end := r.at.Step + r.updates(r.feed.loader.Batches())
	if r.Steps > 0 {
		end = min(end, r.Steps)
	}
	return end > r.at.Step && !slices.Equal(r.rate.at(r.at.Epoch, end-1), r.at.LR)
}
