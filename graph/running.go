package graph

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"anneal/internal/kernels"
)

// Schedule gives a value that changes with a count. The schedules of package schedules are such.
type Schedule interface {
	At(base float64, count int) float64
}

// MomentumSchedule changes BatchNorm's momentum with the step that Program.SetStep sets, in training the number of
// batches so far: momentum = s.At(m, step), where m is what Momentum sets. A run fails where that is not 0 to 1.
func MomentumSchedule(s Schedule) OnlyNormOption { return func(c *normConfig) { c.schedule = s } }

// drawRunning draws the running statistics of the layer of that name.
func (n *normLayer) drawRunning(name string) {
	shape := tensor.Shape{n.shape[1]}
	n.mean = n.b.Param(name+".running_mean", Buffer, shape, Constant(0), Fan{})
	n.variance = n.b.Param(name+".running_var", Buffer, shape, Constant(1), Fan{})
	batches, err := n.b.params.require(name+".num_batches_tracked", Counter, tensor.Shape{1}, nil, Fan{})
	if err != nil {
		n.b.Fail(fmt.Errorf("graph: %w", err))
		return
	}
	n.batches = batches.value
	if n.b.held != nil && !n.held {
		n.number = n.b.held.add(*n, n.virtualBatches())
	}
}

// virtualBatches returns how many times a training run moves the running statistics.
func (n *normLayer) virtualBatches() int {
	if n.ghost == 0 {
		return 1
	}
	return max(1, n.shape[0]/n.ghost)
}

// share returns the share of the batch that the counter has just counted in a running statistic.
func (n *normLayer) share(count int64) (float64, error) {
	switch {
	case n.cumulative:
		return 1 / float64(count), nil
	case n.schedule == nil:
		return n.momentum, nil
	}
	share := n.schedule.At(n.momentum, int(*n.b.step))
	if !(share >= 0 && share <= 1) {
		return 0, fmt.Errorf("momentum %v at step %d: want 0 to 1", share, *n.b.step)
	}
	return share, nil
}

// moved moves the running mean and variance towards those of a batch, or keeps these if the program has Config.Hold.
func moved[T kernels.Float](n normLayer, values int, mean, variance []float64) error {
	if n.b.held != nil {
		n.b.held.keep(n.number, values, mean, variance)
		return nil
	}
	return moveRunning[T](n, values, mean, variance)
}

// moveRunning moves the running mean and variance towards the mean and biased variance of a batch of so many values per
// channel.
func moveRunning[T kernels.Float](n normLayer, values int, mean, variance []float64) error {
	count := n.batches.Int64s()
	count[0]++
	share, err := n.share(count[0])
	if err != nil {
		return err
	}
	unbiased := float64(values) / (float64(values) - 1)
	runningMean, runningVar := Floats[T](n.mean.Value()), Floats[T](n.variance.Value())
	for c := range mean {
		runningMean[c] = T((1-share)*float64(runningMean[c]) + share*mean[c])
		runningVar[c] = T((1-share)*float64(runningVar[c]) + share*unbiased*variance[c])
	}
	return nil
}

// wholeBatch returns the mean and the biased variance of all virtual batches together, from those of each.
type wholeBatch struct{ mean, variance []float64 }

// of returns them. each calls its argument for each virtual batch, as norm.Batch's Statistics does.
func (w *wholeBatch) of(each func(func(values int, mean, variance []float64))) (mean, variance []float64) {
	total := 0.0
	each(func(values int, mean, variance []float64) {
		n := float64(values)
		if total == 0 {
			w.mean, w.variance, total = slices.Clone(mean), slices.Clone(variance), n
			return
		}
		for c, m := range mean {
			d := m - w.mean[c]
			w.mean[c] += d * n / (total + n)
			w.variance[c] = (total*w.variance[c] + n*variance[c] + d*d*total*n/(total+n)) / (total + n)
		}
		total += n
	})
	return w.mean, w.variance
}
