package train

import (
	"cmp"
	"fmt"
	"slices"

	"anneal/data"
	"anneal/graph"
	"anneal/metrics"
	"anneal/runs"
)

// settleMetrics makes Metrics of Settings.Metrics, or records them there, and checks that Best is one of them if it is
// neither the accuracy nor the loss.
func (c *Config) settleMetrics() (err error) {
	if len(c.Metrics) == 0 && c.Settings.Metrics != "" {
		c.Metrics, err = metrics.ParseList(c.Settings.Metrics)
	}
	if err == nil {
		err = metrics.Distinct(c.Metrics)
	}
	if err != nil {
		return fmt.Errorf("train: %w", err)
	}
	c.Settings.Metrics = metrics.Format(c.Metrics)
	standard := []runs.Best{"", runs.ByAccuracy, runs.ByLoss}
	if len(c.Metrics) > 0 && !slices.Contains(standard, c.Best) && c.bestMetric() == nil {
		return fmt.Errorf("train: best: got %q, want %q, %q or one of the metrics %s",
			c.Best, runs.ByAccuracy, runs.ByLoss, c.Settings.Metrics)
	}
	return nil
}

// bestMetric returns the metric that Best names, or nil. The accuracy of classes is no metric.
func (c *Config) bestMetric() metrics.Metric {
	if c.Best == runs.ByAccuracy && c.Train.Classes() > 0 {
		return nil
	}
	for _, m := range c.Metrics {
		if m.String() == string(c.Best) {
			return m
		}
	}
	return nil
}

// SetMetrics makes Run measure metrics. The error says what a metric lacks, such as labels or an output.
func (e *Evaluator) SetMetrics(list ...metrics.Metric) error {
	e.wanted = list
	if len(list) == 0 {
		return nil
	}
	n := e.batch // zeros, to see whether all is there
	p, err := e.runner.Program(e.batch)
	if err != nil {
		return err
	}
	size := 1
	for _, length := range e.set.Shape() {
		size *= length
	}
	b := data.Batch{X: make([]float32, n*size), Labels: make([]int32, n), Fields: data.NewValues(e.set)}
	for i, f := range b.Fields {
		if f.Ints != nil {
			b.Fields[i].Ints = slices.Repeat(f.Ints, n)
		} else {
			b.Fields[i].Floats = slices.Repeat(f.Floats, n)
		}
	}
	return e.measures().add(p, b)
}

// measures are the metrics of an evaluation with what they have measured.
type measures struct {
	list     []metrics.Metric
	meters   []metrics.Meter
	labelled bool // the samples have classes
	draws    bool // the loss compares the model's own result with x
}

func (e *Evaluator) measures() measures {
	m := measures{list: e.wanted, labelled: e.runner.labelled, draws: e.runner.draws}
	for _, of := range e.wanted {
		m.meters = append(m.meters, of.New())
	}
	return m
}

// add counts a batch that p has run.
func (m measures) add(p *graph.Program, b data.Batch) error {
	for i, meter := range m.meters {
		batch, err := m.batch(m.list[i], p, b)
		if err == nil {
			err = meter.Add(batch)
		}
		if err != nil {
			return fmt.Errorf("train: %w", err)
		}
	}
	return nil
}

// values returns what the metrics are.
func (m measures) values() []float64 {
	var list []float64
	for _, meter := range m.meters {
		list = append(list, meter.Value())
	}
	return list
}

// batch returns what a metric takes of a batch.
func (m measures) batch(of metrics.Metric, p *graph.Program, b data.Batch) (metrics.Batch, error) {
	on, _ := of.(metrics.On)
	out := p.Output(on.Output)
	if out == nil {
		return metrics.Batch{}, fmt.Errorf("metric %v: the model has no output %q: it has %q", of, on.Output, p.Outputs())
	}
	batch := metrics.Batch{Shape: out.Shape(), Output: graph.Float64s(out)}
	name := cmp.Or(on.Target, on.Output)
	if m.labelled && (name == "" || name == data.LabelsName) {
		batch.Labels = b.Labels
	}
	found := name == "" || batch.Labels != nil
	if name == data.XName || name == "" && m.draws {
		found, batch.Target = true, widened(b.X)
	}
	for _, f := range b.Fields {
		if f.Name == cmp.Or(name, data.TargetName) {
			found = true
			batch.Target = widened(f.Floats)
			if f.Ints != nil {
				batch.Labels = f.Ints
			}
		}
		if f.Name == on.Weights {
			batch.Weights = widened(f.Floats)
		}
	}
	switch {
	case !found:
		return batch, fmt.Errorf("metric %v: the data has no field %q", of, name)
	case on.Weights != "" && batch.Weights == nil:
		return batch, fmt.Errorf("metric %v: the data has no field %q of numbers", of, on.Weights)
	}
	return batch, nil
}

// widened returns x in float64, nil for nil.
func widened(x []float32) []float64 {
	if x == nil {
		return nil
	}
	wide := make([]float64, len(x))
	for i, v := range x {
		wide[i] = float64(v)
	}
	return wide
}
