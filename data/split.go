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
// samples go to valid. A set with groups is split by SplitGroups.
//
// An error says what is wrong with size, of which both parts must get at least one sample, or which sample has a label
// that is outside [0, set.Classes()).
func Split(set Dataset, size float64, seed uint64) (train, valid Dataset, err error) {
	parts, err := Partition(set, seed, size)
	if err != nil {
		return nil, nil, err
	}
	return parts[0], parts[1], nil
}

// Partition divides set as Split does into several parts of the given sizes, and what remains. It returns what remains
// first, so that Partition(set, 1, 0.1, 0.2) is a training set, a tenth to validate on and a fifth to test on. For one
// size it is Split.
func Partition(set Dataset, seed uint64, sizes ...float64) ([]Dataset, error) {
	counts, left := make([]int, len(sizes)), set.Len()
	for i, size := range sizes {
		n, err := splitSize("validation", set.Len(), left, size)
		if err != nil {
			return nil, err
		}
		counts[i] = n
		left -= n
	}
	if groups := GroupsOf(set); groups != nil {
		return partitionGroups(set, groups, seed, counts)
	}
	classes, err := byClass(set)
	if err != nil {
		return nil, err
	}
	shuffle(classes, seed, "split")
	parts := make([]Dataset, 1, len(sizes)+1)
	for _, n := range counts {
		var samples []int
		for c, take := range apportion(n, classes) {
			samples = append(samples, classes[c][:take]...)
			classes[c] = classes[c][take:]
		}
		parts = append(parts, newPart(set, samples))
	}
	parts[0] = newPart(set, slices.Concat(classes...))
	return parts, nil
}

// Fraction returns a share of the samples of set, above 0 and at most 1, rounded to the nearest number but at least
// one. It is stratified, and depends on seed alone, as Split is. It draws other samples than Split does.
func Fraction(set Dataset, share float64, seed uint64) (Dataset, error) {
	if !(share > 0 && share <= 1) {
		return nil, fmt.Errorf("data: fraction: got %v, want a share above 0 and at most 1", share)
	}
	classes, err := byClass(set)
	if err != nil {
		return nil, err
	}
	shuffle(classes, seed, "fraction")
	var samples []int
	for c, take := range apportion(max(1, int(math.Round(share*float64(set.Len())))), classes) {
		samples = append(samples, classes[c][:take]...)
	}
	return newPart(set, samples), nil
}

// shuffle brings the samples of each class in an order that depends on seed and name.
func shuffle(classes [][]int, seed uint64, name string) {
	random := stream.New(seed, name)
	for _, samples := range classes {
		random.Shuffle(len(samples), func(i, j int) { samples[i], samples[j] = samples[j], samples[i] })
	}
}

// splitSize returns the number of samples that size asks for, of total, of which some are left. Errors name the part.
func splitSize(part string, total, left int, size float64) (int, error) {
	n := size
	if size < 1 {
		n = math.Round(size * float64(total))
	}
	switch {
	case !(size > 0) || size > 1 && size != math.Trunc(size):
		return 0, fmt.Errorf("data: %s size: got %v, want a whole number of samples, or a share between 0 and 1",
			part, size)
	case n < 1 || n >= float64(left):
		return 0, fmt.Errorf("data: %s size: got %v of %s: want at least 1 sample in this part and 1 to train on",
			part, size, plural.Of(left, "sample"))
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

// newPart returns these samples of set, in its order.
func newPart(set Dataset, samples []int) part {
	slices.Sort(samples)
	return part{set, samples}
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
