package data

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"sync"

	"anneal/internal/plural"
)

// NewImages returns a Dataset of 8-bit images in classes, pixels = [len(labels), C, H, W] with shape = C, H, W. It
// normalises them by facts.Mean and facts.Std, or, if those are nil, by the mean and the deviation of each of its
// channels; a test set takes those that its training set has. The slices are kept, not copied. classes 0 stands for
// 1 + the largest label.
func NewImages(shape [3]int, classes int, pixels []byte, labels []int32, facts Facts) (*Images, error) {
	size := shape[0] * shape[1] * shape[2]
	switch {
	case slices.Min(shape[:]) < 1:
		return nil, fmt.Errorf("data: shape: got %v, want C, H and W of at least 1", shape)
	case len(labels) == 0:
		return nil, fmt.Errorf("data: labels: got none, want one for each image")
	case len(pixels) != len(labels)*size:
		return nil, fmt.Errorf("data: pixels: got %d, want %d (%s of %d)",
			len(pixels), len(labels)*size, plural.Of(len(labels), "image"), size)
	}
	if classes == 0 {
		classes = 1 + int(slices.Max(labels))
	}
	for i, label := range labels {
		if label < 0 || int(label) >= classes {
			return nil, fmt.Errorf("data: label of image %d: got %d, want 0 to %d", i, label, classes-1)
		}
	}
	if n := len(facts.ClassNames); n > 0 && n < classes {
		return nil, fmt.Errorf("data: names of classes: got %d, want %d", n, classes)
	}
	d := &Images{shape: shape, classes: classes, pixels: pixels, labels: labels, facts: facts}
	if facts.Mean == nil && facts.Std == nil {
		counts := NewPixelCounts(shape[0])
		for i := range labels {
			counts.Add(pixels[i*size : (i+1)*size])
		}
		d.facts.Mean, d.facts.Std = counts.Statistics()
	}
	return d, d.tabulate()
}

// NewImagesFunc returns a Dataset of 8-bit images that are not in memory: read writes the pixels of image i, [C, H, W],
// and may be called from several goroutines at once. It normalises them by facts.Mean and facts.Std.
func NewImagesFunc(
	shape [3]int, classes int, labels []int32, facts Facts, read func(i int, pixels []byte) error,
) (*Images, error) {
	if slices.Min(shape[:]) < 1 || len(labels) == 0 {
		return nil, fmt.Errorf("data: got shape %v and %s, want C, H, W and images of at least 1", shape,
			plural.Of(len(labels), "label"))
	}
	size := shape[0] * shape[1] * shape[2]
	pool := &sync.Pool{New: func() any { b := make([]byte, size); return &b }}
	d := &Images{shape: shape, classes: classes, labels: labels, facts: facts, read: read, scratch: pool}
	return d, d.tabulate()
}

// Pixels writes the pixels of image i, [C, H, W], before they are normalised.
func (d *Images) Pixels(i int, pixels []byte) error {
	if d.read != nil {
		return d.read(i, pixels)
	}
	copy(pixels, d.pixels[i*len(pixels):(i+1)*len(pixels)])
	return nil
}

// PixelCounts counts how often each value of a pixel occurs in each channel, from which its mean and its standard
// deviation follow.
type PixelCounts [][256]int

// NewPixelCounts returns counts of no pixels.
func NewPixelCounts(channels int) PixelCounts { return make(PixelCounts, channels) }

// Add counts the pixels of an image, [C, H, W].
func (p PixelCounts) Add(image []byte) {
	plane := len(image) / len(p)
	for c := range p {
		for _, b := range image[c*plane : (c+1)*plane] {
			p[c][b]++
		}
	}
}

// Statistics returns the mean and the standard deviation of each channel's pixels in [0, 1], to four significant
// digits, and 1 in place of a deviation of 0.
func (p PixelCounts) Statistics() (mean, std []float64) {
	for _, count := range p {
		n, sum, squares := 0.0, 0.0, 0.0
		for b, c := range count {
			n += float64(c)
			sum += float64(c) * float64(b)
		}
		m := sum / n
		for b, c := range count {
			squares += float64(c) * (float64(b) - m) * (float64(b) - m)
		}
		s := digits(math.Sqrt(squares/n) / 255)
		if s == 0 {
			s = 1
		}
		mean, std = append(mean, digits(m/255)), append(std, s)
	}
	return mean, std
}

// digits rounds x to four significant digits.
func digits(x float64) float64 {
	v, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'e', 3, 64), 64)
	return v
}
