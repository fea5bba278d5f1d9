package graph

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// homemade has layers of stock ops beside ours: a product with a transposed weight and a broadcast bias, a scale
// without a dot in its name, a residual sum, and a BatchNorm without parameters that learn.
func homemade(b *Builder, x *Node) *Node {
	h := b.BatchNorm("first", b.Flatten(x), NoAffine())
	w := b.Param("mine.weight", Weight, tensor.Shape{6, 100}, DefaultInit, Fan{In: 100, Out: 6})
	bias := b.Param("mine.bias", Bias, tensor.Shape{1, 6}, DefaultInit, Fan{In: 100, Out: 6})
	h = b.Try(gorgonia.BroadcastAdd(b.Try(gorgonia.Mul(h, b.Try(gorgonia.Transpose(w)))), bias, nil, []byte{0}))
	h = b.ReLU(h)
	scale := b.Param("scale", Weight, tensor.Shape{1, 6}, Constant(0.5), Fan{In: 1, Out: 6})
	h = b.Try(gorgonia.BroadcastHadamardProd(b.Try(gorgonia.Tanh(h)), scale, nil, []byte{0}))
	h = b.ReLU(b.Try(gorgonia.Add(b.BatchNorm("bn", b.Linear("inner", h, 6)), h)))
	return b.Linear("out", h, 5)
}

