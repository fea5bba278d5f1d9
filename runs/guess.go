package runs

import "math"

// Counts are how many samples an evaluation has of each class, how many it takes for the class, and how many of them
// rightly so.
type Counts struct{ Labelled, Predicted, Right []int }

// newCounts returns the counts in a confusion matrix.
func newCounts(confusion [][]int) Counts {
	n := len(confusion)
	c := Counts{make([]int, n), make([]int, n), make([]int, n)}
	for label, row := range confusion {
		for predicted, count := range row {
			c.Labelled[label] += count
			c.Predicted[predicted] += count
		}
		c.Right[label] = row[label]
	}
	return c
}

// GuessShare is the share of Chance's loss from which on a network has learned nothing that shows in its loss.
const GuessShare = 0.99

// ChanceLoss returns the cross-entropy, in nats, of a network that does not look at its input and knows how frequent
// each class is, where labels are smoothed by that share. Without smoothing it is the entropy of the classes' shares.
func (c Counts) ChanceLoss(smoothing float64) (loss float64) {
	n, classes := float64(sum(c.Labelled)), float64(len(c.Labelled))
	for _, k := range c.Labelled {
		if p := (1-smoothing)*float64(k)/n + smoothing/classes; p > 0 {
			loss -= p * math.Log(p)
		}
	}
	return loss
}

// Chance returns what a network scores that does not look at its input and knows how frequent each class is: the
// entropy of the classes' shares, in nats, which no answer that is always the same stays below, and the share of the
// largest class.
func (c Counts) Chance() (loss, accuracy float64) {
	largest := 0
	for _, k := range c.Labelled {
		largest = max(largest, k)
	}
	return c.ChanceLoss(0), float64(largest) / float64(max(1, sum(c.Labelled)))
}

// Guesses reports whether a network with this mean loss does no better than guessing, by both of:
//
//   - its loss is not below Chance by more than 1 %;
//   - its predictions are not right more often than if the labels were dealt out anew at random: by no more than a
//     standard deviation of that, or by no more than half of what is right then and a twentieth of what is wrong.
//
// So classes may be any number and have any shares, an overconfident network does not guess, and neither does one that
// finds a rare class at the cost of accuracy. In a set so small or so uniform that a perfect network might have been
// lucky (within 2.33 standard deviations or 2 samples), Guesses cannot tell and returns false.
func (c Counts) Guesses(loss float64) bool {
	n := float64(sum(c.Labelled))
	if mean, deviation := c.lucky(c.Labelled); !(n-mean > max(2, 2.33*deviation)) {
		return false
	}
	if chance, _ := c.Chance(); loss < GuessShare*chance {
		return false
	}
	mean, deviation := c.lucky(c.Predicted)
	return float64(sum(c.Right))-mean <= max(deviation, min(mean/2, (n-mean)/20))
}

// lucky returns the mean and the standard deviation of the number of right ones among so many predictions of each
// class, if the labels were dealt out at random.
func (c Counts) lucky(predicted []int) (mean, deviation float64) {
	n := float64(sum(c.Labelled))
	var same, pairs float64 // pairs of right predictions, of one class and of two
	for i, k := range c.Labelled {
		a, b := float64(k), float64(predicted[i])
		mean += a * b / n
		same += a * b * (a - 1) * (b - 1)
		pairs -= a * a * b * b
	}
	pairs += mean * n * mean * n
	variance := (same+pairs)/(n*(n-1)) + mean - mean*mean
	return mean, math.Sqrt(max(0, variance))
}

func sum(counts []int) (n int) {
	for _, k := range counts {
		n += k
	}
	return n
}

// Guesses reports whether the network did no better than guessing on the test samples; see Counts.Guesses. Files of
// older versions of the program do not say, so it is computed from the confusion matrix. Where that is missing too, an
// accuracy below 1.5/classes is a guess. classes may be 0, if it is not known. Without classes nothing is a guess.
func (e Epoch) Guesses(classes int) bool {
	switch {
	case e.NoClasses:
		return false
	case e.Guessing != nil:
		return *e.Guessing
	case e.Confusion != nil:
		return newCounts(e.Confusion).Guesses(e.TestLoss)
	}
	return classes > 1 && e.TestAccuracy < 1.5/float64(classes)
}
