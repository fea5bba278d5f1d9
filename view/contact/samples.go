package contact

import (
	"fmt"
	"slices"
	"strconv"

	"anneal/data"
)

// Samples returns a sheet of a data set: a row for each class that has samples, with the first columns samples of it.
// A set without classes has one row.
func Samples(set data.Dataset, columns int) (Sheet, error) {
	s := Sheet{Shape: set.Shape(), Rows: make([]Row, max(set.Classes(), 1))}
	x, frame := make([]float32, size(set)), data.FrameOf(set)
	for i := range set.Len() {
		label, err := data.Read(set, i, x)
		if err != nil {
			return s, fmt.Errorf("contact sheet: %w", err)
		}
		row := &s.Rows[max(label, 0)]
		if set.Classes() == 0 {
			row = &s.Rows[0]
		}
		if len(row.Images) < columns {
			row.Name = name(set, label)
			row.Images = append(row.Images, pixels(x, frame))
		}
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

// choose returns the first sample of each class, and then of what is left the first ones.
func choose(set data.Dataset, n int) (chosen []int, labels []int32, err error) {
	n = min(n, set.Len())
	seen, x := map[int32]bool{}, make([]float32, size(set))
	var rest []int
	all := make([]int32, set.Len())
	for i := 0; i < set.Len() && len(chosen) < n && (len(rest) < n || len(seen) < set.Classes()); i++ {
		if all[i], err = data.Read(set, i, x); err != nil {
			return nil, nil, fmt.Errorf("contact sheet: %w", err)
		}
		if seen[all[i]] {
			rest = append(rest, i)
			continue
		}
		seen[all[i]] = true
		chosen = append(chosen, i)
	}
	chosen = append(chosen, rest[:min(len(rest), n-len(chosen))]...)
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
	if names := data.FactsOf(set).ClassNames; int(label) < len(names) {
		return names[label]
	}
	return strconv.Itoa(int(label))
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
