package app

import (
	"math/rand/v2"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/solvers"
)

// trial is a program of a model with a batch of random numbers. It measures a training step or an inference without the
// time to prepare the batch. Inference runs Direct, as in package predict.
type trial struct {
	*graph.Program
	x      *tensor.Dense
	labels []int32
	solver solvers.Solver // nil in evaluation programs
}

// newTrial compiles model in float32 for batches of this shape, such as [64, 1, 28, 28]. With a loss of nil, which is
// cross-entropy, the batch has labels of up to 10 classes; targets of other losses are 0. The error is graph.Compile's.
func newTrial(model graph.Model, mode graph.Mode, shape []int, fuse bool, loss graph.Loss) (*trial, error) {
	params := graph.NewParams(1, tensor.Float32)
	how := graph.Config{Mode: mode, Shape: shape, Fuse: fuse, Direct: mode == graph.Eval}
	if mode == graph.Train {
		how.Loss = loss
	}
	p, err := graph.Compile(model, params, how)
	if err != nil {
		return nil, err
	}
	x := tensor.New(tensor.Of(tensor.Float32), tensor.WithShape(shape...))
	t := &trial{Program: p, x: x, labels: make([]int32, shape[0])}
	r := rand.New(rand.NewPCG(1, 1))
	pixels := x.Float32s()
	for i := range pixels {
		pixels[i] = float32(r.NormFloat64())
	}
	for i := range t.labels {
		t.labels[i] = r.Int32N(int32(min(10, max(1, p.Classes()))))
	}
	if mode == graph.Train {
		settings := solvers.SGD{LR: 0.01, Momentum: 0.9}
		t.solver, err = solvers.New(settings, params.Trainable(), solvers.Tuning{})
	}
	return t, err
}

// Run runs the program on the batch, in training forward and backward.
func (t *trial) Run() error { return t.Program.Run(t.x, t.labels) }

// Update moves the parameters as SGD with momentum does after a training program's Run. Evaluation has nothing to move.
func (t *trial) Update() error {
	if t.solver == nil {
		return nil
	}
	return t.solver.Step(t.Gradients())
}
