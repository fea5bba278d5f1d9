package export

import (
	"bytes"
	"slices"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/graph"
)

// toFloat draws integers as numbers.
func toFloat(b *graph.Builder, x *graph.Node) *graph.Node {
	return b.Op(graph.Op{
		Kind: "ToFloat", Inputs: []*graph.Node{x}, Shape: x.Shape(),
		Float32: func() graph.Plan[float32] {
			return graph.Plan[float32]{Forward: func(c *graph.Call[float32]) error {
				for i, v := range c.Ints[0] {
					c.Y[i] = float32(v)
				}
				return nil
			}}
		},
		ONNX: func(to graph.ONNX, in []string) (string, error) {
			return to.Node("Cast", in, graph.Attribute{Name: "to", Value: floatType}), nil
		},
	})
}

// heads has three inputs and three outputs, one of which another layer takes, too.
func heads(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.BatchNorm("norm", b.Output("picture", b.Linear("picture", b.Flatten(x), 4)))
	row := b.Linear("row", b.Input("table", 3), 4)
	tokens := b.Linear("tokens", toFloat(b, b.IntInput("places", 2)), 4)
	h = b.Try(gorgonia.Add(b.Try(gorgonia.Add(h, row)), tokens))
	b.Output("age", b.Linear("age", h, 1))
	return b.Linear("kind", h, 3)
}

// Inputs and outputs have their names and types; an output that a normalization follows is not folded away.
func TestHeads(t *testing.T) {
	params := graph.NewParams(1, tensor.Float32)
	for _, fold := range []bool{false, true} {
		var b bytes.Buffer
		if err := ONNX(&b, heads, params, []int{1, 2, 2}, Options{Fold: fold}); err != nil {
			t.Fatal(err)
		}
		f := decode(t, b.Bytes())
		const inputs = "input 1 [batch 1 2 2]; table 1 [batch 3]; places 6 [batch 2]"
		const outputs = "picture 1 [batch 4]; age 1 [batch 1]; logits 1 [batch 3]"
		if f.input != inputs || f.output != outputs {
			t.Errorf("inputs %s\noutputs %s\nwant %s\nand %s", f.input, f.output, inputs, outputs)
		}
		if f.ops["Identity"] != 2 || f.ops["BatchNormalization"] != 1 || f.ops["Gemm"] != 5 {
			t.Errorf("nodes %q", f.nodes)
		}
	}
}

// A model without a use for x has no such input, and one without a result of its own no logits.
func TestBlind(t *testing.T) {
	blind := func(b *graph.Builder, _ *graph.Node) *graph.Node {
		b.Output("y", b.Linear("f", b.Input("a", 3), 2))
		return nil
	}
	var b bytes.Buffer
	if err := ONNX(&b, blind, graph.NewParams(1, tensor.Float32), []int{1}, Options{}); err != nil {
		t.Fatal(err)
	}
	f := decode(t, b.Bytes())
	want := []string{"Gemm a f.weight f.bias -> f transB=1", "Identity f -> y"}
	if f.input != "a 1 [batch 3]" || f.output != "y 1 [batch 2]" || !slices.Equal(f.nodes, want) {
		t.Errorf("%s to %s by %q", f.input, f.output, f.nodes)
	}
}

// The program itself runs with integers that become numbers.
func TestHeadsRun(t *testing.T) {
	params := graph.NewParams(1, tensor.Float32)
	for _, direct := range []bool{false, true} {
		add := func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Linear("f", toFloat(b, b.IntInput("places", 2)), 1)
		}
		r, err := graph.NewRunner(add, params, graph.Config{Mode: graph.Eval, Shape: []int{2, 1}, Direct: direct})
		if err != nil {
			t.Fatal(err)
		}
		copy(params.Lookup("f.weight").Value().Float32s(), []float32{1, 10})
		copy(params.Lookup("f.bias").Value().Float32s(), []float32{100})
		p, err := r.Run([]float32{0, 0}, nil, graph.Named{Name: "places", Ints: []int32{1, 2, 3, 4}})
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Logits().Float32s(); !slices.Equal(got, []float32{121, 143}) {
			t.Errorf("direct %v: got %v, want 121 and 143", direct, got)
		}
	}
}
