package train

import (
	"fmt"

	"anneal/graph"
	"anneal/internal/plural"
)

// softLoss returns the training loss for batches that are mixed: the cross-entropy with soft targets, with the weights
// and the label smoothing of the run's own. Evaluation keeps that one.
func (c *Config) softLoss() (graph.Loss, error) {
	soft := graph.CrossEntropy{LabelSmoothing: c.LabelSmoothing}
	if c.Loss != nil {
		own, ok := c.Loss.(graph.CrossEntropy)
		if !ok || own.Soft || own.Ignore != nil {
			return nil, fmt.Errorf("train: augmentation %v mixes classes, and the loss is %v: want a cross-entropy of labels "+
				"that ignores none", c.Augment, c.Loss)
		}
		soft = own
	}
	soft.Soft = true
	return soft, nil
}

// checkMixing returns an error if batches are mixed and the model has other logits than the data has classes.
func (r *run) checkMixing() error {
	if !r.Augment.Mixes() {
		return nil
	}
	p, err := r.runner.Program(min(r.Batch, r.loader.Samples()))
	if err != nil {
		return err
	}
	if got, want := p.Classes(), r.Train.Classes(); got != want {
		return fmt.Errorf("train: augmentation %v: the model has %s and the data %d classes: want as many logits",
			r.Augment, plural.Of(got, "logit"), want)
	}
	return nil
}
