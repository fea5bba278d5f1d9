package runs

import (
	"cmp"
	"fmt"
	"math"
)

// ChooseBy is the data that a run's choices are made by: which epoch is the best, when a plateau lowers the rate, when
// patience is over.
type ChooseBy string

// The data to choose by. A record without any is of an older version of the program, which chose by the test samples.
const (
	ByValidation ChooseBy = "validation" // samples that the run neither trains on nor is judged by
	// ByTest chooses by the test samples. The best of several results on them is better than on new samples.
	ByTest    ChooseBy = "test"
	ByNothing ChooseBy = "nothing" // the run makes no choice, and has no best epoch: its last weights are its result
)

// Choice is the best epoch of a run by the data that chooses, and how good the weights are after it. The zero value
// says that nothing chooses, or that no epoch was evaluated.
type Choice struct {
	By       ChooseBy `json:"by"`
	Best     Best     `json:"best"` // what it is the best by
	Epoch    int      `json:"epoch"`
	Loss     float64  `json:"loss"` // on the samples that chose
	Accuracy float64  `json:"accuracy"`

	TestLoss     float64 `json:"test_loss"`
	TestAccuracy float64 `json:"test_accuracy"`

	// NoClasses says that the samples have no classes: accuracies mean nothing.
	NoClasses bool `json:"no_classes,omitempty"`

	// The metric that Best names, nil if that is the accuracy or the loss. TestValue is also nil if it is not defined.
	Value     *float64 `json:"value,omitempty"` // on the samples that chose
	TestValue *float64 `json:"test_value,omitempty"`
}

// String says which epoch is the best and how good it is.
func (c Choice) String() string {
	text := fmt.Sprintf("best %s accuracy %.2f%% in epoch %d", c.By, 100*c.Accuracy, c.Epoch)
	if c.Best == ByLoss {
		text = fmt.Sprintf("best %s loss %.4f in epoch %d", c.By, c.Loss, c.Epoch)
	}
	if c.Value != nil {
		text = fmt.Sprintf("best %s %s %.4f in epoch %d", c.By, c.Best, *c.Value, c.Epoch)
	}
	if c.By == ByTest {
		return text + ", chosen by the test samples"
	}
	if c.TestValue != nil {
		return text + fmt.Sprintf(", with test %s %.4f", c.Best, *c.TestValue)
	}
	if c.NoClasses {
		return text + fmt.Sprintf(", with test loss %.4f", c.TestLoss)
	}
	return text + fmt.Sprintf(", with test accuracy %.2f%%", 100*c.TestAccuracy)
}

// Judged returns the loss and the accuracy of e by which choices are made: on the test samples unless by is
// ByValidation and the epoch was evaluated on validation samples.
func (e Epoch) Judged(by ChooseBy) (loss, accuracy float64) {
	switch {
	case by == ByValidation && e.ValidationLoss != nil && e.NoClasses:
		return *e.ValidationLoss, 0
	case by == ByValidation && e.ValidationLoss != nil && e.ValidationAccuracy != nil:
		return *e.ValidationLoss, *e.ValidationAccuracy
	}
	return e.TestLoss, e.TestAccuracy
}

// Choose returns the best of a run's epochs, the first of equal ones, by the accuracy, the loss or a metric. Epochs in
// which the metric is not defined are never the best. By "" is ByTest, as in the records of older versions of the
// program.
func Choose(epochs []Epoch, by ChooseBy, best Best) Choice {
	var c Choice
	if by == ByNothing {
		return c
	}
	by = cmp.Or(by, ByTest)
	highest := math.NaN()
	for _, e := range epochs {
		value, larger := e.JudgedBy(by, best)
		if math.IsNaN(value) || c.Epoch > 0 && !(larger && value > highest || !larger && value < highest) {
			continue
		}
		highest = value
		loss, accuracy := e.Judged(by)
		c = Choice{
			By: by, Best: cmp.Or(best, ByAccuracy), Epoch: e.Epoch, Loss: loss, Accuracy: accuracy,
			TestLoss: e.TestLoss, TestAccuracy: e.TestAccuracy, NoClasses: e.NoClasses,
		}
		if m := e.Metric(string(best)); m != nil {
			c.Value, c.TestValue = &value, m.Test
		}
	}
	return c
}

// Choice returns the best epoch of the run so far.
func (r *Run) Choice() Choice { return Choose(r.Epochs, r.Record.ChooseBy, r.Record.Best) }
