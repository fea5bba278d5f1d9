package numpy

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"anneal/data"
	"anneal/internal/printable"
)

// Options say what Load does with the arrays.
type Options struct {
	Test    float64 // share or number of samples that are set aside for the test, if the arrays have no test part
	Seed    uint64  // decides which
	Numbers bool    // y are numbers to predict, even if they are integers
	// Mean and Std normalise images of bytes; nil: by the training part.
	Mean, Std []float64
}

// Load reads a data set from a .npz file, or from the .npy files in a folder.
//
// Unsigned bytes, [N, H, W], [N, H, W, C] or [N, C, H, W] with C 1 or 3, are images: they are normalised by the mean
// and the deviation of each channel in the training part. Other numbers are taken as they are, except that the channels
// of [N, H, W, C] go to the front. y of integers, [N] or [N, 1], are classes; other y are numbers to predict, the field
// target.
func Load(path string, o Options) (*data.Sets, error) {
	f, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("numpy: %w", err)
	}
	defer f.close()
	sets, err := f.load(o)
	if err != nil {
		return nil, fmt.Errorf("numpy: %w", printable.Error(err))
	}
	sets.From = path
	return sets, nil
}

func (f *files) load(o Options) (*data.Sets, error) {
	name := strings.TrimSuffix(filepath.Base(f.path), filepath.Ext(f.path))
	train, err := f.samples("train", o)
	if train == nil && err == nil {
		if train, err = f.samples("", o); train == nil && err == nil {
			err = fmt.Errorf("%s: got arrays named %q, want x and y, or x_train and y_train: other names are %s and %s",
				f.path, f.list(), strings.Join(xNames, ", "), strings.Join(yNames, ", "))
		}
	}
	if err != nil {
		return nil, err
	}
	o.Numbers = o.Numbers || train.labels == nil
	valid, err := f.beside(train, "val", o)
	if err != nil {
		return nil, err
	}
	test, err := f.beside(train, "test", o)
	if err != nil {
		return nil, err
	}
	sets := new(data.Sets)
	if test == nil && valid != nil { // the rule of data.TestPart
		test, valid = valid, nil
		sets.Notes = append(sets.Notes, data.ValidIsTest)
	}
	classes := 0
	if train.labels != nil {
		classes = int(slices.Max(train.labels)) + 1
	}
	if test == nil {
		first, second, err := data.SplitLabels(train.labels, train.n, o.Test, o.Seed)
		if err != nil {
			return nil, err
		}
		train, test = train.pick(first), train.pick(second)
	}
	facts := data.Facts{Name: name, Mean: o.Mean, Std: o.Std}
	for _, part := range []struct {
		s   *samples
		set *data.Dataset
	}{{train, &sets.Train}, {valid, &sets.Valid}, {test, &sets.Test}} {
		if part.s == nil {
			continue
		}
		if *part.set, err = part.s.dataset(classes, facts); err != nil {
			return nil, fmt.Errorf("%s: %w", f.path, err)
		}
		facts = data.FactsOf(*part.set) // of the training part for the others
	}
	return sets, nil
}

// samples returns a part of the data set, nil if there is none.
func (f *files) samples(part string, o Options) (*samples, error) {
	xName, yName := f.find(xNames, part), f.find(yNames, part)
	switch {
	case xName == "" && yName == "":
		return nil, nil
	case xName == "" || yName == "":
		return nil, fmt.Errorf("%s: got %s without what belongs to it, among arrays named %q", f.path, xName+yName, f.list())
	}
	x, err := f.readers[xName]()
	if err != nil {
		return nil, err
	}
	y, err := f.readers[yName]()
	if err != nil {
		return nil, err
	}
	s, err := newSamples(x, y, o.Numbers)
	if err != nil {
		return nil, fmt.Errorf("%s: %s and %s: %w", f.path, xName, yName, err)
	}
	return s, nil
}

// beside returns another part of the data set than train, nil if there is none.
func (f *files) beside(train *samples, part string, o Options) (*samples, error) {
	s, err := f.samples(part, o)
	if s == nil || err != nil {
		return nil, err
	}
	if err := s.like(train); err != nil {
		return nil, fmt.Errorf("%s: %s: %w", f.path, part, err)
	}
	return s, nil
}

// samples are a part of the data set.
type samples struct {
	n      int
	shape  []int // of one sample
	pixels []byte
	floats []float32
	labels []int32   // nil: the samples have no classes
	target []float32 // nil: they have
	width  []int     // the shape of a target
}

