package data

import (
	"fmt"
	"math"
	"slices"
)

// Names of tensors that mean something to a Dataset.
const (
	XName      = "x"      // the input that Dataset.Read returns
	LabelsName = "labels" // classes that it returns, if they are one integer per sample
	TargetName = "target" // what the network's own result is compared with, if that is no class
)

// Tensor is one tensor of a data set, [N, Shape...] flat: Floats or Ints.
type Tensor struct {
	Name    string
	Shape   []int // of one sample's; nil: one number per sample
	Floats  []float32
	Ints    []int32
	Classes int // of LabelsName: every label is below it. 0: the largest label plus 1
}

// Floats returns a tensor of numbers, such as Floats("x", table, 8) for a table of eight columns.
func Floats(name string, values []float32, shape ...int) Tensor {
	return Tensor{Name: name, Shape: shape, Floats: values}
}

// Ints returns a tensor of integers, such as Ints("labels", classes).
func Ints(name string, values []int32, shape ...int) Tensor {
	return Tensor{Name: name, Shape: shape, Ints: values}
}

// Tensors is a Dataset of tensors in memory, for what is not an image with a label: tables, regression, several inputs,
// targets of any shape, weights of samples.
type Tensors struct {
	x       Tensor
	labels  []int32 // nil: the samples have none
	classes int
	others  []Tensor
	fields  []Field
	n       int
	facts   Facts
	groups  []int32 // of each sample; nil: none
}

// NewTensors returns a Dataset of tensors that all have as many samples. One of them is named x. One named labels with
// one integer per sample gives the samples' classes; without it Classes is 0. The others are the Fields, in this order.
// The values of x may be integers: Read then writes them as float32, which holds those up to 2²⁴ exactly. The slices
// are kept, not copied. An error names the tensor, and what is wrong with it.
func NewTensors(tensors ...Tensor) (*Tensors, error) {
	d := &Tensors{n: -1}
	names := make(map[string]bool)
	for _, t := range tensors {
		n, err := t.samples()
		switch {
		case err != nil:
			return nil, err
		case names[t.Name]:
			return nil, fmt.Errorf("data: two tensors have the name %q: give one of them another name", t.Name)
		case d.n >= 0 && n != d.n:
			return nil, fmt.Errorf("data: tensor %s: got %d samples, want %d as in the others", t.Name, n, d.n)
		}
		d.n, names[t.Name] = n, true
		switch {
		case t.Name == XName:
			if d.x = t; len(t.Shape) == 0 {
				d.x.Shape = []int{1}
			}
		case t.classes():
			d.labels, d.classes = t.Ints, max(t.Classes, int(slices.Max(t.Ints))+1)
			if t.Classes > 0 && t.Classes != d.classes {
				return nil, fmt.Errorf("data: tensor %s: got label %d, want 0 to %d", t.Name, d.classes-1, t.Classes-1)
			}
		default:
			d.others = append(d.others, t)
			d.fields = append(d.fields, Field{t.Name, t.Shape, t.Ints != nil})
		}
	}
	if !names[XName] {
		return nil, fmt.Errorf("data: tensors: got none named %q, want the network's input by that name", XName)
	}
	return d, nil
}

// samples returns the number of samples in t.
func (t Tensor) samples() (int, error) {
	size := Field{Shape: t.Shape}.Size()
	total := max(len(t.Floats), len(t.Ints))
	switch {
	case t.Name == "":
		return 0, fmt.Errorf("data: a tensor has the name \"\": give it one")
	case len(t.Shape) > 0 && slices.Min(t.Shape) < 1:
		return 0, fmt.Errorf("data: tensor %s: shape %v: want every size at least 1", t.Name, t.Shape)
	case (t.Floats == nil) == (t.Ints == nil):
		return 0, fmt.Errorf("data: tensor %s: want either Floats or Ints", t.Name)
	case total == 0 || total%size != 0:
		return 0, fmt.Errorf("data: tensor %s: got %d numbers, want a multiple of %d, and more than none",
			t.Name, total, size)
	}
	for i, v := range t.Floats {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return 0, fmt.Errorf("data: tensor %s: number %d of sample %d: got %v, want a finite number",
				t.Name, i%size, i/size, v)
		}
	}
	if t.classes() {
		if i := slices.IndexFunc(t.Ints, func(v int32) bool { return v < 0 }); i >= 0 {
			return 0, fmt.Errorf("data: tensor %s: sample %d: got %d, want at least 0", t.Name, i, t.Ints[i])
		}
	}
	return total / size, nil
}

// classes reports whether t has the class of each sample.
func (t Tensor) classes() bool { return t.Name == LabelsName && t.Ints != nil && len(t.Shape) == 0 }

func (d *Tensors) Len() int        { return d.n }
func (d *Tensors) Classes() int    { return d.classes } // 0: the samples have no classes
func (d *Tensors) XShape() []int   { return d.x.Shape }
func (d *Tensors) Fields() []Field { return d.fields }

// Facts returns what WithFacts was told.
func (d *Tensors) Facts() Facts { return d.facts }

// WithFacts returns the same samples with facts about them, such as the names of their classes.
func (d *Tensors) WithFacts(f Facts) *Tensors {
	told := *d
	told.facts = f
	return &told
}

// Shape returns the shape of x as an image's: a list of numbers is so many channels of one pixel, a matrix one channel.
func (d *Tensors) Shape() [3]int {
	switch s := d.x.Shape; len(s) {
	case 1:
		return [3]int{s[0], 1, 1}
	default:
		n := len(s)
		return [3]int{Field{Shape: s[:n-2]}.Size(), s[n-2], s[n-1]}
	}
}

// Read writes x of sample i and returns its class, 0 if the samples have none.
func (d *Tensors) Read(i int, x []float32) (label int32, err error) {
	if d.x.Ints == nil {
		copy(x, d.x.Floats[i*len(x):(i+1)*len(x)])
	} else {
		for k, v := range d.x.Ints[i*len(x) : (i+1)*len(x)] {
			x[k] = float32(v)
		}
	}
	if d.labels == nil {
		return 0, nil
	}
	return d.labels[i], nil
}

func (d *Tensors) ReadField(i, f int, floats []float32, ints []int32) error {
	t := d.others[f]
	if t.Ints != nil {
		copy(ints, t.Ints[i*len(ints):(i+1)*len(ints)])
	} else {
		copy(floats, t.Floats[i*len(floats):(i+1)*len(floats)])
	}
	return nil
}
