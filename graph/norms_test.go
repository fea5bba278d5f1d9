package graph

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"gorgonia.org/tensor"
)

// normModels are the normalizations that take no statistics of a batch, on the shapes that they take.
var normModels = []struct {
	name  string
	shape tensor.Shape
	draw  Model
}{
	{"group", tensor.Shape{3, 4, 3, 2}, func(b *Builder, x *Node) *Node { return b.GroupNorm("l", x, 2) }},
	{"group of features", tensor.Shape{3, 6}, func(b *Builder, x *Node) *Node { return b.GroupNorm("l", x, 3) }},
	{"group without beta", tensor.Shape{2, 4, 5}, func(b *Builder, x *Node) *Node {
		return b.GroupNorm("l", x, 1, NoBeta())
	}},
	{"instance", tensor.Shape{2, 3, 2, 2, 2}, func(b *Builder, x *Node) *Node { return b.InstanceNorm("l", x) }},
	{"affine instance", tensor.Shape{2, 3, 5}, func(b *Builder, x *Node) *Node {
		return b.InstanceNorm("l", x, Affine(), Eps(1e-3))
	}},
	{"layer", tensor.Shape{5, 6}, func(b *Builder, x *Node) *Node { return b.LayerNorm("l", x) }},
	{"layer over two axes", tensor.Shape{3, 2, 4}, func(b *Builder, x *Node) *Node {
		return b.LayerNorm("l", x, Over(2))
	}},
	{"layer without affine", tensor.Shape{3, 2, 4}, func(b *Builder, x *Node) *Node {
		return b.LayerNorm("l", x, NoAffine())
	}},
	{"layer per channel", tensor.Shape{3, 2, 2, 3}, func(b *Builder, x *Node) *Node {
		return b.LayerNorm("l", x, PerChannel())
	}},
	{"root mean square", tensor.Shape{3, 2, 4}, func(b *Builder, x *Node) *Node { return b.RMSNorm("l", x) }},
	{"root mean square per channel", tensor.Shape{3, 2, 4}, func(b *Builder, x *Node) *Node {
		return b.RMSNorm("l", x, PerChannel())
	}},
}

// standardizedModels have layers whose weights are standardized.
var standardizedModels = map[string]Model{
	"conv": func(b *Builder, x *Node) *Node {
		return b.Conv2D("l", x, 3, 2, StandardizeWeight(), NoBias(), Groups(1))
	},
	"linear": func(b *Builder, x *Node) *Node {
		h := b.ReLU(b.BatchNorm("n", b.Linear("k", b.Flatten(x), 4, StandardizeWeight())))
		return b.Linear("l", h, 3, StandardizeWeight())
	},
}

func TestStandardizedWeights(t *testing.T) {
	for name, draw := range standardizedModels {
		for _, mode := range []Mode{Train, Eval} {
			t.Run(fmt.Sprintf("%s/%v", name, mode), func(t *testing.T) {
				checkGradients(t, mode, tensor.Shape{4, 2, 3, 3}, draw, nil)
			})
		}
	}
}

// Central differences in float64 agree with the gradients of the input and of every parameter.
func TestNormGradients(t *testing.T) {
	for _, c := range normModels {
		for _, mode := range []Mode{Train, Eval} {
			t.Run(fmt.Sprintf("%s/%v", c.name, mode), func(t *testing.T) {
				checkGradients(t, mode, c.shape, c.draw, nil)
			})
		}
	}
}

// checkGradients compares the gradients of a model, whose parameters get random values and whose buffers get buffers',
// with central differences.
func checkGradients(t *testing.T, mode Mode, shape tensor.Shape, draw Model, buffers map[string][]float64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(7, 11))
	p := newProbe(t, NewParams(3, tensor.Float64), mode, shape, draw)
	randomise(p.x, rng)
	randomise(p.dy, rng)
	tensors := map[string]*tensor.Dense{"x": p.x}
	for _, param := range p.params.All() {
		if param.Trainable() {
			randomise(param.value, rng)
			tensors[param.name] = param.value
		} else if v := buffers[param.name]; v != nil {
			setFloats(param.value, v)
		}
	}
	p.run(t)
	analytic := map[string][]float64{"x": append([]float64(nil), floats(p.dx.value)...)}
	for name, r := range p.dparams {
		analytic[name] = append([]float64(nil), floats(r.value)...)
	}
	for name, d := range tensors {
		near(t, "d"+name, analytic[name], centralDifferences(t, p, d), 1e-6)
	}
}

