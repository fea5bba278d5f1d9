package graph

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"gorgonia.org/tensor"
)

// Embedding is PyTorch's, on whole numbers and on integers, with and without a padding row.
func TestEmbeddingMatchesPyTorch(t *testing.T) {
	text, err := os.ReadFile("testdata/embedding.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Shape             []int
		Num, Dim          int
		Padding           *int
		Indices           []float64
		Weight, Y, Dy, Dw []float64
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		for _, integers := range []bool{false, true} {
			for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
				var opts []EmbeddingOption
				if c.Padding != nil {
					opts = append(opts, PaddingIdx(*c.Padding))
				}
				params := NewParams(1, dtype)
				p := newProbe(t, params, Train, c.Shape, func(b *Builder, x *Node) *Node {
					at := x
					if integers {
						at = b.Ints(x)
					}
					e := b.Embedding("e", at, c.Num, c.Dim, opts...)
					return b.Concat(1, b.Reshape(e, 1, -1), b.Reshape(x, 1, -1)) // the probe differentiates by x
				})
				w := params.Lookup("e.weight")
				if c.Padding != nil {
					row := (*c.Padding + c.Num) % c.Num
					for _, v := range floats(w.value)[row*c.Dim:][:c.Dim] {
						if v != 0 {
							t.Errorf("the padding row begins with %v", v)
						}
					}
				}
				setFloats(w.value, c.Weight)
				setFloats(p.x, c.Indices)
				setFloats(p.dy, append(append([]float64(nil), c.Dy...), make([]float64, len(c.Indices))...))
				p.run(t)
				tol := map[tensor.Dtype]float64{tensor.Float32: 1e-6, tensor.Float64: 1e-15}[dtype]
				near(t, "y", floats(p.y.value)[:len(c.Y)], c.Y, tol)
				near(t, "dweight", floats(p.dparams["e.weight"].value), c.Dw, tol)
			}
		}
	}
}

func TestEmbeddingErrors(t *testing.T) {
	for want, opts := range map[string][]EmbeddingOption{
		"graph: e: 0 rows of 3: want at least 1 of each": nil,
		"graph: e: padding index 7: want -7 to 6":        {PaddingIdx(7)},
		"graph: e: padding index -8: want -7 to 6":       {PaddingIdx(-8)},
	} {
		num := 7
		if opts == nil {
			num = 0
		}
		model := func(b *Builder, x *Node) *Node { return b.Flatten(b.Embedding("e", x, num, 3, opts...)) }
		_, err := Compile(model, NewParams(1, tensor.Float32), Config{Mode: Train, Shape: tensor.Shape{2, 4}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	p := newProbe(t, NewParams(1, tensor.Float32), Train, tensor.Shape{2}, func(b *Builder, x *Node) *Node {
		return b.Embedding("e", x, 7, 3)
	})
	for _, bad := range []float64{-1, 7, 0.5} {
		setFloats(p.x, []float64{0, bad})
		const want = "at place 1: want a whole number from 0 to 6"
		if err := p.machine.RunAll(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("index %v: error %v", bad, err)
		}
		p.machine.Reset()
	}
}
