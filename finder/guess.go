package finder

import (
	"math"
	"slices"

	"anneal/data"
)

// guess returns the training loss of a network that knows the shares of the classes in set and nothing else: the lowest
// cross-entropy of an answer p that is always the same. It is infinite if there is only one class, where a guess is
// right. With n samples of a class of weight w, W = Σ w·n and smoothing s, the loss is
//
//	−Σ a·log p,  a = (1 − s)·w·n/W + s/classes·w·Σn/W
//
// which is lowest at p = a/Σa. balanced stands for as many samples of every class; weights of nil are all 1.
func guess(set data.Dataset, balanced bool, weights []float64, smoothing float64) (float64, error) {
	labels, err := data.Labels(set)
	if err != nil {
		return 0, err
	}
	counts := make([]float64, set.Classes())
	for _, label := range labels {
		if counts[label]++; balanced {
			counts[label] = 1
		}
	}
	if weights == nil {
		weights = slices.Repeat([]float64{1}, len(counts))
	}
	var samples, weight, sum, loss float64
	for c, n := range counts {
		samples += n
		weight += weights[c] * n
	}
	shares := make([]float64, len(counts))
	for c, n := range counts {
		shares[c] = (1-smoothing)*weights[c]*n/weight + smoothing/float64(len(counts))*weights[c]*samples/weight
		sum += shares[c]
	}
	for _, a := range shares {
		if a > 0 {
			loss -= a * math.Log(a/sum)
		}
	}
	if loss != 0 {
		return loss, nil
	}
	return math.Inf(1), nil
}
