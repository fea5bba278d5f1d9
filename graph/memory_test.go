package graph

import (
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/internal/limittest"
)

// What takes more memory than there may be is an error, before any of it is allocated.
func TestMemory(t *testing.T) {
	linear := func(b *Builder, x *Node) *Node { return b.Linear("fc", b.Flatten(x), 2) }
	pooled := func(b *Builder, x *Node) *Node {
		return b.Linear("fc", b.Flatten(b.GlobalAvgPool2D(b.ReLU(b.Conv2D("conv", x, 8, 3)))), 2)
	}
	wide := func(b *Builder, x *Node) *Node { return b.ReLU(b.Conv2D("conv", x, 8, 3)) }
	large := tensor.Shape{1, 1, 3000, 3000}
	for name, c := range map[string]struct {
		model      Model
		shape      tensor.Shape
		bytes, all int64 // limits
		want       string
	}{
		"the input": {
			linear,
			tensor.Shape{1, 1, 30000, 30000},
			1 << 30, 0,
			"graph: input of shape (1, 1, 30000, 30000): 3600 MB of memory, want at most 1074",
		},
		"the parameters": {
			linear, large, 0, 64 << 20,
			"parameter fc.weight of shape (2, 9000000) with those before it: 72 MB of memory, want at most 67",
		},
		"their sum": {
			func(b *Builder, x *Node) *Node { return b.Linear("fc", b.Linear("first", b.Flatten(x), 100), 100) },
			tensor.Shape{1, 1, 10, 10},
			0, 60_000, "parameter fc.weight of shape (100, 100) with those before it",
		},
		"a result": {
			pooled, large, 100 << 20, 0,
			"graph: input of shape (1, 1, 3000, 3000) with what is computed of it: 324 MB of memory, want at most 105",
		},
		"an output": {wide, large, 100 << 20, 0, "with what is computed of it: 324 MB"},
	} {
		limittest.Limits{Bytes: 1 << 20, Time: 1 << 40}.Run(t, name, func() {
			params := NewParams(0, tensor.Float32)
			params.Limit(c.all)
			_, err := Compile(c.model, params, Config{Mode: Eval, Shape: c.shape, MaxBytes: c.bytes})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: got %v, want %s", name, err, c.want)
			}
		})
	}
	params := NewParams(0, tensor.Float32)
	p, err := Compile(pooled, params, Config{Mode: Train, Shape: tensor.Shape{2, 1, 30, 30}, MaxBytes: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Bytes(); got < 4*(2*900+2*8*28*28) || got > 1<<20 {
		t.Errorf("got %d bytes, want at least those of the input and of one result", got)
	}
}
