package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"

	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
)

// Recalibrate gives every BatchNorm of model the exact statistics of set, usually the training set. Its running mean
// and variance become the mean and the unbiased variance of its input, over all samples and places of a channel, in
// an evaluation of the network whose earlier BatchNorms have their exact statistics already. They depend on neither
// the batch size nor the order. Sums are float64, by Chan, Golub and LeVeque's formula, in the order of the samples.
//
// The work is one pass over set for each BatchNorm, up to its input. For n BatchNorms evenly spaced this takes as
// long as n/2 evaluations. num_batches_tracked stays as it is: it counts the batches that the network was trained on,
// and gives CumulativeAverage the weight of batches to come.
//
// BatchNorms that match one of the patterns of held, as graph.Config's FreezeStats has them, keep their statistics: the
// network was trained to those.
//
// params must hold the model's parameters. After an error, ctx's included, they are as they were. A model without a
// BatchNorm to recalibrate is an error.
func Recalibrate(
	ctx context.Context, model graph.Model, params *graph.Params, set data.Dataset, held ...string,
) error {
	r, err := newRecalibration(model, params, set, held)
	if err != nil {
		return err
	}
	switch {
	case len(r.norms) == 0 && len(held) > 0:
		return fmt.Errorf("train: recalibrate: the model has no BatchNorm except those that keep their statistics, %q", held)
	case len(r.norms) == 0:
		return errors.New("train: recalibrate: the model has no BatchNorm")
	}
	restore := params.Snapshot()
	err = r.run(ctx)
	for _, n := range r.norms {
		if err == nil {
			err = n.check()
		}
	}
	if err != nil {
		restore()
	}
	return err
}

// recalibration recomputes the statistics of a model.
type recalibration struct {
	model  graph.Model
	params *graph.Params
	set    data.Dataset
	norms  []recalibrated // each after those that it depends on
}

// recalibrated is a BatchNorm with its running statistics.
type recalibrated struct {
	name           string
	mean, variance *tensor.Dense
}

// newRecalibration finds the BatchNorms that do not hold their statistics.
func newRecalibration(
	model graph.Model, params *graph.Params, set data.Dataset, held []string,
) (*recalibration, error) {
	layers, err := graph.Describe(model, params, append(tensor.Shape{2}, data.XShapeOf(set)...))
	if err != nil {
		return nil, fmt.Errorf("train: recalibrate: %w", err)
	}
	r := &recalibration{model: model, params: params, set: set}
	for _, l := range layers {
		mean, variance := params.Lookup(l.Name+".running_mean"), params.Lookup(l.Name+".running_var")
		if l.Kind == "BatchNorm" && !l.Stock && mean != nil && !graph.FreezesStats(held, l.Name) {
			r.norms = append(r.norms, recalibrated{l.Name, mean.Value(), variance.Value()})
		}
	}
	return r, nil
}

func (r *recalibration) run(ctx context.Context) error {
	for _, n := range r.norms {
		if err := r.recompute(ctx, n); err != nil {
			return fmt.Errorf("train: recalibrate: %s: %w", n.name, err)
		}
	}
	return nil
}

// recompute measures the input of n and sets its statistics. It drops its programs afterwards: those of a deep
// network would together need several times the memory of training.
func (r *recalibration) recompute(ctx context.Context, n recalibrated) error {
	const batch = 250
	loader, err := data.NewLoader(r.set, data.Options{Batch: batch})
	if err != nil {
		return err
	}
	runner, err := newRunner(r.model, r.params, graph.Config{Mode: graph.Eval, Fuse: true, UpTo: n.name}, r.set, batch)
	if err != nil {
		return err
	}
	channels := make([]moments, n.mean.DataSize())
	for b, err := range loader.Epoch(ctx, 0, 0) {
		if err != nil {
			return err
		}
		p, err := runner.batch(b)
		if err != nil {
			return err
		}
		switch x := p.Input().Data().(type) {
		case []float32:
			measureChannels(channels, x, len(b.Labels))
		case []float64:
			measureChannels(channels, x, len(b.Labels))
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	for c, m := range channels {
		setElement(n.mean, c, m.mean)
		setElement(n.variance, c, m.squares/(m.count-1)) // NaN for a single value
	}
	return nil
}

// check returns an error if a statistic is not finite.
func (n recalibrated) check() error {
	mean, variance := graph.Float64s(n.mean), graph.Float64s(n.variance)
	for c := range mean {
		if math.IsNaN(mean[c]) || math.IsInf(mean[c], 0) || math.IsNaN(variance[c]) || math.IsInf(variance[c], 0) {
			return fmt.Errorf("train: recalibrate: %s: channel %d of its input has mean %v and variance %v: "+
				"want finite numbers, and more than one value per channel",
				n.name, c, mean[c], variance[c])
		}
	}
	return nil
}

// setElement sets element i of t to v.
func setElement(t *tensor.Dense, i int, v float64) {
	switch data := t.Data().(type) {
	case []float32:
		data[i] = float32(v)
	case []float64:
		data[i] = v
	}
}

// measureChannels adds x, [n, channels, ...], to the channels' moments. One goroutine per channel adds sample by
// sample.
func measureChannels[T float32 | float64](channels []moments, x []T, n int) {
	size := len(x) / (n * len(channels))
	var all sync.WaitGroup
	for c := range channels {
		all.Go(func() {
			for i := range n {
				channels[c].add(momentsOf(x[(i*len(channels)+c)*size:][:size]))
			}
		})
	}
	all.Wait()
}

// moments are the number and the mean of some values, and the sum of their squared distances from the mean.
type moments struct{ count, mean, squares float64 }

// momentsOf returns the moments of x. It sums in four parts, which a processor adds at the same time.
func momentsOf[T float32 | float64](x []T) moments {
	m := moments{count: float64(len(x))}
	var a, b, c, d float64
	rest := x
	for ; len(rest) >= 4; rest = rest[4:] {
		a += float64(rest[0])
		b += float64(rest[1])
		c += float64(rest[2])
		d += float64(rest[3])
	}
	for _, v := range rest {
		a += float64(v)
	}
	m.mean = (a + b + c + d) / m.count
	a, b, c, d = 0, 0, 0, 0
	for rest = x; len(rest) >= 4; rest = rest[4:] {
		p, q, r, s := float64(rest[0])-m.mean, float64(rest[1])-m.mean, float64(rest[2])-m.mean, float64(rest[3])-m.mean
		a += p * p
		b += q * q
		c += r * r
		d += s * s
	}
	for _, v := range rest {
		p := float64(v) - m.mean
		a += p * p
	}
	m.squares = a + b + c + d
	return m
}

// add makes m the moments of its values and those of o. Chan, Golub and LeVeque, Updating Formulae and a Pairwise
// Algorithm for Computing Sample Variances, 1979, eq. 2.1.
func (m *moments) add(o moments) {
	d, sum := o.mean-m.mean, m.count+o.count
	m.squares += o.squares + d*d*(m.count*o.count/sum)
	m.mean += d * (o.count / sum)
	m.count = sum
}
