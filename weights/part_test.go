package weights_test

import (
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/runs"
	"anneal/weights"
)

// ptModel returns the network in internal/torchfile's model.pt, except for the size of its last layer.
func ptModel(classes int) graph.Model {
	return func(b *graph.Builder, x *graph.Node) *graph.Node {
		h := b.Flatten(b.BatchNorm("conv_bn", b.Conv2D("conv", x, 2, 3)))
		return b.Linear("fc", h, classes)
	}
}

func TestLoadPart(t *testing.T) {
	const file = "../internal/torchfile/testdata/model.pt"
	load := func(model graph.Model, only, anew []string) (map[string][]float64, *runs.Loaded, error) {
		params := graph.NewParams(3, tensor.Float32)
		if _, err := graph.Compile(model, params,
			graph.Config{Mode: graph.Eval, Shape: tensor.Shape{1, 1, 4, 4}}); err != nil {
			t.Fatal(err)
		}
		loaded, err := weights.LoadPart(file, params, only, anew)
		values := map[string][]float64{}
		for _, p := range params.All() {
			values[p.Name()] = bits(p.Value())
		}
		return values, loaded, err
	}
	whole, loaded, err := load(ptModel(3), nil, nil)
	if err != nil || len(loaded.Taken) != 9 || loaded.Left != nil || loaded.Anew != nil || loaded.Unused != nil ||
		loaded.File != file {
		t.Fatalf("got %+v, %v", loaded, err)
	}
	if whole["conv_bn.num_batches_tracked"][0] != 3 {
		t.Errorf("got %v", whole)
	}
	head, loaded, err := load(ptModel(5), nil, []string{"fc.*"})
	if err != nil || !slices.Equal(loaded.Anew, []string{"fc.weight", "fc.bias"}) || len(loaded.Taken) != 7 ||
		len(head["fc.bias"]) != 5 {
		t.Errorf("another head: got %+v, %v", loaded, err)
	}
	if !slices.Equal(head["conv.weight"], whole["conv.weight"]) {
		t.Error("another head: the convolution was not loaded")
	}
	part, loaded, err := load(ptModel(3), []string{"conv.*"}, nil)
	if err != nil || !slices.Equal(loaded.Taken, []string{"conv.weight", "conv.bias"}) || len(loaded.Left) != 7 ||
		len(loaded.Unused) != 0 {
		t.Errorf("the convolution alone: got %+v, %v", loaded, err)
	}
	if !slices.Equal(part["conv.weight"], whole["conv.weight"]) || slices.Equal(part["fc.weight"], whole["fc.weight"]) {
		t.Error("the convolution alone: got other values")
	}
	small := func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.Linear("other", b.Flatten(b.Conv2D("conv", x, 2, 3)), 3)
	}
	if _, loaded, err = load(small, []string{"conv.*"}, nil); err != nil || len(loaded.Unused) != 7 {
		t.Errorf("a model with less: got %+v, %v", loaded, err)
	}
	for _, c := range []struct {
		only, anew []string
		want       []string
	}{
		{nil, nil, []string{file, "fc.weight has shape [3 8], want [5 8]", "fc.bias has shape [3], want [5]"}},
		{[]string{"fc.*"}, nil, []string{"fc.weight has shape"}},
		{nil, []string{"fd*"}, []string{`no parameter matches "fd*"; there are conv.weight, conv.bias, conv_bn.weight`}},
		{[]string{"conv["}, nil, []string{`no parameter matches "conv["`}},
	} {
		_, _, err := load(ptModel(5), c.only, c.anew)
		for _, part := range c.want {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%v, %v: got %v, want %s in it", c.only, c.anew, err, part)
			}
		}
	}
}
