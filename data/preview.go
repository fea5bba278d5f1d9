package data

// ReadAugmented writes samples of set to x, one after the other, as training with that seed sees them in an epoch,
// counted from 1; in epoch 0 as they are. What mixes batches mixes these samples as the first batch.
func ReadAugmented(set Dataset, steps Compose, seed uint64, epoch int, samples []int, x []float32) error {
	mix, err := newMixing(set, steps)
	if err != nil {
		return err
	}
	a, size := newAugmenter(steps, FrameOf(set)), len(x)/len(samples)
	b := Batch{X: x, Labels: make([]int32, len(samples))}
	a.start(seed, epoch)
	for j, i := range samples {
		if b.Labels[j], err = Read(set, i, x[j*size:(j+1)*size]); err != nil {
			return err
		}
		if epoch == 0 {
			continue
		}
		if err := a.apply(x[j*size:(j+1)*size], i, i); err != nil {
			return err
		}
	}
	if mix != nil && epoch > 0 {
		mix.start(seed, epoch)
		_, err = mix.apply(b)
	}
	return err
}
