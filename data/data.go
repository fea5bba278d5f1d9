// Package data gives networks their samples: IDX files and where MNIST comes from, sets held in memory, augmentation,
// and the batches of each epoch in an order that depends on the seed alone.
//
// An image is a slice of float32, row-major: C channels of H rows of W pixels, normalised to (pixel − mean)/std.
package data

import (
	"fmt"
	"math"
	"slices"

	"anneal/internal/plural"
)

// Dataset is a set of labelled images, all of one shape. Its methods may be called from several goroutines at once. A
// data set whose empty pixels are not 0 is a Backgrounder too, and one whose samples have other inputs, or targets that
// are no classes, is a Fielder.
type Dataset interface {
	Len() int
	Shape() [3]int // C, H, W
	Classes() int  // every label is in [0, Classes); 0: the samples have no classes
	// Read writes sample i, normalised, into x of length C·H·W. An error need not name the sample: Loader and Read do.
	Read(i int, x []float32) (label int32, err error)
}

// Backgrounder is a Dataset that says which value an empty pixel has, such as −mean/std where 0 was normalised.
// Augmentations fill with it what they uncover.
type Backgrounder interface {
	Background() float32
}

// Memory is a Dataset held as float32 in memory.
type Memory struct {
	shape   [3]int
	classes int
	pixels  []float32
	labels  []int32
}

// NewMemory returns a Dataset of the samples in pixels, [len(labels), C, H, W] with shape = C, H, W, and does not
// normalise them. The slices are kept, not copied. shape, classes and the number of labels must be at least 1. The
// error names which of these is wrong, or the first sample whose label is outside [0, classes) or that has a pixel that
// is not finite.
func NewMemory(shape [3]int, classes int, pixels []float32, labels []int32) (*Memory, error) {
	if slices.Min(shape[:]) < 1 {
		return nil, fmt.Errorf("data: shape: got %v, want C, H and W of at least 1", shape)
	}
	if classes < 1 {
		return nil, fmt.Errorf("data: classes: got %d, want at least 1", classes)
	}
	if len(labels) == 0 {
		return nil, fmt.Errorf("data: labels: got none, want one for each sample")
	}
	size := shape[0] * shape[1] * shape[2]
	if len(pixels) != len(labels)*size {
		return nil, fmt.Errorf("data: pixels: got %d, want %d (%s of %d)",
			len(pixels), len(labels)*size, plural.Of(len(labels), "sample"), size)
	}
	for i, label := range labels {
		if label < 0 || int(label) >= classes {
			return nil, fmt.Errorf("data: label of sample %d: got %d, want 0 to %d", i, label, classes-1)
		}
	}
	for i, v := range pixels {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, fmt.Errorf("data: pixel %d of sample %d: got %v, want a finite number", i%size, i/size, v)
		}
	}
	return &Memory{shape, classes, pixels, labels}, nil
}

func (m *Memory) Len() int      { return len(m.labels) }
func (m *Memory) Shape() [3]int { return m.shape }
func (m *Memory) Classes() int  { return m.classes }

func (m *Memory) Read(i int, x []float32) (label int32, err error) {
	copy(x, m.pixels[i*len(x):(i+1)*len(x)])
	return m.labels[i], nil
}

// Limit returns the first n samples of d, or d itself if it has no more. An n below 1 is an error.
func Limit(d Dataset, n int) (Dataset, error) {
	if n < 1 {
		return nil, fmt.Errorf("data: limit: got %d, want at least 1", n)
	}
	if n >= d.Len() {
		return d, nil
	}
	return limited{d, n}, nil
}

type limited struct {
	Dataset
	n int
}

func (l limited) Len() int            { return l.n }
func (l limited) Background() float32 { return background(l.Dataset) }
func (l limited) Facts() Facts        { return FactsOf(l.Dataset) }
func (l limited) XShape() []int       { return XShapeOf(l.Dataset) }
func (l limited) Fields() []Field     { return FieldsOf(l.Dataset) }

func (l limited) ReadField(i, f int, floats []float32, ints []int32) error {
	return l.Dataset.(Fielder).ReadField(i, f, floats, ints)
}

// background returns the value of an empty pixel in d.
func background(d Dataset) float32 {
	if b, ok := d.(Backgrounder); ok {
		return b.Background()
	}
	return 0
}

// backgrounds returns the value of an empty pixel in each channel of d, or nil if background says it for all.
func backgrounds(d Dataset) (values []float32) {
	switch d := d.(type) {
	case *Images:
		if len(d.tables) == 1 {
			return nil
		}
		for c := range d.tables {
			values = append(values, d.tables[c][0])
		}
	case limited:
		return backgrounds(d.Dataset)
	case part:
		return backgrounds(d.Dataset)
	}
	return values
}
