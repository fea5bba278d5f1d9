package graph

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// readJSON reads a file of vectors.
func readJSON(t *testing.T, path string, v any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, v)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// In both types, a TransformerEncoderLayer's result and gradients are PyTorch's, and so are its parameters' names.
func TestTransformerEncoderLayerMatchesPyTorch(t *testing.T) {
	var cases []struct {
		NormFirst     bool `json:"norm_first"`
		GELU, Causal  bool
		X, Y, DY, DX  []float64
		Params, Grads map[string][]float64
	}
	readJSON(t, "testdata/transformer.json", &cases)
	for i, c := range cases {
		opts := []TransformerOption{TransformerDropout(0), TransformerEps(1e-4)}
		if c.NormFirst {
			opts = append(opts, NormFirst())
		}
		if c.GELU {
			opts = append(opts, WithGELU())
		}
		if c.Causal {
			opts = append(opts, Attend(Causal()))
		}
		draw := func(b *Builder, x *Node) *Node { return b.TransformerEncoderLayer("l", x, 2, 9, opts...) }
		for dtype, tol := range map[tensor.Dtype]float64{tensor.Float64: 1e-9, tensor.Float32: 1e-4} {
			p := newProbe(t, NewParams(1, dtype), Train, tensor.Shape{3, 5, 6}, draw)
			if got := len(p.params.Trainable()); got != len(c.Params) {
				t.Fatalf("%d parameters, want %d", got, len(c.Params))
			}
			for name, v := range c.Params {
				setFloats(p.params.Lookup("l."+name).value, v)
			}
			setFloats(p.x, c.X)
			setFloats(p.dy, c.DY)
			p.run(t)
			near(t, fmt.Sprint(i, " y"), floats(p.y.value), c.Y, tol)
			near(t, fmt.Sprint(i, " dx"), floats(p.dx.value), c.DX, tol)
			for name, v := range c.Grads {
				near(t, fmt.Sprint(i, " d", name), floats(p.dparams["l."+name].value), v, tol)
			}
		}
	}
}

// attentionCase is a case of the kernels' vectors of PyTorch's MultiheadAttention.
type attentionCase struct {
	Name                         string
	N, Queries, Keys, Heads, Dim int
	Causal                       bool
	Pairs, Padding               []float64
	Inputs, DInputs              [][]float64
	Y, DY                        []float64
	Weights, DWeights            map[string][]float64
}

// draw draws the case. The query is x, and the key and the value are parameters, so that they have gradients too.
func (c attentionCase) draw(b *Builder, x *Node) *Node {
	width := c.Heads * c.Dim
	inputs := []*Node{x}
	for i := range c.Inputs[1:] {
		inputs = append(inputs, b.Param(fmt.Sprint("input", i+1), Weight, tensor.Shape{c.N, c.Keys, width},
			Constant(0), Fan{}))
	}
	constant := func(name string, shape tensor.Shape, v []float64) *Node {
		d := zeros(b.params.dtype, shape)
		values := append([]float64(nil), v...)
		for i, m := range values {
			if m < -1e299 {
				values[i] = math.Inf(-1)
			}
		}
		setFloats(d, values)
		return gorgonia.NodeFromAny(b.g, d, gorgonia.WithName(name))
	}
	var opts []AttentionOption
	if c.Causal {
		opts = append(opts, Causal())
	}
	if c.Weights["in_proj_bias"] == nil {
		opts = append(opts, NoBias())
	}
	if c.Pairs != nil {
		shape := tensor.Shape{c.Queries, c.Keys}
		if len(c.Pairs) > c.Queries*c.Keys {
			shape = tensor.Shape{c.N * c.Heads, c.Queries, c.Keys}
		}
		opts = append(opts, PairMask(constant("pairs", shape, c.Pairs)))
	}
	if c.Padding != nil {
		opts = append(opts, KeyMask(constant("padding", tensor.Shape{c.N, c.Keys}, c.Padding)))
	}
	last := len(inputs) - 1
	return b.MultiHeadAttention("a", x, inputs[min(1, last)], inputs[last], c.Heads, opts...)
}