func watching(t *testing.T, model Model, params *Params, mode Mode) *Program {
	t.Helper()
	p, err := Compile(model, params, Config{Mode: mode, Shape: tensor.Shape{8, 1, 10, 10}, Fuse: true, Watch: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWatchedLayers(t *testing.T) {
	for _, c := range []struct {
		name  string
		model Model
		want  string // name, kind, shape, parameters, "dz" where there is a gradient, the shape behind the ReLU
	}{
		{
			"ours", convNet,
			`conv1 Conv2D (8, 4, 8, 8) [weight bias] dz
bn1 BatchNorm (8, 4, 8, 8) [weight bias running_mean running_var] dz ReLU (8, 4, 8, 8)
conv2 Conv2D (8, 6, 4, 4) [weight bias] dz ReLU (8, 6, 4, 4)
fc1 Linear (8, 8) [weight bias] dz ReLU (8, 8)
fc2 Linear (8, 5) [weight bias] dz`,
		},
		{
			"pooling before ReLU", func(b *Builder, x *Node) *Node {
				return b.Linear("f", b.ReLU(b.Flatten(b.MaxPool2D(b.Conv2D("c", x, 3, 3), 2))), 5)
			},
			`c Conv2D (8, 3, 8, 8) [weight bias] dz ReLU (8, 48)
f Linear (8, 5) [weight bias] dz`,
		},
		{
			"stock ops", homemade,
			`first BatchNorm (8, 100) [running_mean running_var]
mine A × B (8, 6) [weight bias] dz ReLU (8, 6)
scale ⊙ false (8, 6) [scale] dz
inner Linear (8, 6) [weight bias] dz
bn BatchNorm (8, 6) [weight bias running_mean running_var] dz ReLU (8, 6)
out Linear (8, 5) [weight bias] dz`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := watching(t, c.model, NewParams(1, tensor.Float32), Train)
			x, labels := batch(8, 1)
			run(t, p, x, labels)
			var list []string
			for _, l := range p.Watched() {
				var names []string
				for _, param := range l.Params {
					names = append(names, strings.TrimPrefix(param.name, l.Name+"."))
				}
				text := fmt.Sprint(l.Name, " ", l.Kind, " ", l.Shape, " ", names)
				if !l.Value().Shape().Eq(l.Shape) {
					t.Errorf("%s: value of shape %v", text, l.Value().Shape())
				}
				if dz := l.Gradient(); dz != nil {
					text += " dz"
					if !dz.Shape().Eq(l.Shape) {
						t.Errorf("%s: gradient of shape %v", text, dz.Shape())
					}
				}
				if y := l.Rectified(); y != nil {
					text += " ReLU " + fmt.Sprint(y.Shape())
				}
				list = append(list, text)
			}
			if got := strings.Join(list, "\n"); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// A bias is added everywhere, so its gradient is the sum of those at the layer's result; gamma's is that sum weighted
// by the normalised input. The latter also checks Statistics.
func TestWatchedGradientsAddUpToTheParameters(t *testing.T) {
	for name, model := range map[string]Model{"ours": convNet, "stock ops": homemade} {
		t.Run(name, func(t *testing.T) {
			params := NewParams(1, tensor.Float64)
			p := watching(t, model, params, Train)
			x, labels := batch(8, 1)
			wide := tensor.New(tensor.WithShape(8, 1, 10, 10), tensor.WithBacking(slices.Clone(floats(x))))
			run(t, p, wide, labels)
			gradients := map[string][]float64{}
			for _, v := range p.Gradients() {
				g, err := v.Grad()
				if err != nil {
					t.Fatal(err)
				}
				gradients[v.(*Gradient).param.name] = floats(g)
			}
			var before []float64 // the result of the layer before, BatchNorm's input
			for _, l := range p.Watched() {
				z := floats(l.Value())
				want, ok := gradients[l.Name+".bias"]
				if !ok {
					continue
				}
				sums, weighted := make([]float64, len(want)), make([]float64, len(want))
				size := l.Shape.TotalSize() / l.Shape[0] / len(want)
				mean, variance := l.Statistics()
				for i, dz := range floats(l.Gradient()) {
					c := i / size % len(want)
					sums[c] += dz
					if mean != nil {
						weighted[c] += dz * (before[i] - mean[c]) / math.Sqrt(variance[c]+l.Setting("eps").(float64))
					}
				}
				near(t, l.Name+": Σ dz", sums, want, 1e-12)
				if mean != nil {
					near(t, l.Name+": Σ dz·xhat", weighted, gradients[l.Name+".weight"], 1e-12)
				}
				before = z
			}
		})
	}
}

// Watching moves nothing, and a training program goes on as if nobody had watched.
func TestWatchingLeavesEverythingAlone(t *testing.T) {
	x, labels := batch(8, 1)
	var losses, running [2]any
	for i := range 2 {
		params := NewParams(1, tensor.Float32)
		p := compile(t, convNet, params, Train, 8, 1, 10, 10)
		run(t, p, x, labels)
		if i == 1 {
			watched := watching(t, convNet, params, Train)
			before := snapshot(params)
			run(t, watched, x, labels)
			for name, v := range snapshot(params) {
				if !slices.Equal(v, before[name]) {
					t.Errorf("watching moved %s", name)
				}
			}
			if watched.Loss() != p.Loss() {
				t.Errorf("loss %v while watching, %v else", watched.Loss(), p.Loss())
			}
		}
		run(t, p, x, labels)
		losses[i], running[i] = p.Loss(), fmt.Sprint(snapshot(params))
	}
	if losses[0] != losses[1] || running[0] != running[1] {
		t.Errorf("after watching: loss %v, else %v, or other statistics", losses[1], losses[0])
	}
}

// UpTo ends with the node that the layer's own op takes in a whole program.
func TestUpTo(t *testing.T) {
	twice := func(b *Builder, x *Node) *Node {
		h := b.Conv2D("c", x, 3, 3)
		return b.Linear("f", b.Flatten(b.Try(gorgonia.Add(b.ReLU(b.BatchNorm("n", h)), h))), 5)
	}
	for _, c := range []struct {
		name, layer, before string // the layer whose result goes in, "" for the model's input
		model               Model
	}{
		{"a convolution with a second user", "n", "c", twice},
		{"the first layer", "c", "", twice},
		{"a folded convolution", "bn1", "conv1", convNet},
		{"the model's input", "n", "", func(b *Builder, x *Node) *Node {
			return b.Linear("f", b.Flatten(b.BatchNorm("n", x)), 5)
		}},
		{"stock ops before", "inner", "scale", homemade},
	} {
		for _, fuse := range []bool{false, true} {
			params := NewParams(1, tensor.Float32)
			x, labels := batch(8, 1)
			train := compile(t, c.model, params, Train, 8, 1, 10, 10)
			run(t, train, x, labels)
			p, err := Compile(c.model, params, Config{Mode: Eval, Shape: tensor.Shape{8, 1, 10, 10}, Fuse: fuse, UpTo: c.layer})
			if err != nil {
				t.Fatal(err)
			}
			run(t, p, x, nil)
			run(t, p, x, nil)
			want := floats(x)
			watched := watching(t, c.model, params, Eval)
			run(t, watched, x, labels)
			for _, l := range watched.Watched() {
				if l.Name == c.before {
					want = floats(l.Value())
				}
			}
			near(t, c.name, floats(p.Input()), want, 1e-6)
		}
	}
	_, err := Compile(twice, NewParams(1, tensor.Float32),
		Config{Mode: Eval, Shape: tensor.Shape{8, 1, 10, 10}, UpTo: "m"})
	if err == nil || err.Error() != `graph: there is no layer "m": want one of c, f, n` {
		t.Errorf("got %v", err)
	}
}
