package data

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync"
)

// Images is a Dataset of 8-bit images, kept as bytes and normalised when read.
//
// A pixel b becomes (b/255 − mean)/std, every operation in float32 as PyTorch's ToTensor and Normalize do it. mean and
// std are those of all pixels of the training set over 255, to four significant digits as people write them: 0.1307 and
// 0.3081 for MNIST, 0.2860 and 0.3530 for Fashion-MNIST. A training set whose pixels are all alike has std 1.
type Images struct {
	shape   [3]int
	classes int
	pixels  []byte
	labels  []int32
	facts   Facts
	tables  [][256]float32 // the normalised value of each byte, per channel or for all

	read    func(i int, pixels []byte) error // gets the pixels of an image, in place of pixels
	scratch *sync.Pool                       // of *[]byte, with read
}

func (d *Images) Len() int      { return len(d.labels) }
func (d *Images) Shape() [3]int { return d.shape }

// Classes returns 1 + the largest label of the training set.
func (d *Images) Classes() int { return d.classes }

// Mean returns what Read subtracts from a pixel in [0, 1], in the first channel.
func (d *Images) Mean() float64 { return d.facts.Mean[0] }

// Std returns what Read then divides by.
func (d *Images) Std() float64 { return d.facts.Std[0] }

// Facts returns the name of the data set, those of its classes, and how Read normalises.
func (d *Images) Facts() Facts { return d.facts }

// Background returns the normalised value of pixel 0.
func (d *Images) Background() float32 { return d.tables[0][0] }

func (d *Images) Read(i int, x []float32) (label int32, err error) {
	var pixels []byte
	if d.read != nil {
		b := d.scratch.Get().(*[]byte)
		defer d.scratch.Put(b)
		pixels = *b
		if err := d.read(i, pixels); err != nil {
			return 0, err
		}
	} else {
		pixels = d.pixels[i*len(x) : (i+1)*len(x)]
	}
	size := len(x) / len(d.tables)
	for c := range d.tables {
		normalise(x[c*size:(c+1)*size], pixels[c*size:], &d.tables[c])
	}
	return d.labels[i], nil
}

// normalise looks each of len(x) pixels up in table.
func normalise(x []float32, pixels []byte, table *[256]float32) {
	pixels = pixels[:len(x)]
	for len(pixels) >= 4 && len(x) >= 4 { // a quarter faster than one at a time
		x[0], x[1], x[2], x[3] = table[pixels[0]], table[pixels[1]], table[pixels[2]], table[pixels[3]]
		pixels, x = pixels[4:], x[4:]
	}
	for j, b := range pixels {
		x[j] = table[b]
	}
}

// Normalised returns the images of d normalised to (b/255 − mean)/std, by one mean and std for each channel or one for
// all. A trained network takes other images as normalised by the mean and std of its training set.
func (d *Images) Normalised(mean, std []float64) (*Images, error) {
	n := *d
	n.facts.Mean, n.facts.Std = mean, std
	if err := n.tabulate(); err != nil {
		return nil, err
	}
	return &n, nil
}

// readImages reads a pair of IDX files: images [n, H, W] or [n, C, H, W], and their labels.
func readImages(imagePath, labelPath string) (*Images, error) {
	images, err := readIDX(imagePath, 3, 4)
	if err != nil {
		return nil, err
	}
	labels, err := readLabels(labelPath)
	if err != nil {
		return nil, err
	}
	if len(labels) != images.dims[0] {
		return nil, fmt.Errorf("%s: labels: got %d, want %d, one for each image of %s",
			labelPath, len(labels), images.dims[0], imagePath)
	}
	d := &Images{shape: [3]int{1, 0, 0}, pixels: images.data, labels: labels}
	copy(d.shape[4-len(images.dims):], images.dims[1:])
	return d, nil
}

// readPair reads a training set and its test set, and normalises both by the training set.
func readPair(p paths) (train, test *Images, err error) {
	if train, err = readImages(p.trainImages, p.trainLabels); err != nil {
		return nil, nil, err
	}
	if test, err = readImages(p.testImages, p.testLabels); err != nil {
		return nil, nil, err
	}
	if err := cmp.Or(p.apply(train, p.trainLabels), p.apply(test, p.testLabels)); err != nil {
		return nil, nil, err
	}
	if test.shape != train.shape {
		return nil, nil, fmt.Errorf("%s: shape of an image: got %v, want %v as in %s",
			p.testImages, test.shape, train.shape, p.trainImages)
	}
	train.classes = 1 + int(slices.Max(train.labels))
	for i, label := range test.labels {
		if int(label) >= train.classes {
			return nil, nil, fmt.Errorf("%s: label %d: got %d, want 0 to %d as in %s",
				p.testLabels, i, label, train.classes-1, p.trainLabels)
		}
	}
	test.classes = train.classes
	describe(p.folder, [2]*Images{train, test})
	if n := len(p.classes); n > 0 {
		if train.classes > n {
			first := int(p.first)
			return nil, nil, fmt.Errorf("%s: label %d, want %d to %d", p.trainLabels, train.classes-1+first, first, n-1+first)
		}
		for _, d := range []*Images{train, test} {
			d.classes, d.facts.ClassNames, d.facts.Digits = n, p.classes, p.digits
		}
	}
	if err := nameClasses(p.folder, train, test); err != nil {
		return nil, nil, err
	}
	counts := NewPixelCounts(1) // one for all channels
	counts.Add(train.pixels)
	mean, std := counts.Statistics()
	for _, d := range []*Images{train, test} {
		d.facts.Mean, d.facts.Std = mean, std
		if err := d.tabulate(); err != nil {
			return nil, nil, err
		}
	}
	return train, test, nil
}

// tabulate computes the tables from the facts' mean and std.
func (d *Images) tabulate() error {
	mean, std := d.facts.Mean, d.facts.Std
	if n := len(mean); n != len(std) || n != 1 && n != d.shape[0] {
		return fmt.Errorf("data: mean and std: got %d and %d numbers, want one of each, or one per channel of %v",
			len(mean), len(std), d.shape)
	}
	d.tables = make([][256]float32, len(mean))
	for c := range d.tables {
		if !(math.Abs(mean[c]) <= math.MaxFloat32) || !(std[c] > 0 && std[c] <= math.MaxFloat32) {
			return fmt.Errorf("data: mean and std: got %v and %v, want finite numbers and std above 0", mean[c], std[c])
		}
		for b := range d.tables[c] {
			d.tables[c][b] = (float32(b)/255 - float32(mean[c])) / float32(std[c])
		}
	}
	return nil
}
