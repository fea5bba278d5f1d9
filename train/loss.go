package train

import (
	"errors"
	"fmt"
	"strings"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/schedules"
)

// settleLoss records the name of the loss. Plain cross-entropy of samples with one class each is no Loss.
func (c *Config) settleLoss() error {
	if l, ok := c.Loss.(graph.CrossEntropy); ok && c.LabelSmoothing == 0 && c.Train.Classes() > 0 {
		if l.String() == (graph.CrossEntropy{LabelSmoothing: l.LabelSmoothing}).String() {
			c.Loss, c.LabelSmoothing = nil, l.LabelSmoothing
		}
	}
	name := ""
	if c.Loss != nil {
		if name = c.Loss.String(); name == "" {
			return errors.New("train: loss: it has no name: a LossFunc wants one, which the record of the run says")
		}
	}
	switch {
	case c.Loss != nil && c.LabelSmoothing != 0:
		return fmt.Errorf("train: label smoothing: got %v beside the loss %s: want it in the loss", c.LabelSmoothing, name)
	case c.Settings.Loss != "" && c.Settings.Loss != name:
		return fmt.Errorf("train: loss: got %q as the name of %q: want Config.Loss alone", c.Settings.Loss, name)
	}
	c.Settings.Loss = name
	return nil
}

// checkAccuracy returns an error if anything goes by the accuracy of samples that have no classes.
func (c *Config) checkAccuracy() error {
	if c.Train.Classes() > 0 {
		return nil
	}
	if c.Best == runs.ByAccuracy && c.bestMetric() == nil {
		return fmt.Errorf("train: best: got %q for samples without classes: want %q", c.Best, runs.ByLoss)
	}
	all := []schedules.Schedule{c.Schedule}
	for _, g := range c.Tuning.Groups {
		if s, err := schedules.Parse(g.Schedule); err == nil { // newScheduler reports errors
			all = append(all, s)
		}
	}
	for _, s := range all {
		if m := c.bestMetric(); watchesAccuracy(s) && !(m != nil && m.Larger()) {
			return fmt.Errorf("train: schedule %v: it watches the accuracy of samples without classes: want mode='min'", s)
		}
	}
	return nil
}

// numeric reports whether a loss compares the model's own result with numbers, of x or of a target, and nothing with
// classes. The result is no logits then, even if it is as wide, and the samples have labels.
func numeric(loss graph.Loss) bool {
	terms, ok := loss.(graph.Sum)
	if !ok {
		t, is := loss.(graph.Term)
		if !is {
			t = graph.Term{Loss: loss}
		}
		terms = graph.Sum{t}
	}
	compares := false
	for _, t := range terms {
		switch t.Loss.(type) {
		case graph.MSE, graph.L1, graph.Huber, graph.SmoothL1:
			compares = compares || t.Output == ""
		default:
			if t.Target != data.XName || t.Output != "" {
				return false
			}
			compares = true
		}
	}
	return compares
}

// nats reports whether the loss is the cross-entropy of classes, which can be compared with that of guessing.
func (r *run) nats() bool { return r.Loss == nil && r.Train.Classes() > 0 }

// lossMean is the mean of the losses of several batches, term by term.
type lossMean struct {
	terms []graph.LossTerm // with sums of Weight·Mean as Mean
}

// add adds a batch.
func (m *lossMean) add(terms []graph.LossTerm) {
	if m.terms == nil {
		for _, t := range terms {
			m.terms = append(m.terms, graph.LossTerm{Name: t.Name, Factor: t.Factor})
		}
	}
	for i, t := range terms {
		if t.Weight != 0 { // without weight it has no mean
			m.terms[i].Mean += t.Mean * t.Weight
			m.terms[i].Weight += t.Weight
		}
	}
}

// value returns the loss of all batches.
func (m *lossMean) value() float64 {
	loss := 0.0
	for _, t := range m.terms {
		loss += t.Factor * (t.Mean / t.Weight)
	}
	return loss
}

// checkFields returns an error if a program takes something that the samples of a set do not have. Without targets, it
// need not have those.
func checkFields(p *graph.Program, set sampled, targets bool) error {
	wanted := p.Inputs()
	if targets {
		wanted = append(wanted, p.Targets()...)
	}
	var missing []string
	for _, name := range wanted {
		if !set.has(name) {
			missing = append(missing, name)
		}
	}
	if missing == nil {
		return nil
	}
	return fmt.Errorf("train: the model and its loss take %s, and the data has %s: want a field of that name",
		strings.Join(missing, ", "), strings.Join(set.names(), ", "))
}
