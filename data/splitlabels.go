package data

import "slices"

// SplitLabels returns which of total samples with these labels Split puts into each part, where the second part is for
// the test. Without classes, labels is nil.
func SplitLabels(labels []int32, total int, size float64, seed uint64) (train, test []int, err error) {
	if _, err := splitSize("test", total, total, size); err != nil {
		return nil, nil, err
	}
	first, second, err := Split(labelled{labels, total}, size, seed)
	if err != nil {
		return nil, nil, err
	}
	return first.(part).samples, second.(part).samples, nil
}

// SplitByGroups is SplitLabels that keeps the samples of a group together; groups has the group of each.
func SplitByGroups(groups []int32, size float64, seed uint64) (train, test []int, err error) {
	if _, err := splitSize("test", len(groups), len(groups), size); err != nil {
		return nil, nil, err
	}
	first, second, err := SplitGroups(labelled{nil, len(groups)}, groups, size, seed)
	if err != nil {
		return nil, nil, err
	}
	return first.(part).samples, second.(part).samples, nil
}

// ValidIsTest is the note of a data set whose validation part is its test part.
const ValidIsTest = "there is no test part: the validation part is the test"

// TestPart completes the parts of a data set, of which train is there. A set without a test part takes its validation
// part for it, and note says so. Of one that has neither, TestPart sets samples of train aside: split returns which of
// them stay, and which are for the test, as SplitLabels and SplitByGroups do.
func TestPart[S any](
	train, valid, test []S, split func() (train, test []int, err error),
) (parts [3][]S, note string, err error) {
	switch {
	case len(test) > 0:
		return [3][]S{train, valid, test}, "", nil
	case len(valid) > 0:
		return [3][]S{train, nil, valid}, ValidIsTest, nil
	}
	first, second, err := split()
	if err != nil {
		return parts, "", err
	}
	for _, i := range first {
		parts[0] = append(parts[0], train[i])
	}
	for _, i := range second {
		parts[2] = append(parts[2], train[i])
	}
	return parts, "", nil
}

// labelled are samples that have labels alone.
type labelled struct {
	labels []int32
	total  int
}

func (l labelled) Len() int      { return l.total }
func (l labelled) Shape() [3]int { return [3]int{} }

func (l labelled) Classes() int {
	if len(l.labels) == 0 {
		return 0
	}
	return int(slices.Max(l.labels)) + 1
}

func (l labelled) Read(i int, _ []float32) (label int32, err error) {
	if l.labels == nil {
		return 0, nil
	}
	return l.labels[i], nil
}
