package data

import (
	"fmt"
	"slices"

	"anneal/internal/plural"
	"anneal/internal/stream"
)

// Fold is one of the divisions of a data set for cross-validation.
type Fold struct{ Train, Valid Dataset }

// Folds divides set into k parts of equal size, to within one sample, each of which is Valid in one fold, while Train
// has the others: k-fold cross-validation. The parts are stratified: the samples of a class are spread equally, to
// within one. Which samples go where depends on seed alone. Of a set with groups, they are the GroupFolds.
func Folds(set Dataset, k int, seed uint64) ([]Fold, error) {
	if n := set.Len(); k < 2 || k > n {
		return nil, fmt.Errorf("data: folds: got %d, want 2 to %d, the number of samples", k, n)
	}
	if groups := GroupsOf(set); groups != nil {
		return GroupFolds(set, groups, k, seed)
	}
	classes, err := byClass(set)
	if err != nil {
		return nil, err
	}
	shuffle(classes, seed, "folds")
	parts := make([][]int, k)
	for i, sample := range slices.Concat(classes...) {
		parts[i%k] = append(parts[i%k], sample)
	}
	return newFolds(set, parts), nil
}

// GroupFolds is Folds that keeps the samples of a group together, such as the pictures of one patient: groups has the
// group of each sample. The parts have about equal numbers of samples, as groups of these sizes allow: the largest
// group goes first, each to the part that is the smallest. They are not stratified. It is scikit-learn's GroupKFold,
// shuffled.
func GroupFolds[G comparable](set Dataset, groups []G, k int, seed uint64) ([]Fold, error) {
	all, err := byGroup(set, groups, seed)
	if err != nil {
		return nil, err
	}
	if k < 2 || k > len(all) {
		return nil, fmt.Errorf("data: folds: got %d, want 2 to %d, the number of groups", k, len(all))
	}
	slices.SortStableFunc(all, func(a, b []int) int { return len(b) - len(a) })
	parts := make([][]int, k)
	for _, samples := range all {
		smallest := 0
		for i := range parts {
			if len(parts[i]) < len(parts[smallest]) {
				smallest = i
			}
		}
		parts[smallest] = append(parts[smallest], samples...)
	}
	return newFolds(set, parts), nil
}

// SplitGroups is Split that keeps the samples of a group together: groups has the group of each sample. In an order
// that depends on seed, a group goes to valid if that brings the size of valid closer to what size asks for. At least
// one goes to each part. The parts are not stratified.
func SplitGroups[G comparable](set Dataset, groups []G, size float64, seed uint64) (train, valid Dataset, err error) {
	n, err := splitSize("validation", set.Len(), set.Len(), size)
	if err != nil {
		return nil, nil, err
	}
	all, err := byGroup(set, groups, seed)
	if err != nil {
		return nil, nil, err
	}
	if len(all) < 2 {
		return nil, nil, fmt.Errorf("data: groups: got %d, want at least 2", len(all))
	}
	var first, second []int
	for i, samples := range all {
		last := i == len(all)-1
		switch {
		case last && second == nil:
			second = samples
		case len(second)+len(samples)-n < n-len(second) && !(last && first == nil):
			second = append(second, samples...)
		default:
			first = append(first, samples...)
		}
	}
	return newPart(set, first), newPart(set, second), nil
}

// byGroup lists the samples of each group. The order of the groups depends on seed.
func byGroup[G comparable](set Dataset, groups []G, seed uint64) ([][]int, error) {
	if n := set.Len(); len(groups) != n {
		return nil, fmt.Errorf("data: groups: got %d, want one for each of %s", len(groups), plural.Of(n, "sample"))
	}
	numbers := make(map[G]int)
	var all [][]int
	for i, g := range groups {
		at, known := numbers[g]
		if !known {
			at, numbers[g] = len(all), len(all)
			all = append(all, nil)
		}
		all[at] = append(all[at], i)
	}
	stream.New(seed, "groups").Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all, nil
}

// newFolds returns the folds in each of which another part is Valid.
func newFolds(set Dataset, parts [][]int) []Fold {
	folds := make([]Fold, len(parts))
	for k := range parts {
		var rest []int
		for i, samples := range parts {
			if i != k {
				rest = append(rest, samples...)
			}
		}
		folds[k] = Fold{newPart(set, rest), newPart(set, slices.Clone(parts[k]))}
	}
	return folds
}
