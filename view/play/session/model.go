package session

import (
	"fmt"

	"gorgonia.org/tensor"

	"anneal/graph"
)

// watchedSamples is how many training samples a look inside the network takes.
const watchedSamples = 128

func newParams(seed uint64) *graph.Params { return graph.NewParams(seed, tensor.Float32) }

// network returns the network of some settings: Depth times a linear layer, normalization and activation, and the
// linear layer "out". It takes [N, width] and returns [N, classes], or [N, 1] if there are none.
func network(s Settings, classes int) graph.Model {
	weights, norm, activation := graph.InitWeight(inits[s.Init]), norms[s.Norm], activations[s.Activation]
	return func(b *graph.Builder, x *graph.Node) *graph.Node {
		for i := range s.Depth {
			x = b.Linear(fmt.Sprintf("fc%d", i+1), x, s.Width, weights)
			x = activation(b, norm(b, fmt.Sprintf("norm%d", i+1), x))
		}
		return b.Linear("out", x, max(classes, 1), weights)
	}
}

// compile makes the programs. They share the parameters.
func (s *Session) compile() error {
	model := network(s.settings, s.sets.classes)
	how := func(mode graph.Mode, samples int) graph.Config {
		c := graph.Config{Mode: mode, Shape: tensor.Shape{samples, s.sets.width}, Fuse: true}
		if s.sets.classes == 0 {
			c.Loss = graph.MSE{}
		}
		return c
	}
	train := how(graph.Train, s.settings.Batch)
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
