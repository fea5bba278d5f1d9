package train

import (
	"fmt"

	"anneal/data"
	"anneal/internal/picture"
	"anneal/runs"
)

// What augmented.json has at most: rows of images, epochs of each, pixels on a side of each.
const (
	augmentedRows   = 6
	augmentedEpochs = 5
	augmentedSide   = 96
)

// writeAugmented writes augmented.json, if training augments pictures.
func (r *run) writeAugmented() error {
	if len(r.Augment) == 0 || !data.Pictures(r.Train) {
		return nil
	}
	a, err := augmented(r.Train, r.Augment, r.Seed)
	if err != nil {
		return fmt.Errorf("train: %s: %w", runs.AugmentedFile, err)
	}
	return a.Write(r.Dir)
}

// augmented returns what training with a seed makes of the first samples of some classes.
func augmented(set data.Dataset, steps data.Compose, seed uint64) (*runs.Augmented, error) {
	samples, labels, err := data.FirstOfClasses(set, augmentedRows)
	if err != nil {
		return nil, err
	}
	a := &runs.Augmented{
		Augment: steps.String(), Seed: seed, Mixed: steps.Mixes(), Rows: make([]runs.AugmentedRow, len(samples)),
	}
	shape, frame := set.Shape(), data.FrameOf(set)
	size := shape[0] * shape[1] * shape[2]
	x := make([]float32, len(samples)*size)
	for epoch := range augmentedEpochs + 1 {
		targets, err := data.ReadAugmented(set, steps, seed, epoch, samples, x)
		if err != nil {
			return nil, err
		}
		for j := range samples {
			small, pixels := picture.Shrink(shape, data.Pixels(x[j*size:(j+1)*size], frame), augmentedSide)
			encoded, err := picture.PNG(small, pixels)
			if err != nil {
				return nil, err
			}
			row := &a.Rows[j]
			row.Index, row.Label = samples[j], int(labels[j])
			row.Images = append(row.Images, runs.AugmentedImage{PNG: encoded, Classes: mixed(targets, set.Classes(), j)})
		}
	}
	return a, nil
}

// mixed returns the classes that have a share of sample j.
func mixed(targets []float32, classes, j int) (list []runs.ClassShare) {
	if targets == nil {
		return nil
	}
	for class, share := range targets[j*classes : (j+1)*classes] {
		if share > 0 {
			list = append(list, runs.ClassShare{Class: class, Share: float64(share)})
		}
	}
	return list
}
