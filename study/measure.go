package study

import (
	"cmp"
	"slices"

	"anneal/runs"
	"anneal/view/report"
)

// MetricSummary is a metric of the last epochs of a setting's runs.
type MetricSummary struct {
	Name       string
	Larger     bool    // a larger value is better
	Test       Moments // over the runs in which it is defined
	Validation Moments
}

// classless reports whether the samples have no classes: the results then have losses and metrics, and no accuracies.
func (r *Results) classless() bool {
	return slices.ContainsFunc(r.Cells, func(c Result) bool { return len(c.Epochs) > 0 && c.Epochs[0].NoClasses })
}

// measure returns what settings are compared by: the metric that Measure names, else the accuracy, or the loss if there
// are no classes or if a search is by it.
func (r *Results) measure() runs.Best {
	switch m := cmp.Or(r.Measure, runs.ByAccuracy); {
	case m != runs.ByAccuracy && m != runs.ByLoss:
		return m
	case r.classless() || r.Found != nil && m == runs.ByLoss:
		return runs.ByLoss
	}
	return runs.ByAccuracy
}

// metrics returns the metrics of the last epochs of the cells that did not diverge.
func metrics(cells []Result) []MetricSummary {
	var list []MetricSummary
	values := map[string]*[2][]float64{}
	for _, c := range cells {
		last, _ := c.Final()
		for _, m := range last.Metrics {
			if values[m.Name] == nil {
				values[m.Name] = new([2][]float64)
				list = append(list, MetricSummary{Name: m.Name, Larger: m.Larger})
			}
			for i, v := range []*float64{m.Test, m.Validation} {
				if v != nil {
					values[m.Name][i] = append(values[m.Name][i], *v)
				}
			}
		}
	}
	for i := range list {
		v := values[list[i].Name]
		list[i].Test, list[i].Validation = moments(v[0]), moments(v[1])
	}
	return list
}

// metricNames returns the names of the metrics of the cells, in their order.
func (r *Results) metricNames() []string {
	var names []string
	for _, m := range metrics(r.Cells) {
		names = append(names, m.Name)
	}
	return names
}

// Metric returns the metric of that name, without values if s has none.
func (s Summary) Metric(name string) MetricSummary {
	i := slices.IndexFunc(s.Metrics, func(m MetricSummary) bool { return m.Name == name })
	if i < 0 {
		return MetricSummary{Name: name, Test: moments(nil), Validation: moments(nil)}
	}
	return s.Metrics[i]
}

// judged returns the final numbers by which s is compared with other settings, and whether larger ones are better.
func (s Summary) judged() (m Moments, larger bool) {
	test, validation, larger := s.Final, s.Validation, true
	switch s.measure {
	case runs.ByAccuracy, "":
	case runs.ByLoss:
		test, validation, larger = s.Loss, s.ValidationLoss, false
	default:
		of := s.Metric(string(s.measure))
		test, validation, larger = of.Test, of.Validation, of.Larger
	}
	if s.validated && validation.N > 0 {
		return validation, larger
	}
	return test, larger
}

// better reports whether s did better than other; one that has no number did not.
func (s Summary) better(other Summary) bool {
	a, larger := s.judged()
	b, _ := other.judged()
	if b.N == 0 {
		return a.N > 0
	}
	return larger && a.Mean > b.Mean || !larger && a.Mean < b.Mean
}

// plain returns the mean and, if there are several numbers, the standard deviation.
func (m Moments) plain() report.Cell {
	c := report.Number("%.4f", m.Mean)
	if m.N > 1 {
		c.Text += " ± " + report.Number("%.4f", m.Std).Text
	}
	return c
}
