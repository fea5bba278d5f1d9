package train

import (
	"anneal/metrics"
	"anneal/runs"
)

// maxConfusion is the largest number of classes for which there is a confusion matrix.
const maxConfusion = 100

// tally counts predictions class by class.
type tally struct {
	runs.Counts
	confusion [][]int
}

func newTally(classes int) *tally {
	t := &tally{Counts: runs.Counts{
		Labelled: make([]int, classes), Predicted: make([]int, classes), Right: make([]int, classes),
	}}
	if classes <= maxConfusion {
		t.confusion = make([][]int, classes)
		for i := range t.confusion {
			t.confusion[i] = make([]int, classes)
		}
	}
	return t
}

// add adds a sample.
func (t *tally) add(label, predicted int) {
	t.Labelled[label]++
	t.Predicted[predicted]++
	if label == predicted {
		t.Right[label]++
	}
	if t.confusion != nil {
		t.confusion[label][predicted]++
	}
}

// count adds the samples with these logits, [len(labels), classes].
func (t *tally) count(logits []float64, labels []int32) {
	classes := len(t.Labelled)
	for i, label := range labels {
		t.add(int(label), metrics.Argmax(logits[i*classes:(i+1)*classes]))
	}
}

// into completes e with the counts.
func (t *tally) into(e *Evaluation) {
	e.Classified = true
	for _, n := range t.Right {
		e.Correct += n
	}
	e.counts = t.Counts
	e.Confusion, e.Precision, e.Recall = t.confusion, classShares(t.Right, t.Predicted), classShares(t.Right, t.Labelled)
}

// classShares returns part[i] / whole[i], which is NaN where both are 0.
func classShares(part, whole []int) []float64 {
	list := make([]float64, len(part))
	for i, n := range whole {
		list[i] = float64(part[i]) / float64(n)
	}
	return list
}
