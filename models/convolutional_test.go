package models

import (
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
)

// The numbers of parameters are those of the same networks in PyTorch, and results have the shapes that they should.
func TestConvolutionalNetworks(t *testing.T) {
	for _, c := range []struct {
		name       string
		draw       graph.Model
		parameters int
		some       string
		result     tensor.Shape
	}{
		{"mobilenet-small", MobileNetSmall, 36874, "blocks.4.pointwise.weight", tensor.Shape{2, 10}},
		{"autoencoder", Autoencoder, 111521, "decoder.0.weight", tensor.Shape{2, 1, 28, 28}},
	} {
		params := graph.NewParams(1, tensor.Float32)
		layers, err := graph.Describe(c.draw, params, tensor.Shape{2, 1, 28, 28})
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		for _, p := range params.Trainable() {
			count += p.Value().DataSize()
		}
		if count != c.parameters || params.Lookup(c.some) == nil {
			t.Errorf("%s: %d trainable numbers, want %d, %s among them", c.name, count, c.parameters, c.some)
		}
		if shape := layers[len(layers)-1].Shape; !shape.Eq(c.result) {
			t.Errorf("%s: result %v, want %v", c.name, shape, c.result)
		}
	}
}
