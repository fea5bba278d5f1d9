package jobs

import (
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/graph/gradcheck"
	"anneal/train"
)

// residual is a small residual network, drawn by hand: one block with a shortcut that a 1×1 convolution changes.
func residual(b *graph.Builder, x *graph.Node) *graph.Node {
	conv := func(name string, x *graph.Node, channels, kernel, stride int) *graph.Node {
		h := b.Conv2D(name, x, channels, kernel, graph.Stride(stride), graph.Padding(kernel/2), graph.NoBias())
		return b.BatchNorm(name+"_bn", h)
	}
	h := b.ReLU(conv("conv1", x, 4, 3, 1))
	y := conv("layer1.0.conv2", b.ReLU(conv("layer1.0.conv1", h, 8, 3, 2)), 8, 3, 1)
	h = b.ReLU(b.Add(y, conv("layer1.0.downsample", h, 8, 1, 2)))
	return b.Linear("fc", b.Flatten(b.GlobalAvgPool2D(h)), 6)
}

// Job: a residual network.
func TestResidualNetwork(t *testing.T) {
	checkGradients(t, residual, tensor.Shape{2, 3, 4, 4}, gradcheck.Options{})
	r := trained(t, train.Config{Model: residual, Train: spots(t, 600, 1), Test: spots(t, 200, 2)}, 4)
	if e := r.Epochs[3]; !(e.TestAccuracy > 0.95) {
		t.Errorf("test accuracy %v", e.TestAccuracy)
	}
	if p := r.Params.Lookup("layer1.0.downsample_bn.running_var"); p == nil {
		t.Error("names are not PyTorch's")
	}
}
