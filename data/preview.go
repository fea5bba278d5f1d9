package data

import "slices"

// Pictures reports whether the samples of d are pictures: x is [C, H, W] and has more than one pixel. Tables and
// sequences are none.
func Pictures(d Dataset) bool {
	shape := d.Shape()
	return len(XShapeOf(d)) == 3 && shape[1]*shape[2] > 1
}

// ReadAugmented writes samples of set to x, one after the other, as a new run with that seed sees them in an epoch,
// counted from 1; in epoch 0 as they are. What mixes batches mixes these samples as the first batch; it then returns
// their targets, the share of each class, [len(samples), Classes], and else nil.
func ReadAugmented(
	set Dataset, steps Compose, seed uint64, epoch int, samples []int, x []float32,
) (targets []float32, err error) {
	mix, err := newMixing(set, steps)
	if err != nil {
		return nil, err
	}
	a, size := newAugmenter(steps, FrameOf(set)), len(x)/len(samples)
	b := Batch{X: x, Labels: make([]int32, len(samples))}
	a.start(seed, epoch)
	for j, i := range samples {
		if b.Labels[j], err = Read(set, i, x[j*size:(j+1)*size]); err != nil {
			return nil, err
		}
		if epoch == 0 {
			continue
		}
		if err := a.apply(x[j*size:(j+1)*size], i, i); err != nil {
			return nil, err
		}
	}
	if mix == nil || epoch == 0 {
		return nil, nil
	}
	mix.start(seed, epoch)
	_, err = mix.apply(b)
	return mix.targets, err
}

// FirstOfClasses returns at most n samples of set, the first of each class before others, in the order of their
// classes. Of a set that must read its samples to know their labels, it looks at the first 1000.
func FirstOfClasses(set Dataset, n int) (samples []int, labels []int32, err error) {
	if labelOf(set) == nil {
		if set, err = Limit(set, 1000); err != nil {
			return nil, nil, err
		}
	}
	all, err := Labels(set)
	if err != nil {
		return nil, nil, err
	}
	seen := map[int32]bool{}
	var rest []int
	for i, label := range all {
		if seen[label] {
			rest = append(rest, i)
			continue
		}
		seen[label] = true
		samples = append(samples, i)
	}
	samples = append(samples, rest...)[:min(n, len(all))]
	slices.SortStableFunc(samples, func(a, b int) int { return int(all[a]) - int(all[b]) })
	for _, i := range samples {
		labels = append(labels, all[i])
	}
	return samples, labels, nil
}

// Pixels returns a sample's numbers as bytes: as the pixels were before they were normalised, or from the smallest to
// the largest number if it is not known how they were.
func Pixels(x []float32, f Frame) []byte {
	pixels := make([]byte, len(x))
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
		pixels[i] = byte(255*min(max(v, 0), 1) + 0.5)
	}
	return pixels
}
