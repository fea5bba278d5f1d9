package session

import (
	"fmt"

	"anneal/data"
)

// Digits are images of handwritten digits of 14×14 pixels, each the mean of 2×2 pixels of MNIST's.
type Digits struct {
	Labels []byte // [N]
	Pixels []byte // [N, 14, 14]
}

const (
	digitSide  = 14
	digitTrain = 1000
	digitTest  = 500
	digitMean  = 0.13 // of the pixels of MNIST, as fractions
	digitStd   = 0.27 // of those of 14×14
)

// NewDigits takes the first 1,000 training images and the first 500 test images of MNIST.
func NewDigits(train, test *data.Images) (*Digits, error) {
	d := new(Digits)
	for _, part := range []struct {
		set *data.Images
		n   int
	}{{train, digitTrain}, {test, digitTest}} {
		if part.set.Len() < part.n || part.set.Shape() != [3]int{1, 2 * digitSide, 2 * digitSide} {
			return nil, fmt.Errorf("session: %d images of shape %v: want at least %d of 1×28×28",
				part.set.Len(), part.set.Shape(), part.n)
		}
		frame := data.FrameOf(part.set)
		x := make([]float32, 4*digitSide*digitSide)
		for i := range part.n {
			label, err := part.set.Read(i, x)
			if err != nil {
				return nil, fmt.Errorf("session: %w", err)
			}
			d.Labels = append(d.Labels, byte(label))
			d.Pixels = append(d.Pixels, halve(data.Pixels(x, frame))...)
		}
	}
	return d, nil
}

// halve returns an image of half the height and width.
func halve(p []byte) []byte {
	small := make([]byte, 0, digitSide*digitSide)
	for y := range digitSide {
		for x := range digitSide {
			at := 4*digitSide*y + 2*x
			sum := int(p[at]) + int(p[at+1]) + int(p[at+2*digitSide]) + int(p[at+2*digitSide+1])
			small = append(small, byte((sum+2)/4))
		}
	}
	return small
}

// Bytes returns the digits as one file: the labels, then the pixels.
func (d *Digits) Bytes() []byte { return append(append([]byte{}, d.Labels...), d.Pixels...) }

// ReadDigits reads what Bytes returned.
func ReadDigits(b []byte) (*Digits, error) {
	const n = digitTrain + digitTest
	if want := n * (1 + digitSide*digitSide); len(b) != want {
		return nil, fmt.Errorf("session: a file of digits of %d bytes: want %d", len(b), want)
	}
	for i, l := range b[:n] {
		if l > 9 {
			return nil, fmt.Errorf("session: a file of digits: label %d of image %d: want 0 to 9", l, i)
		}
	}
	return &Digits{b[:n], b[n:]}, nil
}

// sets returns the digits as samples, their pixels with mean 0 and standard deviation 1, about.
func (d *Digits) sets() (*sets, error) {
	const size = digitSide * digitSide
	part := func(from, to int) (data.Dataset, error) {
		x := make([]float32, 0, (to-from)*size)
		for _, p := range d.Pixels[from*size : to*size] {
			x = append(x, (float32(p)/255-digitMean)/digitStd)
		}
		labels := make([]int32, 0, to-from)
		for _, l := range d.Labels[from:to] {
			labels = append(labels, int32(l))
		}
		y := data.Ints(data.LabelsName, labels)
		y.Classes = 10
		return data.NewTensors(data.Floats(data.XName, x, size), y)
	}
	train, err := part(0, digitTrain)
	if err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	test, err := part(digitTrain, digitTrain+digitTest)
	if err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	return newSets(train, test)
}
