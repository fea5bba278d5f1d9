package app

import (
	"fmt"
	"slices"

	"anneal/metrics"
	"anneal/runs"
)

// metricsFlag lists metrics: specs separated by commas, or the flag several times.
type metricsFlag struct{ list []metrics.Metric }

// regressionMetrics are what runs on numbers measure if nobody says what.
var regressionMetrics = metricsFlag{[]metrics.Metric{metrics.MAE{}, metrics.R2{}}}

func (f *metricsFlag) UnmarshalText(text []byte) error {
	more, err := metrics.ParseList(string(text))
	if err != nil {
		return err
	}
	f.list = append(slices.Clone(f.list), more...)
	return metrics.Distinct(f.list)
}

// String returns the specs of the metrics, as runs.Settings has them.
func (f metricsFlag) String() string { return metrics.Format(f.list) }

// bestOf returns what --best names: the accuracy, the loss, or one of the metrics, by its full spec.
func (f metricsFlag) bestOf(name string) (runs.Best, error) {
	best := runs.Best(name)
	if best == "" || best == runs.ByAccuracy || best == runs.ByLoss {
		return best, nil
	}
	m, err := metrics.Parse(name)
	if err == nil {
		best = runs.Best(m.String())
	}
	for _, m := range f.list {
		if m.String() == string(best) {
			return best, nil
		}
	}
	switch {
	case err == nil && len(f.list) == 0:
		return "", fmt.Errorf("--best %s needs --metrics '%s'", best, best)
	case len(f.list) == 0:
		return "", fmt.Errorf("--best: got %q, want accuracy, loss or the name of one of --metrics", name)
	}
	return "", fmt.Errorf("--best: got %q, want accuracy, loss or one of --metrics: %v", name, f)
}
