package data

// Field is a tensor that each sample of a Fielder has besides x and its label: another input, a target, or the sample's
// weight. Name is what the network or its loss calls it.
type Field struct {
	Name  string
	Shape []int // of one sample's; nil: it is one number
	Ints  bool  // its elements are int32, not float32
}

// Size returns the number of elements of one sample.
func (f Field) Size() int {
	n := 1
	for _, s := range f.Shape {
		n *= s
	}
	return n
}

// Fielder is a Dataset whose samples are more, or other, than an image with a label. Tensors is one.
type Fielder interface {
	Dataset
	// XShape is the shape in which a network takes x, the batch size apart: as many numbers as Shape has.
	XShape() []int
	// Fields lists what a sample has besides x and its label.
	Fields() []Field
	// ReadField writes field number f of sample i to floats, or to ints if it is of those.
	ReadField(i, f int, floats []float32, ints []int32) error
}

// FieldsOf returns the fields of d's samples, none unless it is a Fielder.
func FieldsOf(d Dataset) []Field {
	if f, ok := d.(Fielder); ok {
		return f.Fields()
	}
	return nil
}

// XShapeOf returns the shape in which a network takes d's samples: C, H, W unless d is a Fielder with another.
func XShapeOf(d Dataset) []int {
	if f, ok := d.(Fielder); ok {
		return f.XShape()
	}
	shape := d.Shape()
	return shape[:]
}

// Values are a field of some samples, [N, ...].
type Values struct {
	Name   string
	Floats []float32 // nil for a field of integers
	Ints   []int32   // nil for any other
}

// newValues returns room for the fields of n samples.
func newValues(fields []Field, n int) []Values {
	var all []Values
	for _, f := range fields {
		v := Values{Name: f.Name}
		if f.Ints {
			v.Ints = make([]int32, n*f.Size())
		} else {
			v.Floats = make([]float32, n*f.Size())
		}
		all = append(all, v)
	}
	return all
}

// NewValues returns room for the fields of one sample of d.
func NewValues(d Dataset) []Values { return newValues(FieldsOf(d), 1) }
