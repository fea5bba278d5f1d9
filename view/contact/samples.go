package contact

import (
	"fmt"
	"slices"

	"anneal/data"
	"anneal/runs"
)

// Samples returns a sheet of a data set: a row for each class that has samples, with the first columns samples of it.
// A set without classes has one row.
func Samples(set data.Dataset, columns int) (Sheet, error) {
	s := Sheet{Shape: set.Shape(), Rows: make([]Row, max(set.Classes(), 1))}
	labels, err := data.Labels(set)
	if err != nil {
		return s, fmt.Errorf("contact sheet: %w", err)
	}
	x, frame := make([]float32, size(set)), data.FrameOf(set)
	for i, label := range labels {
		if set.Classes() == 0 {
			label = 0
		}
		row := &s.Rows[label]
		if len(row.Images) >= columns {
			continue
		}
		if _, err := data.Read(set, i, x); err != nil {
			return s, fmt.Errorf("contact sheet: %w", err)
		}
		row.Name = name(set, label)
		row.Images = append(row.Images, pixels(x, frame))
	}
	s.Rows = slices.DeleteFunc(s.Rows, func(r Row) bool { return r.Images == nil })
	return s, nil
}

// Augmented returns a sheet of what training sees: a row for each of some samples, at most rows, one of each class
// first, with the sample itself and then what augmentation makes of it in the first epochs, as many as columns. A run
// with that seed gets the same images, except that batches are mixed as if the sheet's samples were one.
func Augmented(set data.Dataset, steps data.Compose, seed uint64, rows, columns int) (Sheet, error) {
	s := Sheet{Shape: set.Shape(), First: true}
	if err := steps.Check(data.FrameOf(set)); err != nil {
		return s, fmt.Errorf("contact sheet: %w", err)
	}
	chosen, labels, err := choose(set, rows)
	if err != nil {
		return s, err
	}
	frame, n := data.FrameOf(set), size(set)
	x := make([]float32, len(chosen)*n)
	for epoch := range columns + 1 {
		if err := data.ReadAugmented(set, steps, seed, epoch, chosen, x); err != nil {
			return s, fmt.Errorf("contact sheet: %w", err)
		}
		for j := range chosen {
			if epoch == 0 {
				s.Rows = append(s.Rows, Row{Name: name(set, labels[j])})
			}
			s.Rows[j].Images = append(s.Rows[j].Images, pixels(x[j*n:(j+1)*n], frame))
		}
	}
	return s, nil
}

// choose returns n samples, the first of each class before others, in the order of their classes, and their labels.
func choose(set data.Dataset, n int) (chosen []int, labels []int32, err error) {
	all, err := data.Labels(set)
	if err != nil {
		return nil, nil, fmt.Errorf("contact sheet: %w", err)
	}
	seen := map[int32]bool{}
	var rest []int
	for i, label := range all {
		if seen[label] {
			rest = append(rest, i)
			continue
		}
		seen[label] = true
		chosen = append(chosen, i)
	}
	chosen = append(chosen, rest...)[:min(n, len(all))]
	slices.SortStableFunc(chosen, func(a, b int) int { return int(all[a]) - int(all[b]) })
	for _, i := range chosen {
		labels = append(labels, all[i])
	}
	return chosen, labels, nil
}

// name returns what the class of a sample is called.
func name(set data.Dataset, label int32) string {
	if set.Classes() == 0 {
		return ""
	}
	return runs.ClassName(data.FactsOf(set).ClassNames, int(label))
}

func size(set data.Dataset) int {
	shape := set.Shape()
	return shape[0] * shape[1] * shape[2]
}

// pixels returns a sample as bytes: as the pixels were before they were normalised, or from the smallest to the largest
// number if it is not known how they were.
func pixels(x []float32, f data.Frame) []byte {
	bytes := make([]byte, len(x))
	low, high := slices.Min(x), slices.Max(x)
	for i, v := range x {
		switch {
		case len(f.Mean) > 0 && len(f.Std) > 0:
			channel := i / (f.H * f.W)
			v = v*float32(f.Std[min(channel, len(f.Std)-1)]) + float32(f.Mean[min(channel, len(f.Mean)-1)])
		case high > low:
			v = (v - low) / (high - low)
		default:
			v = 0
		}
		bytes[i] = byte(255*min(max(v, 0), 1) + 0.5)
	}
	return bytes
}
