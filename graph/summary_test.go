package graph

import (
	"testing"

	"gorgonia.org/tensor"
)

// Closed forms for a convolution, a normalization and a linear layer on 8 images of 2x6x6.
func TestSummarize(t *testing.T) {
	model := func(b *Builder, x *Node) *Node {
		h := b.ReLU(b.BatchNorm("n", b.Conv2D("c", x, 3, 3, NoBias())))
		return b.Linear("f", b.Flatten(h), 5)
	}
	s, err := Summarize(model, tensor.Shape{8, 2, 6, 6})
	if err != nil {
		t.Fatal(err)
	}
	const (
		conv   = 2 * 8 * 3 * 4 * 4 * 2 * 3 * 3 // two a weight, position and image
		linear = 2 * 8 * 5 * 48
	)
	if len(s.Layers) != 5 || s.Layers[0].FLOPs != conv || s.Layers[4].FLOPs != linear {
		t.Errorf("got layers %+v", s.Layers)
	}
	if s.EvalFLOPs != conv+linear {
		t.Errorf("evaluation: got %d FLOPs, want %d", s.EvalFLOPs, conv+linear)
	}
	if want := int64(2*conv + 3*linear); s.StepFLOPs != want { // nobody needs the gradient of the model's input
		t.Errorf("training: got %d FLOPs, want %d", s.StepFLOPs, want)
	}
	const activation = 8 * 3 * 4 * 4
	// The convolution with ReLU and its flattened copy, which has the memory of the folded weight and bias too; logits,
	// loss.
	if want := int64(4 * (activation + activation + 40 + 1)); s.EvalMemory != want {
		t.Errorf("evaluation: got %d bytes, want %d", s.EvalMemory, want)
	}
	// Convolution, normalization with ReLU, flattened, logits, loss; the gradients of logits and of the linear layer's
	// input, which those of what comes before follow in memory that nothing needs any more; those of the parameters.
	forward, backward, parameters := 3*activation+40+1, 40+activation, 54+3+3+240+5
	if want := int64(4 * (forward + backward + parameters)); s.StepMemory != want {
		t.Errorf("training: got %d bytes, want %d", s.StepMemory, want)
	}
	if _, err := Summarize(model, tensor.Shape{8, 2, 1, 6}); err == nil {
		t.Error("a model that does not fit its input was summarised")
	}
}
