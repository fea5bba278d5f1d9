package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"anneal/data"
	"anneal/data/source"
	"anneal/graph"
	"anneal/models"
)

// An Option makes the program that Main runs one of your own: it adds a model or a data set, or sets a default. Options
// are applied in their order. Models and data sets are registered for the whole process when Main or Run first applies
// their option, so a test that calls Run several times passes it the same Options each time.
type Option func(*program) error

// Name sets the program's name, which its help shows and with which its messages begin. Default: that of its file.
func Name(name string) Option {
	return func(p *program) error { p.name = name; return nil }
}

// Description sets the line of the help that says what the program is for.
func Description(text string) Option {
	return func(p *program) error { p.description = text; return nil }
}

// Command sets the command that starts the program in a shell, such as "go run ./cmd/pets". A run's record and its
// report tell it with the arguments that repeat the run. Default: the way the program was called.
func Command(command string) Option {
	return func(p *program) error { p.command = command; return nil }
}

// Model adds a network as models.Register does: about is one line for the models command. The first model of a program
// is the default of --model, unless there is a DefaultModel.
func Model(name, about string, draw graph.Model) Option {
	return Entry(models.Entry{Name: name, About: about, Draw: draw})
}

// Entry adds a network as models.Add does: one with Sized takes the number of its classes, or of its values, from the
// data, and is also called NAME(classes=37); one with a Loss learns something else than classes.
func Entry(e models.Entry) Option {
	add := sync.OnceValue(func() error { return models.Add(e) })
	return func(p *program) error {
		p.model = cmp.Or(p.model, e.Name)
		return add()
	}
}

// Data adds a data set that --data finds by its name. about is one line for the help of --data. load returns the
// samples, of any kind of package data: Images, Memory, Tensors or a Dataset of your own, with classes or other
// targets. It must return the same samples each time: a run that is resumed, and an evaluation of what it learnt, load
// them again. Sets needs no Test: a fifth of Train is set aside then, or what --data 'NAME?test=0.1&test_seed=2' says.
// The first data set of a program is the default of --data, unless there is a DefaultData.
func Data(name, about string, load func(context.Context) (*data.Sets, error)) Option {
	s := source.Source{Name: name, About: about}
	if load != nil {
		s.Load = func(ctx context.Context, _ source.Spec, _ *data.Facts) (*data.Sets, error) { return load(ctx) }
	}
	return Source(s)
}

// Source adds a data set as source.Register does: one with Options has them in --data 'NAME?image_size=64'.
func Source(s source.Source) Option {
	add := sync.OnceValue(func() error { return source.Register(s) })
	return func(p *program) error {
		p.data = cmp.Or(p.data, s.Name)
		return add()
	}
}

// DefaultModel sets the default of --model: the name of a model of the program or of package models, such as resnet8.
func DefaultModel(name string) Option {
	return func(p *program) error { p.model = name; return nil }
}

// DefaultData sets the default of --data: all that the flag takes, such as "pets?image_size=32".
func DefaultData(spec string) Option {
	return func(p *program) error { p.data = spec; return nil }
}

// DefaultShape sets the channels, height and width of the samples for commands that read neither data nor weights:
// bench and summary. Default: 1, 28, 28.
func DefaultShape(c, h, w int) Option {
	return func(p *program) error {
		if p.shape = (shapeFlag{c, h, w}); slices.Min(p.shape[:]) < 1 {
			return fmt.Errorf("default shape: got %v, want channels, height and width of at least 1", p.shape)
		}
		return nil
	}
}
