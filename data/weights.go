package data

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"anneal/internal/plural"
	"anneal/internal/stream"
)

// ClassWeights returns for each class N/(K·n) of N samples, n of which are of the class, and K classes that occur: a
// loss with these weights counts every class alike. It is scikit-learn's class_weight="balanced". A class that does not
// occur has weight 0.
func ClassWeights(set Dataset) ([]float64, error) {
	classes, err := classesOf(set)
	if err != nil {
		return nil, err
	}
	return classWeights(classes, set.Len()), nil
}

// classesOf lists the samples of each class. It returns an error if there are no classes to weigh.
func classesOf(set Dataset) ([][]int, error) {
	if set.Classes() == 0 {
		return nil, fmt.Errorf("data: class weights: the samples have no classes")
	}
	return byClass(set)
}

// classWeights returns ClassWeights of n samples, those of each class in a list.
func classWeights(classes [][]int, n int) []float64 {
	occur := 0
	for _, samples := range classes {
		occur += min(len(samples), 1)
	}
	weights := make([]float64, len(classes))
	for c, samples := range classes {
		if len(samples) > 0 {
			weights[c] = float64(n) / float64(occur*len(samples))
		}
	}
	return weights
}

// BalancedWeights returns Options.Weights with which every class of set that occurs is drawn equally often.
func BalancedWeights(set Dataset) ([]float64, error) {
	classes, err := classesOf(set)
	if err != nil {
		return nil, err
	}
	weights, of := make([]float64, set.Len()), classWeights(classes, set.Len())
	for c, samples := range classes {
		for _, i := range samples {
			weights[i] = of[c]
		}
	}
	return weights, nil
}

// sampler draws samples with replacement.
type sampler struct{ sums []float64 } // of the weights up to each sample

// newSampler returns a sampler of n samples, or nil without weights.
func newSampler(weights []float64, n int) (*sampler, error) {
	if weights == nil {
		return nil, nil
	}
	if len(weights) != n {
		return nil, fmt.Errorf("data: weights: got %d, want one for each of %s", len(weights), plural.Of(n, "sample"))
	}
	s := &sampler{slices.Clone(weights)}
	sum := 0.0
	for i, w := range weights {
		if !(w >= 0) || math.IsInf(w, 0) {
			return nil, fmt.Errorf("data: weight of sample %d: got %v, want a finite number of at least 0", i, w)
		}
		sum += w
		s.sums[i] = sum
	}
	if !(sum > 0) || math.IsInf(sum, 0) {
		return nil, fmt.Errorf("data: weights: got %v as their sum, want a finite number above 0", sum)
	}
	return s, nil
}

// draw fills order with samples of an epoch, which is counted from 1.
func (s *sampler) draw(order []int, seed uint64, epoch string) {
	random, total := stream.New(seed, "sample", epoch), s.sums[len(s.sums)-1]
	for i := range order {
		at := random.Float64() * total
		order[i] = sort.Search(len(s.sums)-1, func(j int) bool { return s.sums[j] > at })
	}
}
