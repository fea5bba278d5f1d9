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
	if err := checkPictures(set); err != nil {
		return s, err
	}
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
		row.Images = append(row.Images, data.Pixels(x, frame))
	}
	s.Rows = slices.DeleteFunc(s.Rows, func(r Row) bool { return r.Images == nil })
	return s, nil
}

// Augmented returns a sheet of what training sees: a row for each of some samples, at most rows, one of each class
// first, with the sample itself and then what augmentation makes of it in the first epochs, as many as columns. A run
// with that seed gets the same images, except that batches are mixed as if the sheet's samples were one.
func Augmented(set data.Dataset, steps data.Compose, seed uint64, rows, columns int) (Sheet, error) {
	s := Sheet{Shape: set.Shape(), First: true}
	if err := checkPictures(set); err != nil {
		return s, err
	}
	if err := steps.Check(data.FrameOf(set)); err != nil {
		return s, fmt.Errorf("contact sheet: %w", err)
	}
	chosen, labels, err := data.FirstOfClasses(set, rows)
	if err != nil {
		return s, fmt.Errorf("contact sheet: %w", err)
	}
	frame, n := data.FrameOf(set), size(set)
	x := make([]float32, len(chosen)*n)
	for epoch := range columns + 1 {
		targets, err := data.ReadAugmented(set, steps, seed, epoch, chosen, x)
		if err != nil {
			return s, fmt.Errorf("contact sheet: %w", err)
		}
		for j := range chosen {
			if epoch == 0 {
				s.Rows = append(s.Rows, Row{Name: name(set, labels[j])})
			}
			s.Rows[j].Images = append(s.Rows[j].Images, data.Pixels(x[j*n:(j+1)*n], frame))
			if steps.Mixes() {
				s.Rows[j].Captions = append(s.Rows[j].Captions, shares(set, targets, j))
			}
		}
	}
	return s, nil
}

// checkPictures returns an error if the samples are no pictures.
func checkPictures(set data.Dataset) error {
	if !data.Pictures(set) {
		return fmt.Errorf("contact sheet: the samples are of shape %v: want pictures, [channels, height, width]",
			data.XShapeOf(set))
	}
	return nil
}

// name returns what the class of a sample is called.
func name(set data.Dataset, label int32) string {
	if set.Classes() == 0 {
		return ""
	}
	return legible(runs.ClassName(data.FactsOf(set).ClassNames, int(label)), int(label))
}

// shares returns a line for each class that mixed sample j has a share of.
func shares(set data.Dataset, targets []float32, j int) (lines []string) {
	if targets == nil {
		return nil
	}
	for class, share := range targets[j*set.Classes() : (j+1)*set.Classes()] {
		if share > 0 {
			lines = append(lines, fmt.Sprintf("%.0f%% %s", 100*share, name(set, int32(class))))
		}
	}
	return lines
}

func size(set data.Dataset) int {
	shape := set.Shape()
	return shape[0] * shape[1] * shape[2]
}
