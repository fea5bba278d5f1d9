package models

import (
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
)

// Names, shapes and counts are those of the same networks in PyTorch.
func TestParameters(t *testing.T) {
	for _, c := range []struct {
		name      string
		trainable int
		some      map[string]tensor.Shape
	}{
		{"lenet", 21840, map[string]tensor.Shape{
			"conv1.weight": {10, 1, 5, 5}, "conv2.weight": {20, 10, 5, 5}, "fc1.weight": {50, 320}, "fc2.bias": {10},
		}},
		{"lenet-bn", 21900, map[string]tensor.Shape{
			"conv1_bn.weight": {10}, "conv2_bn.bias": {20}, "conv2_bn.running_mean": {20}, "conv1_bn.running_var": {10},
			"conv1_bn.num_batches_tracked": {1},
		}},
		{"mlp", 266610, map[string]tensor.Shape{"fc1.weight": {300, 784}, "fc3.weight": {10, 100}}},
		{"vit-tiny", 71946, map[string]tensor.Shape{
			"patches.weight": {64, 1, 4, 4}, "positions.weight": {49, 64}, "blocks.0.self_attn.in_proj_weight": {192, 64},
			"blocks.1.self_attn.out_proj.bias": {64}, "blocks.0.linear1.weight": {128, 64}, "blocks.1.norm2.bias": {64},
			"norm.weight": {64}, "head.weight": {10, 64},
		}},
		{"mlp-bn", 267410, map[string]tensor.Shape{"fc1_bn.weight": {300}, "fc2_bn.running_var": {100}}},
	} {
		model, err := Get(c.name)
		if err != nil {
			t.Fatal(err)
		}
		params := graph.NewParams(1, tensor.Float32)
		for _, mode := range []graph.Mode{graph.Train, graph.Eval} {
			p, err := graph.Compile(model, params, graph.Config{Mode: mode, Shape: tensor.Shape{3, 1, 28, 28}})
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Run(tensor.New(tensor.Of(tensor.Float32), tensor.WithShape(3, 1, 28, 28)),
				[]int32{0, 1, 9}); err != nil {
				t.Fatal(err)
			}
			if want := (tensor.Shape{3, 10}); !p.Logits().Shape().Eq(want) {
				t.Errorf("%s: logits %v, want %v", c.name, p.Logits().Shape(), want)
			}
		}
		count := 0
		for _, p := range params.Trainable() {
			count += p.Value().DataSize()
		}
		if count != c.trainable {
			t.Errorf("%s: %d trainable numbers, want %d", c.name, count, c.trainable)
		}
		for name, shape := range c.some {
			if p := params.Lookup(name); p == nil || !p.Value().Shape().Eq(shape) {
				t.Errorf("%s: %s is %v, want shape %v", c.name, name, p, shape)
			}
		}
	}
}

func TestRegistry(t *testing.T) {
	if len(All()) != len(registry) {
		t.Fatalf("%d of %d models listed", len(All()), len(registry))
	}
	_, err := Get("lenet-nb")
	if err == nil {
		t.Fatal("a model that does not exist was found")
	}
	for _, want := range append(Names(), `"lenet-nb"`) {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not say %s", err, want)
		}
	}
}
