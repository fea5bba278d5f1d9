// Package profile examines data sets before a network is trained on them: how many samples each class has, what the
// numbers are like, which of them never change, and which samples are equal.
//
// Every sample is read once, by as many goroutines as there are processors, and none is kept: a set may be larger than
// memory. What is kept is some 100 bytes for each sample, and two numbers for each number of a sample. Results do not
// depend on the number of processors.
package profile

import (
	"context"
	"fmt"
	"time"

	"anneal/data"
)

// Options say how Of reads a data set.
type Options struct {
	SkipBad bool // count samples that cannot be read; else the first one is an error
	// Progress, unless it is nil, hears every five seconds how many samples of a part have been read.
	Progress func(part string, done, samples int)
}

// Profile is what a data set holds.
type Profile struct {
	Name    string   `json:"name,omitempty"`
	From    string   `json:"from"`
	Shape   []int    `json:"shape"` // of x as a network takes it
	Skipped int      `json:"skipped"`
	Names   []string `json:"class_names,omitempty"`
	Parts   []Part   `json:"parts"`

	Columns []Column `json:"columns,omitempty"` // of a table, in the training part
	Target  *Target  `json:"target,omitempty"`  // of a regression to one number, in the training part

	Equal     []Equal   `json:"equal"`     // pairs of parts with equal samples
	Conflicts Conflicts `json:"conflicts"` // in all parts together
}

// Part is one part of a data set: train, valid or test.
type Part struct {
	Name       string    `json:"part"`
	Samples    int       `json:"samples"`
	Unreadable int       `json:"unreadable"`
	Classes    []int     `json:"classes,omitempty"` // samples of each class
	Numbers    []Numbers `json:"numbers"`           // of each channel of x, then of each field
	Constant   []int     `json:"constant"`          // places in x that have one value in all samples
}

// Train returns the training part.
func (p *Profile) Train() *Part { return &p.Parts[0] }

// Of examines all parts of a data set. It ends with ctx's error when ctx is done.
func Of(ctx context.Context, sets *data.Sets, o Options) (*Profile, error) {
	facts := data.FactsOf(sets.Train)
	p := &Profile{
		Name: facts.Name, From: sets.From, Shape: data.XShapeOf(sets.Train), Skipped: sets.Skipped, Names: facts.ClassNames,
	}
	var all []entry
	var train *reading
	for i, set := range []data.Dataset{sets.Train, sets.Valid, sets.Test} {
		if set == nil {
			continue
		}
		if err := check(set); err != nil {
			return nil, err
		}
		r := newReading(set, i, o.SkipBad)
		stop := r.tell(o.Progress)
		err := r.read(ctx)
		stop()
		if err != nil {
			return nil, fmt.Errorf("%s samples: %w", partNames[i], err)
		}
		if train == nil {
			train = r
		}
		all = append(all, r.entries...)
		p.Parts = append(p.Parts, r.part())
	}
	p.Columns = columns(facts, p.Train(), sets.Missing)
	p.Target = target(train, p.Train())
	p.Equal, p.Conflicts = compare(all)
	return p, nil
}

// tell calls progress every five seconds until stop is called.
func (r *reading) tell(progress func(part string, done, samples int)) (stop func()) {
	if progress == nil {
		return func() {}
	}
	over, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(5 * time.Second)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				progress(partNames[r.number], int(r.done.Load()), r.set.Len())
			case <-over:
				return
			}
		}
	}()
	return func() { close(over); <-ended }
}
