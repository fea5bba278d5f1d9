package metrics

import "math"

// A batch of classes is read as rows, each the logits of one label. A batch of numbers is read as answers to questions
// of yes or no, and so is one of two classes with one logit.

// binary reports whether the batch asks questions of yes or no.
func (b Batch) binary() bool { return b.Labels == nil || b.Shape[1] == 1 }

// rows calls f with the logits of each label that counts, and its weight. f may not keep the logits.
func (b Batch) rows(f func(logits []float64, label int, weight float64)) {
	classes := b.Shape[1]
	places := len(b.Output) / (b.Shape[0] * classes) // in a sample
	logits := make([]float64, classes)
	for i, label := range b.Labels {
		if label < 0 {
			continue
		}
		sample, place := i/places, i%places
		for c := range logits {
			logits[c] = b.Output[(sample*classes+c)*places+place]
		}
		f(logits, int(label), b.weight(sample))
	}
}

// answers calls f with the logit and the right answer of each question: the number of the question in the sample, 0 if
// there are labels.
func (b Batch) answers(f func(question int, logit float64, yes bool, weight float64)) {
	each := len(b.Output) / b.Shape[0]
	for i, x := range b.Output {
		sample := i / each
		switch {
		case b.Labels == nil:
			f(i%each, x, b.Target[i] >= 0.5, b.weight(sample))
		case b.Labels[i] >= 0:
			f(0, x, b.Labels[i] == 1, b.weight(sample))
		}
	}
}

// questions returns the number of questions per sample.
func (b Batch) questions() int {
	if b.Labels != nil {
		return 1
	}
	return len(b.Output) / b.Shape[0]
}

// Argmax returns the index of the first maximum of row: the class that logits predict. row has a number at least.
func Argmax(row []float64) int {
	best := 0
	for c, v := range row {
		if v > row[best] {
			best = c
		}
	}
	return best
}

// logSum returns log Σ eˣ.
func logSum(row []float64) float64 {
	most := row[Argmax(row)]
	sum := 0.0
	for _, x := range row {
		sum += math.Exp(x - most)
	}
	return most + math.Log(sum)
}

// share is a weighted mean.
type share struct{ sum, weight float64 }

func (s *share) add(value, weight float64) {
	s.sum += weight * value
	s.weight += weight
}

func (s *share) addIf(is bool, weight float64) {
	if is {
		s.sum += weight
	}
	s.weight += weight
}

// value returns the mean, NaN of nothing.
func (s share) value() float64 { return s.sum / s.weight }
