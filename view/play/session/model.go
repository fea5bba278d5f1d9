package session

import (
	"fmt"

	"gorgonia.org/tensor"

	"anneal/graph"
)

// watchedSamples is how many training samples a look inside the network takes.
const watchedSamples = 128

func newParams(seed uint64) *graph.Params { return graph.NewParams(seed, tensor.Float32) }

// draw draws the network: Depth times a linear layer, normalization and activation, and the linear layer "out". x is
// [N, width]; the result is [N, classes], or [N, 1] if there are none.
func (s *Session) draw(b *graph.Builder, x *graph.Node) *graph.Node {
	weights := graph.InitWeight(inits[s.settings.Init])
	norm, activation := norms[s.settings.Norm], activations[s.settings.Activation]
	h := x
	for i := range s.settings.Depth {
		h = b.Linear(fmt.Sprintf("fc%d", i+1), h, s.settings.Width, weights)
		h = activation(b, norm(b, fmt.Sprintf("norm%d", i+1), h))
	}
	return b.Linear("out", h, max(s.sets.classes, 1), weights)
}

// compile makes the programs. They share the parameters.
func (s *Session) compile() error {
	settings := s.settings
	model := func(b *graph.Builder, x *graph.Node) *graph.Node {
		fixed := &Session{settings: settings, sets: s.sets} // programs of other sizes are drawn later, with these settings
		return fixed.draw(b, x)
	}
	how := func(mode graph.Mode, samples int) graph.Config {
		c := graph.Config{Mode: mode, Shape: tensor.Shape{samples, s.sets.width}, Fuse: true}
		if s.sets.classes == 0 {
			c.Loss = graph.MSE{}
		}
		return c
	}
	train := how(graph.Train, settings.Batch)
	look := how(graph.Eval, s.sets.train.set.Len())
	look.Direct = true
	inside := how(graph.Train, watchedSamples)
	inside.Watch = true
	for _, c := range []struct {
		runner **graph.Runner
		how    graph.Config
	}{{&s.train, train}, {&s.look, look}, {&s.inside, inside}} {
		var err error
		if *c.runner, err = graph.NewRunner(model, s.params, c.how); err != nil {
			return fmt.Errorf("session: %w", err)
		}
	}
	return nil
}
