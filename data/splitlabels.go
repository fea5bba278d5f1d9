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

// SplitSamples divides samples with these labels as SplitLabels does.
func SplitSamples[S any](samples []S, labels []int32, size float64, seed uint64) (train, test []S, err error) {
	first, second, err := SplitLabels(labels, len(samples), size, seed)
	if err != nil {
		return nil, nil, err
	}
	for _, i := range first {
		train = append(train, samples[i])
	}
	for _, i := range second {
		test = append(test, samples[i])
	}
	return train, test, nil
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
