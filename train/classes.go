package train

// maxConfusion is the largest number of classes for which there is a confusion matrix.
const maxConfusion = 100

// tally counts predictions class by class.
type tally struct {
	labelled, predicted, right []int // samples of a class, those taken for it, and those that are both
	confusion                  [][]int
}

func newTally(classes int) *tally {
	t := &tally{labelled: make([]int, classes), predicted: make([]int, classes), right: make([]int, classes)}
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
	t.labelled[label]++
	t.predicted[predicted]++
	if label == predicted {
		t.right[label]++
	}
	if t.confusion != nil {
		t.confusion[label][predicted]++
	}
}

// count adds the samples with these logits, [len(labels), classes].
func (t *tally) count(logits []float64, labels []int32) {
	classes := len(t.labelled)
	for i, label := range labels {
		t.add(int(label), argmax(logits[i*classes:(i+1)*classes]))
	}
}

// argmax returns the index of the first maximum of row.
func argmax(row []float64) int {
	best := 0
	for c, v := range row {
		if v > row[best] {
			best = c
		}
	}
	return best
}

// into completes e with the counts.
func (t *tally) into(e *Evaluation) {
	for class, n := range t.labelled {
		e.Total += n
		e.Correct += t.right[class]
	}
	e.Confusion, e.Precision, e.Recall = t.confusion, classShares(t.right, t.predicted), classShares(t.right, t.labelled)
}

// classShares returns part[i] / whole[i], which is NaN where both are 0.
func classShares(part, whole []int) []float64 {
	list := make([]float64, len(part))
	for i, n := range whole {
		list[i] = float64(part[i]) / float64(n)
	}
	return list
}
