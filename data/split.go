package data

import (
	"fmt"
	"math"
	"slices"

	"anneal/internal/plural"
	"anneal/internal/stream"
)

// Split divides set into two parts that have no sample in common: one to train on, and one, valid, on which choices
// are made, such as when to lower the rate. size is the number of samples in valid if it is 1 or more, and their share
// of set if it is below 1: the number is then rounded to the nearest.
//
// The split is stratified: each class has the same share in both parts, as closely as whole samples allow. Samples that
// are left over go to the classes with the largest remainders, and among equals to the one with the lower label. Which
// samples of a class go to valid depends on seed alone. Both parts keep the order of set. Of a set without classes, any
// samples go to valid.
//
// An error says what is wrong with size, of which both parts must get at least one sample, or which sample has a label
// that is outside [0, set.Classes()).
func Split(set Dataset, size float64, seed uint64) (train, valid Dataset, err error) {
	n, err := splitSize(set.Len(), size)
	if err != nil {
		return nil, nil, err
	}
	classes, err := byClass(set)
	if err != nil {
		return nil, nil, err
	}
	random := stream.New(seed, "split")
	var first, second []int
	for c, take := range apportion(n, classes) {
		samples := classes[c]
		random.Shuffle(len(samples), func(i, j int) { samples[i], samples[j] = samples[j], samples[i] })
		first, second = append(first, samples[take:]...), append(second, samples[:take]...)
	}
	slices.Sort(first)
	slices.Sort(second)
	return part{set, first}, part{set, second}, nil
}

// splitSize returns the number of validation samples that size asks for, of total.
func splitSize(total int, size float64) (int, error) {
	n := size
	if size < 1 {
		n = math.Round(size * float64(total))
	}
	switch {
	case !(size > 0) || size > 1 && size != math.Trunc(size):
		return 0, fmt.Errorf("data: validation size: got %v, want a whole number of samples, or a share between 0 and 1",
			size)
	case n < 1 || n >= float64(total):
		return 0, fmt.Errorf("data: validation size: got %v of %s: want at least 1 sample to validate on and 1 to train on",
			size, plural.Of(total, "sample"))
	}
	return int(n), nil
}

// byClass lists the samples of each class, or all together if set has no classes.
func byClass(set Dataset) ([][]int, error) {
	if set.Classes() == 0 {
		all := make([]int, set.Len())
		for i := range all {
			all[i] = i
		}
		return [][]int{all}, nil
	}
	classes := make([][]int, set.Classes())
	labels, err := Labels(set)
	if err != nil {
		return nil, err
	}
	for i, label := range labels {
		if label < 0 || int(label) >= len(classes) {
			return nil, fmt.Errorf("data: label of sample %d: got %d, want 0 to %d", i, label, len(classes)-1)
		}
		classes[label] = append(classes[label], i)
	}
	return classes, nil
}

// apportion divides n among the classes in proportion to their samples, by largest remainder.
func apportion(n int, classes [][]int) []int {
	total := 0
	for _, samples := range classes {
		total += len(samples)
	}
	counts, order, rest := make([]int, len(classes)), make([]int, len(classes)), n
	for c, samples := range classes {
		counts[c], order[c] = n*len(samples)/total, c
		rest -= counts[c]
	}
	slices.SortStableFunc(order, func(a, b int) int { return n*len(classes[b])%total - n*len(classes[a])%total })
	for _, c := range order[:rest] {
		counts[c]++
	}
	return counts
}

// part is some of the samples of a data set.
type part struct {
	Dataset
	samples []int // in the data set
}

func (p part) Len() int            { return len(p.samples) }
func (p part) Background() float32 { return background(p.Dataset) }
func (p part) Facts() Facts        { return FactsOf(p.Dataset) }
func (p part) XShape() []int       { return XShapeOf(p.Dataset) }
func (p part) Fields() []Field     { return FieldsOf(p.Dataset) }

func (p part) Read(i int, x []float32) (label int32, err error) {
	return Read(p.Dataset, p.samples[i], x)
}

func (p part) ReadField(i, f int, floats []float32, ints []int32) (err error) {
	defer guard(p.samples[i], &err)
	of := p.Dataset.(Fielder)
	if err = of.ReadField(p.samples[i], f, floats, ints); err != nil {
		return inField(of.Fields()[f].Name, err)
	}
	return nil
}

// ValidationSize returns how many of total training samples are set aside to choose by if nobody says how many: 5000,
// as is usual for MNIST's 60,000, and of smaller sets a twelfth, but at least 1.
func ValidationSize(total int) int { return min(5000, max(total/12, 1)) }
