// Package toy generates small data sets that teach: points in a plane in two or more classes, and a noisy sine. Names
// and formulas are scikit-learn's where it has the set; the random numbers are anneal's own, so the points of one
// random_state are others than scikit-learn's.
package toy

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"anneal/data"
	"anneal/internal/spec"
	"anneal/internal/stream"
)

// Set is a data set that is generated.
type Set interface {
	String() string // the spec
	size() (samples int, seed uint64)
	generate(r *rand.Rand, n int) points
}

// points are what a set generates.
type points struct {
	x      []float32
	labels []int32   // nil: the samples have a target
	target []float32 // nil: the samples have classes
	width  int       // numbers of x per sample
}

// Common are the settings that all sets have.
type Common struct {
	Samples     int     // n_samples, 2 to 10,000,000; 1000 in a spec without it
	Noise       float64 // the standard deviation of what is added to each number, at least 0; 0.1 in a spec without it
	RandomState int     // decides the random numbers; 0 in a spec without it
}

func (c *Common) settings(noise float64) []spec.Setting {
	return []spec.Setting{
		spec.Optional("n_samples", &c.Samples, 1000).Within(2, 10_000_000),
		spec.Optional("noise", &c.Noise, noise).Within(0, 1e6),
		spec.Optional("random_state", &c.RandomState, 0).AtLeast(0),
	}
}

func (c Common) size() (samples int, seed uint64) { return c.Samples, uint64(c.RandomState) }

// add adds the noise to numbers.
func (c Common) add(r *rand.Rand, x []float32) {
	if c.Noise == 0 {
		return
	}
	for i := range x {
		x[i] += float32(c.Noise * r.NormFloat64())
	}
}

var registry = spec.Registry[Set]{What: "generated set", Alone: true, Entries: []spec.Entry[Set]{
	entry[Moons]("make_moons"),
	entry[Circles]("make_circles"),
	entry[Blobs]("make_blobs"),
	entry[Spirals]("make_spirals"),
	entry[XOR]("make_xor"),
	entry[Sine]("make_sine"),
}}

func entry[S Set, P interface {
	*S
	settings() []spec.Setting
}](name string) spec.Entry[Set] {
	return spec.Entry[Set]{Name: name, New: func() ([]spec.Setting, func() Set) {
		s := new(S)
		return P(s).settings(), func() Set { return *s }
	}}
}

// Is reports whether text is meant to be the spec of a generated set, and no path.
func Is(text string) bool { return strings.HasPrefix(text, "make_") }

// Parse reads a spec, such as make_moons(n_samples=1000, noise=0.1). The sets are make_moons, make_circles, make_blobs,
// make_spirals, make_xor and make_sine.
func Parse(text string) (Set, error) {
	s, err := registry.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("toy: %w", err)
	}
	return s, nil
}

const maxNumbers = 100_000_000 // in a set

// Load generates a set and sets aside a share, or a number, of its samples for the test, of each class as many as
// whole samples allow.
func Load(s Set, test float64) (*data.Sets, error) {
	n, seed := s.size()
	if b, ok := s.(Blobs); ok && b.Samples > maxNumbers/max(b.Features, 1) {
		return nil, fmt.Errorf("toy: %v: %d samples of %d numbers: want at most %d numbers in all",
			s, b.Samples, b.Features, maxNumbers)
	}
	p := s.generate(stream.New(seed, s.String()), n)
	train, rest, err := data.SplitLabels(p.labels, n, test, seed)
	if err != nil {
		return nil, fmt.Errorf("toy: %w", err)
	}
	sets := &data.Sets{From: s.String()}
	name, _, _ := strings.Cut(s.String(), "(")
	if sets.Train, err = p.part(train, name); err == nil {
		sets.Test, err = p.part(rest, name)
	}
	if err != nil {
		return nil, fmt.Errorf("toy: %w", err)
	}
	return sets, nil
}

// part returns the data set of some samples.
func (p points) part(samples []int, name string) (data.Dataset, error) {
	var x, target []float32
	var labels []int32
	most := int32(0)
	for _, l := range p.labels {
		most = max(most, l)
	}
	for _, i := range samples {
		x = append(x, p.x[i*p.width:(i+1)*p.width]...)
		if p.labels == nil {
			target = append(target, p.target[i])
		} else {
			labels = append(labels, p.labels[i])
		}
	}
	y := data.Floats(data.TargetName, target, 1)
	if p.labels != nil {
		y = data.Ints(data.LabelsName, labels)
		y.Classes = int(most) + 1
	}
	set, err := data.NewTensors(data.Floats(data.XName, x, p.width), y)
	if err != nil {
		return nil, err
	}
	return set.WithFacts(data.Facts{Name: name}), nil
}
