package app

import (
	"fmt"

	"anneal/data"
	"anneal/graph"
	"anneal/models"
	"anneal/runs"
)

// modelFlag names a model of the registry.
type modelFlag struct {
	name   string
	draw   graph.Model
	loss   graph.Loss // nil: cross-entropy of classes
	pinned bool       // the number of its classes is not for the data to say
}

func (f *modelFlag) UnmarshalText(text []byte) (err error) {
	f.name = string(text)
	if f.draw, err = models.Get(f.name); err == nil {
		f.loss, err = models.LossOf(f.name)
	}
	return err
}

// recorded takes the model's name from the record of a file of weights, which has its settings, if the flag has the
// name alone.
func (f *modelFlag) recorded(r *runs.Record) error {
	if r == nil {
		return nil
	}
	if base, err := models.Base(r.Model); err != nil || base != f.name {
		return nil
	}
	return f.UnmarshalText([]byte(r.Model))
}

// reconstructs reports whether the model learns to draw its input.
func (f modelFlag) reconstructs() bool {
	t, ok := f.loss.(graph.Term)
	return ok && t.Target == data.XName
}

// fit returns the model with as many classes as the samples have or, as a regression, with as many values as their
// target. It returns an error if they have none.
func (f modelFlag) fit(d data.Dataset) (modelFlag, error) {
	size, sized := d.Classes(), true
	if e, err := models.Find(f.name); err == nil {
		sized = e.Sized != nil
	}
	switch {
	case f.pinned || f.reconstructs():
		return f, nil
	case f.loss == nil && size == 0:
		return f, fmt.Errorf("%s tells classes apart, and the data has none: want a model that learns numbers, such as "+
			"mlp-regression", f.name)
	case !sized:
		return f, nil
	case f.loss != nil:
		if size = targetSize(d); size == 0 {
			return f, fmt.Errorf("%s learns numbers, and the data has no field %q: want data with one, or a model that "+
				"tells classes apart", f.name, data.TargetName)
		}
	}
	name, err := models.WithSize(f.name, size)
	if err == nil {
		err = f.UnmarshalText([]byte(name))
	}
	return f, err
}

// targetSize returns how many numbers the target of a sample has, 0 if there is none.
func targetSize(d data.Dataset) int {
	for _, f := range data.FieldsOf(d) {
		if f.Name == data.TargetName && !f.Ints {
			return f.Size()
		}
	}
	return 0
}

// fitAll fits models that are trained on the same samples. They must have one loss.
func fitAll(list []modelFlag, d data.Dataset) ([]modelFlag, error) {
	var all []modelFlag
	for _, m := range list {
		if fmt.Sprint(m.loss) != fmt.Sprint(list[0].loss) {
			return nil, fmt.Errorf("%s and %s have different losses: want models for the same task", list[0].name, m.name)
		}
		m, err := m.fit(d)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// prepare changes the pixels of s to what the model draws, from 0 to 1, if it learns to draw its input.
func (f modelFlag) prepare(s *sets) (err error) {
	if !f.reconstructs() {
		return nil
	}
	for _, set := range []*data.Dataset{&s.Train, &s.Valid, &s.Test} {
		if images, ok := (*set).(*data.Images); ok {
			if *set, err = images.Normalised([]float64{0}, []float64{1}); err != nil {
				return err
			}
		}
	}
	return nil
}

// measures returns the metrics that were asked for, or those of a regression if none was and the model learns the
// target of the samples.
func (f modelFlag) measures(asked metricsFlag, d data.Dataset) metricsFlag {
	if len(asked.list) == 0 && f.loss != nil && targetSize(d) > 0 && !f.reconstructs() {
		return regressionMetrics
	}
	return asked
}
