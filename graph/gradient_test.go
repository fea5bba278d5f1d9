package graph

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Central differences in float64 agree with every op's gradient, for the input and every parameter.
func TestGradientsAgreeWithCentralDifferences(t *testing.T) {
	image, square, features := tensor.Shape{2, 4, 7, 5}, tensor.Shape{3, 2, 6, 6}, tensor.Shape{5, 6}
	labels := func(b *Builder) *Node {
		v := tensor.New(tensor.WithShape(5), tensor.WithBacking([]int32{0, 5, 2, 2, 1}))
		return gorgonia.NodeFromAny(b.Graph(), v, gorgonia.WithName("labels"))
	}
	for _, c := range []struct {
		name  string
		shape tensor.Shape
		draw  Model
	}{
		{"conv", square, func(b *Builder, x *Node) *Node { return b.Conv2D("l", x, 3, 3) }},
		{"conv without bias", square, func(b *Builder, x *Node) *Node { return b.Conv2D("l", x, 3, 3, NoBias()) }},
		{"conv 2x3 strided padded", image, func(b *Builder, x *Node) *Node {
			return b.Conv2D("l", x, 2, 1, Kernel(2, 3), Strides(2, 1), Paddings(1, 2))
		}},
		{"conv dilated in groups", image, func(b *Builder, x *Node) *Node {
			return b.Conv2D("l", x, 6, 2, Dilations(2, 1), Groups(2))
		}},
		{"conv depthwise", image, func(b *Builder, x *Node) *Node { return b.Conv2D("l", x, 4, 3, Padding(1), Groups(4)) }},
		{"conv 1x1", image, func(b *Builder, x *Node) *Node { return b.Conv2D("l", x, 5, 1) }},
		{"linear", features, func(b *Builder, x *Node) *Node { return b.Linear("l", x, 4) }},
		{"linear without bias", features, func(b *Builder, x *Node) *Node { return b.Linear("l", x, 4, NoBias()) }},
		{"batch norm", square, func(b *Builder, x *Node) *Node { return b.BatchNorm("l", x) }},
		{"batch norm of features", features, func(b *Builder, x *Node) *Node { return b.BatchNorm("l", x, Eps(1e-3)) }},
		{"batch norm not affine", square, func(b *Builder, x *Node) *Node { return b.BatchNorm("l", x, NoAffine()) }},
		{"relu", square, func(b *Builder, x *Node) *Node { return b.ReLU(x) }},
		{"max pool", square, func(b *Builder, x *Node) *Node { return b.MaxPool2D(x, 2) }},
		{"max pool overlapping", image, func(b *Builder, x *Node) *Node { return b.MaxPool2D(x, 3, Stride(2), Padding(1)) }},
		{"average pool", square, func(b *Builder, x *Node) *Node { return b.AvgPool2D(x, 2) }},
		{"average pool overlapping", image, func(b *Builder, x *Node) *Node {
			return b.AvgPool2D(x, 3, Kernel(3, 2), Strides(2, 1), Padding(1))
		}},
		{"global average pool", image, func(b *Builder, x *Node) *Node { return b.GlobalAvgPool2D(x) }},
		{"dropout", square, func(b *Builder, x *Node) *Node { return b.ReLU(b.Dropout("l", b.ReLU(x), 0.4)) }},
		{"flatten", square, func(b *Builder, x *Node) *Node { return b.Flatten(x) }},
		{"reshape", square, func(b *Builder, x *Node) *Node { return b.Reshape(x, 9, -1) }},
		{"transpose", square, func(b *Builder, x *Node) *Node { return b.Transpose(x, 3, 0, 2, 1) }},
		{"transpose that keeps the last axis", image, func(b *Builder, x *Node) *Node { return b.Transpose(x, 2, 0, 1, 3) }},
		{"slice", image, func(b *Builder, x *Node) *Node { return b.Slice(x, 2, 1, 6) }},
		{"slice of samples", features, func(b *Builder, x *Node) *Node { return b.Slice(x, 0, 4, 5) }},
		{"max", image, func(b *Builder, x *Node) *Node { return b.Max(x, 1) }},
		{"max of rows", features, func(b *Builder, x *Node) *Node { return b.Max(x, 0) }},
		{"max of all", features, func(b *Builder, x *Node) *Node { return b.Max(b.Reshape(x, -1), 0) }},
		{"softmax", features, func(b *Builder, x *Node) *Node { return b.SoftMax(x, 1) }},
		{"softmax of channels", image, func(b *Builder, x *Node) *Node { return b.SoftMax(x, 1) }},
		{"log-softmax", features, func(b *Builder, x *Node) *Node { return b.LogSoftMax(x, 1) }},
		{"log-softmax of rows", image, func(b *Builder, x *Node) *Node { return b.LogSoftMax(x, 3) }},
		{"cross-entropy", features, func(b *Builder, x *Node) *Node { return b.CrossEntropy(x, labels(b), 0) }},
		{"smoothed cross-entropy", features, func(b *Builder, x *Node) *Node { return b.CrossEntropy(x, labels(b), 0.2) }},
		{"a small network", square, func(b *Builder, x *Node) *Node {
			h := b.MaxPool2D(b.ReLU(b.BatchNorm("n1", b.Conv2D("c1", x, 3, 3))), 2)
			return b.Linear("f1", b.Flatten(h), 4)
		}},
		{"a residual block", square, func(b *Builder, x *Node) *Node {
			h := b.BatchNorm("n1", b.Conv2D("c1", x, 2, 3, Padding(1)))
			return b.ReLU(b.Try(gorgonia.Add(h, x)))
		}},
		{"between stock ops", features, func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Square(b.Linear("l", b.Try(gorgonia.Tanh(x)), 3)))
		}},
	} {
		for _, mode := range []Mode{Train, Eval} {
			t.Run(fmt.Sprintf("%s/%v", c.name, mode), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(7, 11))
				p := newProbe(t, NewParams(3, tensor.Float64), mode, c.shape, c.draw)
				randomise(p.x, rng)
				randomise(p.dy, rng)
				tensors := map[string]*tensor.Dense{"x": p.x}
				for _, param := range p.params.All() {
					switch {
					case param.Trainable():
						randomise(param.value, rng)
						tensors[param.name] = param.value
					case param.name == "l.running_var":
						setFloats(param.value, []float64{0.5, 2, 1.5, 3, 0.8, 1}[:param.value.DataSize()])
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
			})
		}
	}
}

func randomise(d *tensor.Dense, rng *rand.Rand) {
	v := d.Float64s()
	for i := range v {
		v[i] = rng.NormFloat64()
	}
}

// centralDifferences returns ∂cost/∂d, element by element.
func centralDifferences(t *testing.T, p *probe, d *tensor.Dense) []float64 {
	t.Helper()
	const h = 1e-5
	v := d.Float64s()
	numeric := make([]float64, len(v))
	for i, at := range v {
		v[i] = at + h
		above := p.cost(t)
		v[i] = at - h
		below := p.cost(t)
		v[i] = at
		numeric[i] = (above - below) / (2 * h)
	}
	return numeric
}
