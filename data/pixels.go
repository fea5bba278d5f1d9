package data

import (
	"fmt"
	"math"
	"slices"
	"strconv"

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

// Bytes returns the pixels of image i, [C, H, W], before they are normalised. They are not to be changed.
func (d *Images) Bytes(i int) []byte {
	size := len(d.pixels) / len(d.labels)
	return d.pixels[i*size : (i+1)*size]
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

// Merge adds the counts of other images.
func (p PixelCounts) Merge(others PixelCounts) {
	for c := range p {
		for b, n := range others[c] {
			p[c][b] += n
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
