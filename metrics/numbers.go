package metrics

import (
	"math"

	"anneal/internal/spec"
)

// MAE is the mean absolute error: mean_absolute_error.
type MAE struct{}

func (*MAE) settings() []spec.Setting { return nil }

// String returns the name.
func (MAE) String() string { return "mae" }

// Larger returns false.
func (MAE) Larger() bool { return false }

// New returns a meter.
func (m MAE) New() Meter {
	return &numbers{metric: m, of: func(c column) float64 { return c.absolute / c.weight }}
}

// RMSE is the root of the mean squared error: root_mean_squared_error. Of samples with several numbers it is the mean
// of the roots for each, as there.
type RMSE struct{}

func (*RMSE) settings() []spec.Setting { return nil }

// String returns the name.
func (RMSE) String() string { return "rmse" }

// Larger returns false.
func (RMSE) Larger() bool { return false }

// New returns a meter.
func (m RMSE) New() Meter {
	return &numbers{metric: m, of: func(c column) float64 { return math.Sqrt(c.squares / c.weight) }}
}

// R2 is the share of the variance of the target that the output explains, 1 − Σ(x−t)²/Σ(t−mean t)²: r2_score. Of
// samples with several numbers it is the mean of the shares for each. It is not defined if a target is the same for all
// samples; there it is 0 or 1 then.
type R2 struct{}

func (*R2) settings() []spec.Setting { return nil }

// String returns the name.
func (R2) String() string { return "r2" }

// Larger returns true.
func (R2) Larger() bool { return true }

// New returns a meter.
func (m R2) New() Meter {
	return &numbers{metric: m, of: func(c column) float64 {
		if !(c.spread > 0) {
			return math.NaN()
		}
		return 1 - c.squares/c.spread
	}}
}

// column has the sums over samples of one number of a sample.
type column struct {
	weight, absolute, squares float64
	mean, spread              float64 // of the target: the mean, and the sum of squared distances from it
}

type numbers struct {
	metric  Metric
	of      func(column) float64
	columns []column
}

func (n *numbers) Add(b Batch) error {
	if err := b.check(n.metric, false, true); err != nil {
		return err
	}
	each := len(b.Output) / b.Shape[0]
	for len(n.columns) < each {
		n.columns = append(n.columns, column{})
	}
	for i, x := range b.Output {
		c, w, t := &n.columns[i%each], b.weight(i/each), b.Target[i]
		if w == 0 {
			continue
		}
		c.absolute += w * math.Abs(x-t)
		c.squares += w * (x - t) * (x - t)
		c.weight += w
		d := t - c.mean // Welford's method: no difference of large sums
		c.mean += w / c.weight * d
		c.spread += w * d * (t - c.mean)
	}
	return nil
}

func (n *numbers) Value() float64 {
	var mean share
	for _, c := range n.columns {
		mean.add(n.of(c), 1)
	}
	return mean.value()
}
