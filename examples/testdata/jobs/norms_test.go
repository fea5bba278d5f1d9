package jobs

import (
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/graph/gradcheck"
	"anneal/models"
	"anneal/train"
)

// Job: normalization that does not depend on the batch. Training and evaluation are one function.
func TestNormsOfSamples(t *testing.T) {
	for _, spec := range []string{"group(2)", "instance", "layer"} {
		n, err := models.ParseNorm(spec)
		if err != nil {
			t.Fatal(err)
		}
		model := func(b *graph.Builder, x *graph.Node) *graph.Node {
			h := b.ReLU(n.Draw(b, "norm1", b.Conv2D("conv1", x, 4, 3, graph.Padding(1))))
			h = b.Add(h, n.Draw(b, "norm2", b.Conv2D("conv2", h, 4, 3, graph.Padding(1))))
			return b.Linear("fc", b.Flatten(b.MaxPool2D(h, 4)), 6)
		}
		checkGradients(t, model, tensor.Shape{2, 3, 4, 4}, gradcheck.Options{})
		r := trained(t, train.Config{Model: model, Train: spots(t, 300, 1), Test: spots(t, 100, 2), Solver: adam(0.01)}, 5)
		x := tensor.New(tensor.WithShape(5, 3, 8, 8), tensor.WithBacking(normal(960, 3)))
		near(t, spec, run(t, model, r.Params, graph.Eval, x), run(t, model, r.Params, graph.Train, x), 1e-4)
		if e := r.Epochs[4]; !(e.TestAccuracy > 0.8) {
			t.Errorf("%s: test accuracy %v", spec, e.TestAccuracy)
		}
	}
}
