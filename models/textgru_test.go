package models

import (
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
)

func TestTextGRU(t *testing.T) {
	params := graph.NewParams(1, tensor.Float32)
	if _, err := graph.Describe(TextGRU, params, tensor.Shape{2, 12}); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, p := range params.All() {
		total += p.Value().Shape().TotalSize()
	}
	if total != 76_426 {
		t.Errorf("got %d parameters, want 76,426", total)
	}
	_, err := graph.Describe(TextGRU, graph.NewParams(1, tensor.Float32), tensor.Shape{2, 1, 28, 28})
	if want := "models: text-gru: samples of shape (2, 1, 28, 28): want sequences of tokens"; err == nil ||
		!strings.Contains(err.Error(), want) {
		t.Errorf("images: got %v, want %q", err, want)
	}
}