// Fused with the ReLU that follows, a normalization computes the same to the bit, and its gradients are the same but
// for rounding. Evaluation programs compute what training programs do, on the machine and without it.
func TestNormsFused(t *testing.T) {
	for _, c := range normModels {
		t.Run(c.name, func(t *testing.T) {
			model := func(b *Builder, x *Node) *Node { return b.Linear("f", b.Flatten(b.ReLU(c.draw(b, x))), 3) }
			params := NewParams(4, tensor.Float32)
			x, labels := zeros(tensor.Float32, c.shape), make([]int32, c.shape[0])
			rng := rand.New(rand.NewPCG(3, 4))
			for i := range x.Float32s() {
				x.Float32s()[i] = float32(2 + rng.NormFloat64())
			}
			at := func(cfg Config) *Program {
				cfg.Shape = c.shape
				p, err := Compile(model, params, cfg)
				if err != nil {
					t.Fatal(err)
				}
				for _, param := range params.Trainable() {
					if param.kind == NormWeight || param.kind == NormBias {
						for i, v := 0, param.value.Float32s(); i < len(v); i++ {
							v[i] = float32(i%3) - 0.8
						}
					}
				}
				run(t, p, x, labels)
				return p
			}
			plain, fused := at(Config{Mode: Train}), at(Config{Mode: Train, Fuse: true})
			if names := opNames(fused); !strings.Contains(names, "Norm l ReLU") {
				t.Fatalf("ops %s: want a normalization with ReLU", names)
			}
			near(t, "logits", floats(fused.Logits()), floats(plain.Logits()), 0)
			for i, v := range plain.Gradients() {
				want, _ := v.Grad()
				got, _ := fused.Gradients()[i].Grad()
				near(t, "d"+v.(*Gradient).param.name, floats(got), floats(want), 1e-6)
			}
			eval, direct := at(Config{Mode: Eval, Fuse: true}), at(Config{Mode: Eval, Fuse: true, Direct: true})
			near(t, "logits in evaluation", floats(eval.Logits()), floats(plain.Logits()), 0)
			near(t, "logits without the machine", floats(direct.Logits()), floats(plain.Logits()), 0)
		})
	}
}

func TestBadNorms(t *testing.T) {
	for want, draw := range map[string]Model{
		"graph: l: 3 groups of 4 channels: want a divisor of 4": func(b *Builder, x *Node) *Node {
			return b.GroupNorm("l", x, 3)
		},
		"graph: l: 0 groups of 4 channels: want a divisor of 4": func(b *Builder, x *Node) *Node {
			return b.GroupNorm("l", x, 0)
		},
		"graph: l: over 4 axes of shape (2, 4, 1, 1): want 1 to 3": func(b *Builder, x *Node) *Node {
			return b.LayerNorm("l", x, Over(4))
		},
		"graph: l: eps 0: want a number greater than 0": func(b *Builder, x *Node) *Node {
			return b.RMSNorm("l", x, Eps(0))
		},
		"graph: l: its input has shape (2, 4, 1, 1), one value per channel": func(b *Builder, x *Node) *Node {
			return b.InstanceNorm("l", x)
		},
		"graph: l: its input has shape (2, 4), want [N, C, L] or [N, C, H, W] or": func(b *Builder, x *Node) *Node {
			return b.InstanceNorm("l", b.Flatten(x))
		},
		"graph: l: its weight has shape (4, 1), one value per output": func(b *Builder, x *Node) *Node {
			return b.Linear("l", b.Linear("k", b.Flatten(x), 1), 4, StandardizeWeight())
		},
		"graph: l: StandardizeWeight is for convolutions that are not transposed": func(b *Builder, x *Node) *Node {
			return b.ConvTranspose2D("l", x, 3, 2, StandardizeWeight())
		},
		"graph: l: StandardizeWeight is for convolutions and Linear": func(b *Builder, x *Node) *Node {
			return b.GRU("l", b.Reshape(x, 2, 2, 2), 3, StandardizeWeight()).Y
		},
		`graph: two layers have the name "l"`: func(b *Builder, x *Node) *Node {
			return b.LayerNorm("l", b.GroupNorm("l", x, 2))
		},
	} {
		_, err := Compile(func(b *Builder, x *Node) *Node { return b.Flatten(draw(b, x)) }, NewParams(1, tensor.Float32),
			Config{Mode: Eval, Shape: tensor.Shape{2, 4, 1, 1}})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