// In both types, MultiHeadAttention's result and gradients are PyTorch's, with one, two and three inputs and all masks.
func TestMultiHeadAttentionMatchesPyTorch(t *testing.T) {
	var cases []attentionCase
	readJSON(t, "../internal/kernels/attention/testdata/torch.json", &cases)
	for _, c := range cases {
		for dtype, tol := range map[tensor.Dtype]float64{tensor.Float64: 1e-9, tensor.Float32: 1e-4} {
			p := newProbe(t, NewParams(1, dtype), Train, tensor.Shape{c.N, c.Queries, c.Heads * c.Dim}, c.draw)
			for name, v := range c.Weights {
				setFloats(p.params.Lookup("a."+name).value, v)
			}
			for i, v := range c.Inputs[1:] {
				setFloats(p.params.Lookup(fmt.Sprint("input", i+1)).value, v)
			}
			setFloats(p.x, c.Inputs[0])
			setFloats(p.dy, c.DY)
			p.run(t)
			near(t, c.Name+": y", floats(p.y.value), c.Y, tol)
			near(t, c.Name+": dx", floats(p.dx.value), c.DInputs[0], tol)
			for i, v := range c.DInputs[1:] {
				near(t, fmt.Sprint(c.Name, ": dx", i+1), floats(p.dparams[fmt.Sprint("input", i+1)].value), v, tol)
			}
			for name, v := range c.DWeights {
				near(t, c.Name+": d"+name, floats(p.dparams["a."+name].value), v, tol)
			}
		}
	}
}

// Linear on more than two axes computes what it computes of the rows.
func TestLinearOnTheLastAxis(t *testing.T) {
	x := counting(3, 4, 5)
	_, want := evaluate(t, x, func(b *Builder, x *Node) *Node {
		return b.Reshape(b.Linear("l", b.Reshape(x, 12, 5), 2), 3, 4, 2)
	})
	shape, got := evaluate(t, x, func(b *Builder, x *Node) *Node { return b.Linear("l", x, 2) })
	near(t, "y", got, want, 0)
	if !shape.Eq(tensor.Shape{3, 4, 2}) {
		t.Errorf("shape %v, want (3, 4, 2)", shape)
	}
}

// The rows of SinusoidalPositions hold sines and cosines whose wavelengths grow from 2π.
func TestSinusoidalPositions(t *testing.T) {
	p := sinusoids[float64](4, 6)
	near(t, "row 0", p[:6], []float64{0, 1, 0, 1, 0, 1}, 0)
	third := math.Pow(10000, -1.0/3)
	near(t, "row 3", p[18:], []float64{
		math.Sin(3), math.Cos(3), math.Sin(3 * third), math.Cos(3 * third), math.Sin(3 * third * third),
		math.Cos(3 * third * third),
	}, 1e-12)
}

func TestAttentionErrors(t *testing.T) {
	for _, c := range []struct {
		want string
		draw Model
	}{
		{"a: its input has shape (2, 6), want [N, C, L]", func(b *Builder, x *Node) *Node {
			h := b.Slice(x, 1, 0, 1)
			h = b.Reshape(h, 2, 6)
			return b.MultiHeadAttention("a", h, h, h, 2)
		}},
		{"a: 4 heads: want a number that divides the 6 channels", func(b *Builder, x *Node) *Node {
			return b.MultiHeadAttention("a", x, x, x, 4)
		}},
		{"a: dropout probability 1: want 0 ≤ p < 1", func(b *Builder, x *Node) *Node {
			return b.MultiHeadAttention("a", x, x, x, 2, AttentionDropout(1))
		}},
		{"a: keys of shape (2, 18): want [2, S, K]", func(b *Builder, x *Node) *Node {
			h := b.Flatten(x)
			return b.MultiHeadAttention("a", x, h, h, 2)
		}},
		{"a: values of shape (2, 3, 6): want [2, 2, V]", func(b *Builder, x *Node) *Node {
			return b.MultiHeadAttention("a", x, b.Slice(x, 1, 0, 2), x, 2)
		}},
		{"a: PairMask of shape (2, 3, 6): want (3, 3) or (4, 3, 3)", func(b *Builder, x *Node) *Node {
			return b.MultiHeadAttention("a", x, x, x, 2, PairMask(x))
		}},
		{"a: KeyMask of shape (2, 3, 6): want (2, 3)", func(b *Builder, x *Node) *Node {
			return b.MultiHeadAttention("a", x, x, x, 2, KeyMask(x))
		}},
		{"a: a mask depends on a parameter", func(b *Builder, x *Node) *Node {
			mask := b.Param("mask", Weight, tensor.Shape{3, 3}, Constant(0), Fan{})
			return b.MultiHeadAttention("a", x, x, x, 2, PairMask(mask))
		}},
		{"l: its input is of shape (2, 18), want [N, T, C]", func(b *Builder, x *Node) *Node {
			return b.TransformerEncoderLayer("l", b.Flatten(x), 2, 9)
		}},
		{"l.linear1: 0 outputs: want at least 1", func(b *Builder, x *Node) *Node {
			return b.TransformerEncoderLayer("l", x, 2, 0)
		}},
		{"l: its input has shape (36), want [N, C] or", func(b *Builder, x *Node) *Node {
			return b.Linear("l", b.Reshape(x, -1), 2)
		}},
	} {
		_, err := Compile(c.draw, NewParams(1, tensor.Float32), Config{Mode: Eval, Shape: tensor.Shape{2, 3, 6}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}