func newSamples(x, y *Array, numbers bool) (*samples, error) {
	if len(x.Shape) < 2 || len(y.Shape) < 1 || x.Shape[0] != y.Shape[0] {
		return nil, fmt.Errorf("shapes: got %v and %v, want [N, …] and [N] of one N", x.Shape, y.Shape)
	}
	s := &samples{n: x.Shape[0], shape: slices.Clone(x.Shape[1:])}
	last := len(s.shape) == 3 && channels(s.shape[2]) && !channels(s.shape[0])
	if len(s.shape) == 2 {
		s.shape = []int{1, s.shape[0], s.shape[1]}
	}
	if last {
		s.shape = []int{s.shape[2], s.shape[0], s.shape[1]}
	}
	if b := x.Bytes(); b != nil && len(s.shape) == 3 && channels(s.shape[0]) {
		s.pixels = b
		if last {
			s.pixels = toFront(b, s.shape)
		}
	} else {
		s.floats = floats(x)
		if last {
			s.floats = toFront(s.floats, s.shape)
		}
	}
	if y.Whole() && !numbers && y.Len() == s.n {
		s.labels = make([]int32, s.n)
		for i := range s.labels {
			v := y.At(i)
			if !(v >= 0 && v < 1e6) {
				return nil, fmt.Errorf("label of sample %d: got %v, want 0 to 999999", i, v)
			}
			s.labels[i] = int32(v)
		}
		return s, nil
	}
	if s.target, s.width = floats(y), y.Shape[1:]; len(s.width) == 0 {
		s.width = []int{1}
	}
	for i, v := range s.target {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, fmt.Errorf("target %d: got %v, want a finite number", i, v)
		}
	}
	return s, nil
}

// like returns an error unless s and the training part can be parts of one data set.
func (s *samples) like(train *samples) error {
	kind := map[bool]string{true: "numbers that are taken as they are", false: "bytes of images"}
	switch is, want := s.pixels == nil, train.pixels == nil; {
	case !slices.Equal(s.shape, train.shape):
		return fmt.Errorf("got samples of shape %v, want %v as in the training part", s.shape, train.shape)
	case is != want:
		return fmt.Errorf("got x of %s, want %s as in the training part", kind[is], kind[want])
	case s.labels == nil && train.labels != nil:
		return errors.New("got y that are no classes, want one integer for each sample as in the training part")
	}
	return nil
}

func channels(n int) bool { return n == 1 || n == 3 }

func floats(a *Array) []float32 {
	list := make([]float32, a.Len())
	for i := range list {
		list[i] = float32(a.At(i))
	}
	return list
}

// toFront makes [N, H, W, C] of [N, C, H, W], with shape = C, H, W.
func toFront[T any](from []T, shape []int) []T {
	c, plane := shape[0], shape[1]*shape[2]
	to := make([]T, len(from))
	for i, v := range from {
		sample, at := i/(c*plane), i%(c*plane)
		to[sample*c*plane+at%c*plane+at/c] = v
	}
	return to
}

// pick returns some of the samples.
func (s *samples) pick(which []int) *samples {
	p := *s
	p.n = len(which)
	p.pixels, p.floats = rows(s.pixels, s.n, which), rows(s.floats, s.n, which)
	p.labels, p.target = rows(s.labels, s.n, which), rows(s.target, s.n, which)
	return &p
}

func rows[T any](all []T, n int, which []int) []T {
	if all == nil {
		return nil
	}
	size := len(all) / n
	some := make([]T, 0, len(which)*size)
	for _, i := range which {
		some = append(some, all[i*size:(i+1)*size]...)
	}
	return some
}

// dataset returns the samples as a data set.
func (s *samples) dataset(classes int, facts data.Facts) (data.Dataset, error) {
	if s.pixels != nil && s.labels != nil {
		return data.NewImages([3]int(s.shape), classes, s.pixels, s.labels, facts)
	}
	x := s.floats
	if x == nil { // images with numbers to predict
		x = make([]float32, len(s.pixels))
		for i, b := range s.pixels {
			x[i] = float32(b) / 255
		}
	}
	y := data.Floats(data.TargetName, s.target, s.width...)
	if s.labels != nil {
		y = data.Ints(data.LabelsName, s.labels)
		y.Classes = classes
	}
	set, err := data.NewTensors(data.Floats(data.XName, x, s.shape...), y)
	if err != nil {
		return nil, err
	}
	return set.WithFacts(data.Facts{Name: facts.Name}), nil
}
