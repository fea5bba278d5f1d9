package session

import (
	"context"
	"errors"
	"fmt"

	"anneal/data"
	"anneal/data/toy"
)

// How many samples train the network and how many test it. Digits have other numbers, in digits.go.
const (
	trainSamples = 500
	testSamples  = 500
)

var dataNames = []string{"circles", "digits", "moons", "sine", "spirals", "xor"}

// sets are the samples of a session.
type sets struct {
	train, test part
	width       int // numbers of x per sample
	classes     int // 0: a target
}

// part is a set in memory: x [N, width], with labels or a target, [N].
type part struct {
	set    data.Dataset
	x      []float32
	labels []int32
	target []float32
}

// load makes the samples that the settings ask for.
func load(s Settings, digits func() (*Digits, error)) (*sets, error) {
	if s.Data == "digits" {
		if digits == nil {
			return nil, errors.New("session: data digits: there are no images here")
		}
		d, err := digits()
		if err != nil {
			return nil, fmt.Errorf("session: data digits: %w", err)
		}
		return d.sets()
	}
	common := toy.Common{Samples: trainSamples + testSamples, Noise: s.Noise, RandomState: int(s.Seed % (1 << 31))}
	set := map[string]toy.Set{
		"circles": toy.Circles{Common: common, Factor: 0.5},
		"moons":   toy.Moons{Common: common},
		"sine":    toy.Sine{Common: common},
		"spirals": toy.Spirals{Common: common, Arms: 2, Turns: 1.5},
		"xor":     toy.XOR{Common: common},
	}[s.Data]
	loaded, err := toy.Load(set, testSamples)
	if err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	return newSets(loaded.Train, loaded.Test)
}

// newSets reads both parts into memory.
func newSets(train, test data.Dataset) (*sets, error) {
	shape := train.Shape()
	s := &sets{width: shape[0] * shape[1] * shape[2], classes: train.Classes()}
	var err error
	if s.train, err = read(train); err == nil {
		s.test, err = read(test)
	}
	return s, err
}

func read(set data.Dataset) (part, error) {
	p := part{set: set}
	loader, err := data.NewLoader(set, data.Options{Batch: set.Len(), Workers: 1})
	if err != nil {
		return p, fmt.Errorf("session: %w", err)
	}
	for b, err := range loader.Epoch(context.Background(), 0, 0) {
		if err != nil {
			return p, fmt.Errorf("session: %w", err)
		}
		p.x, p.labels = b.X, b.Labels // the loader is not used again
		if set.Classes() == 0 {
			p.labels, p.target = nil, b.Fields[0].Floats
		}
	}
	return p, nil
}

// labels returns the labels of a batch, nil if the set has a target.
func (s *sets) labels(l []int32) []int32 {
	if s.classes == 0 {
		return nil
	}
	return l
}
