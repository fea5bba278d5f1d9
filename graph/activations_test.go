package graph

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"gorgonia.org/tensor"
)

// activations are the activation functions, by their names in the kernels' vectors of PyTorch.
var activations = map[string]Model{
	"LeakyReLU":       func(b *Builder, x *Node) *Node { return b.LeakyReLU(x, 0.01) },
	"LeakyReLU(0.3)":  func(b *Builder, x *Node) *Node { return b.LeakyReLU(x, 0.3) },
	"LeakyReLU(-0.2)": func(b *Builder, x *Node) *Node { return b.LeakyReLU(x, -0.2) },
	"ELU":             func(b *Builder, x *Node) *Node { return b.ELU(x, 1) },
	"ELU(0.7)":        func(b *Builder, x *Node) *Node { return b.ELU(x, 0.7) },
	"SELU":            (*Builder).SELU,
	"GELU":            (*Builder).GELU,
	"GELUTanh":        (*Builder).GELUTanh,
	"SiLU":            (*Builder).SiLU,
	"Mish":            (*Builder).Mish,
	"Hardswish":       (*Builder).Hardswish,
	"Hardsigmoid":     (*Builder).Hardsigmoid,
	"Sigmoid":         (*Builder).Sigmoid,
	"Tanh":            (*Builder).Tanh,
	"Softplus":        func(b *Builder, x *Node) *Node { return b.Softplus(x, 1, 20) },
	"Softplus(2, 5)":  func(b *Builder, x *Node) *Node { return b.Softplus(x, 2, 5) },
	"PReLU":           func(b *Builder, x *Node) *Node { return b.PReLU("p", x, SlopePerChannel()) },
	"PReLU of one":    func(b *Builder, x *Node) *Node { return b.PReLU("p", x) },
	"PReLU of rows":   func(b *Builder, x *Node) *Node { return b.PReLU("p", x, SlopePerChannel()) },
}

// words are numbers as strings, which may be NaN and infinities.
type words []string

func (w words) numbers(t *testing.T) []float64 {
	t.Helper()
	v := make([]float64, len(w))
	for i, word := range w {
		var err error
		if v[i], err = strconv.ParseFloat(word, 64); err != nil {
			t.Fatal(err)
		}
	}
	return v
}

// Every activation function of the kernels' vectors, in both types: results and gradients are PyTorch's.
func TestActivationsMatchPyTorch(t *testing.T) {
	text, err := os.ReadFile("../internal/kernels/activation/testdata/torch.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name                string
		Shape               []int
		X, W, Y, DY, DX, DW words
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, c := range cases {
		draw := activations[c.Name]
		if draw == nil {
			t.Fatalf("no layer for %s", c.Name)
		}
		seen[c.Name] = true
		shape := tensor.Shape(c.Shape)
		if shape == nil {
			shape = tensor.Shape{2, len(c.X) / 2}
		}
		for dtype, tol := range map[tensor.Dtype]float64{tensor.Float64: 1e-9, tensor.Float32: 3e-6} {
			p := newProbe(t, NewParams(1, dtype), Train, shape, draw)
			setFloats(p.x, c.X.numbers(t))
			setFloats(p.dy, c.DY.numbers(t))
			if c.W != nil {
				setFloats(p.params.Lookup("p.weight").value, c.W.numbers(t))
			}
			p.run(t)
			nearOrNaN(t, c.Name+": y", floats(p.y.value), c.Y.numbers(t), tol)
			nearOrNaN(t, c.Name+": dx", floats(p.dx.value), c.DX.numbers(t), tol)
			if c.W != nil {
				nearOrNaN(t, c.Name+": dweight", floats(p.dparams["p.weight"].value), c.DW.numbers(t), tol)
			}
		}
	}
	if len(seen) != len(activations) {
		t.Errorf("vectors of %d functions, want %d", len(seen), len(activations))
	}
}

// nearOrNaN is near relative to numbers above 1, where NaN is near NaN, and an infinity near itself, alone.
func nearOrNaN(t *testing.T, what string, got, want []float64, tol float64) {
	t.Helper()
	for i, w := range want {
		g := got[i]
		if g != w && (g == g || w == w) && !(math.Abs(g-w) <= tol*max(1, math.Abs(w))) {
			t.Fatalf("%s[%d] = %v, want %v", what, i, g, w)
		}
	}
}

// Central differences agree with the gradients of every activation function, also in evaluation programs and behind a
// product.
func TestActivationGradients(t *testing.T) {
	for name, draw := range activations {
		for _, mode := range []Mode{Train, Eval} {
			rng := rand.New(rand.NewPCG(7, 13))
			p := newProbe(t, NewParams(3, tensor.Float64), mode, tensor.Shape{3, 4}, func(b *Builder, x *Node) *Node {
				return draw(b, b.Linear("l", x, 5))
			})
			randomise(p.x, rng)
			randomise(p.dy, rng)
			p.run(t)
			analytic := append([]float64(nil), floats(p.dx.value)...)
			near(t, fmt.Sprintf("%s, %v: dx", name, mode), analytic, centralDifferences(t, p, p.x), 1e-6)
			for param, r := range p.dparams {
				p.run(t)
				analytic := append([]float64(nil), floats(r.value)...)
				near(t, fmt.Sprintf("%s, %v: d%s", name, mode, param), analytic,
					centralDifferences(t, p, p.params.Lookup(param).value), 1e-6)
			}
		}
	}
}

func TestActivationErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		want string
		draw Model
	}{
		{"LeakyReLU: slope NaN: want a finite", func(b *Builder, x *Node) *Node { return b.LeakyReLU(x, nan) }},
		{"ELU: alpha +Inf: want a finite", func(b *Builder, x *Node) *Node { return b.ELU(x, inf) }},
		{"Softplus: beta 0: want a number", func(b *Builder, x *Node) *Node { return b.Softplus(x, 0, 20) }},
		{"Softplus: threshold NaN: want", func(b *Builder, x *Node) *Node { return b.Softplus(x, 1, nan) }},
		{"GELU: its input is nil", func(b *Builder, _ *Node) *Node { return b.GELU(nil) }},
		{"p: its input has shape (12)", func(b *Builder, x *Node) *Node { return b.PReLU("p", b.Reshape(x, -1)) }},
	} {
		_, err := Compile(c.draw, NewParams(1, tensor.Float32), Config{Mode: Eval, Shape: tensor.Shape{3, 4}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}
