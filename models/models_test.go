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
		{"gru-row", 62730, map[string]tensor.Shape{
			"rnn.weight_ih_l0": {384, 28}, "rnn.weight_hh_l0": {384, 128}, "rnn.bias_hh_l0": {384}, "fc.weight": {10, 128},
			"rnn.gain_ih_l0": {384},
		}},
		{"lstm-row", 83466, map[string]tensor.Shape{
			"rnn.weight_ih_l0": {512, 28}, "rnn.bias_ih_l0": {512}, "fc.bias": {10}, "rnn.gain_c_l0": {128},
		}},
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

// Networks of rows take images of any size and number of channels, and layer, batch or none inside the cell.
func TestRows(t *testing.T) {
	for norm, want := range map[string]string{
		"layer": "gru-row", "none": "gru-row(norm=none)", "batch": "gru-row(norm=batch)",
	} {
		name, err := WithNorm("gru-row", norm)
		if err != nil || name != want {
			t.Errorf("%s: %s, %v, want %s", norm, name, err, want)
		}
		model, err := Get(name)
		if err != nil {
			t.Fatal(err)
		}
		params := graph.NewParams(1, tensor.Float32)
		if _, err := graph.Describe(model, params, tensor.Shape{2, 3, 8, 6}); err != nil {
			t.Fatal(err)
		}
		if shape := params.Lookup("rnn.weight_ih_l0").Value().Shape(); !shape.Eq(tensor.Shape{384, 18}) {
			t.Errorf("%s: weights of shape %v", name, shape)
		}
		if has, wants := params.Lookup("rnn.gain_hh_l0") != nil, norm != "none"; has != wants {
			t.Errorf("%s: a gain: %v, want %v", name, has, wants)
		}
	}
	_, err := WithNorm("lstm-row", "group")
	if err == nil || !strings.Contains(err.Error(), "lstm-row takes layer, batch, none") {
		t.Errorf("error %v", err)
	}
}
