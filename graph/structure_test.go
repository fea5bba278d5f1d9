package graph

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"gorgonia.org/tensor"
)

// structureCases are layers that move, join and resample numbers, and convolutions and pooling with all their options.
var structureCases = []struct {
	name  string
	shape tensor.Shape
	draw  Model
}{
	{"concat of channels", tensor.Shape{2, 3, 4, 3}, func(b *Builder, x *Node) *Node {
		return b.Concat(1, b.Conv2D("l", x, 2, 1), x, b.ReLU(x))
	}},
	{"concat of one node twice", tensor.Shape{3, 5}, func(b *Builder, x *Node) *Node { return b.Concat(-1, x, x) }},
	{"concat of samples", tensor.Shape{3, 5}, func(b *Builder, x *Node) *Node {
		return b.Concat(0, x, b.Linear("l", x, 5))
	}},
	{"split and concat", tensor.Shape{2, 7}, func(b *Builder, x *Node) *Node {
		p := b.Split(x, -1, 3)
		return b.Concat(1, p[2], b.Linear("l", p[0], 2), p[1])
	}},
	{"slice from the end", tensor.Shape{2, 5, 3}, func(b *Builder, x *Node) *Node {
		return b.Transpose(b.Slice(x, -2, -3, -1), 0, -1, 1)
	}},
	{"pad", tensor.Shape{2, 2, 3, 4}, func(b *Builder, x *Node) *Node {
		return b.Pad(x, []int{1, 2, -1, 1}, PadValue(0.5))
	}},
	{"pad channels", tensor.Shape{2, 2, 3}, func(b *Builder, x *Node) *Node { return b.Pad(x, []int{0, 0, 1, 2}) }},
	{"pad reflected", tensor.Shape{2, 2, 3, 4}, func(b *Builder, x *Node) *Node {
		return b.Pad(x, []int{3, 2, 0, 1}, PadReflect)
	}},
	{"pad replicated", tensor.Shape{2, 3, 4}, func(b *Builder, x *Node) *Node {
		return b.Pad(x, []int{5, 1}, PadReplicate)
	}},
	{"pad circular", tensor.Shape{2, 2, 3, 4}, func(b *Builder, x *Node) *Node {
		return b.Pad(x, []int{2, -2, 1, 3}, PadCircular)
	}},
	{"upsample", tensor.Shape{2, 2, 3, 4}, func(b *Builder, x *Node) *Node { return b.Upsample(x, ScaleFactor(2)) }},
	{"upsample to a size", tensor.Shape{2, 2, 3, 4}, func(b *Builder, x *Node) *Node {
		return b.Upsample(x, OutputSize(5, 7))
	}},
	{"upsample exact", tensor.Shape{2, 2, 7}, func(b *Builder, x *Node) *Node {
		return b.Upsample(x, ScaleFactor(1.7), NearestExact())
	}},
	{"upsample bilinear", tensor.Shape{2, 2, 3, 4}, func(b *Builder, x *Node) *Node {
		return b.Upsample(x, ScaleFactors(2, 1.5), Bilinear())
	}},
	{"upsample with corners", tensor.Shape{2, 2, 3, 4}, func(b *Builder, x *Node) *Node {
		return b.Upsample(x, OutputSize(6, 2), Bilinear(), AlignCorners())
	}},
	{"upsample linear", tensor.Shape{2, 2, 4}, func(b *Builder, x *Node) *Node {
		return b.Upsample(x, OutputSize(1, 9), Bilinear())
	}},
	{"conv same", tensor.Shape{2, 2, 5, 6}, func(b *Builder, x *Node) *Node {
		return b.Conv2D("l", x, 3, 1, Kernel(4, 2), Dilations(1, 3), SamePadding())
	}},
	{"conv same with stride", tensor.Shape{2, 2, 5, 6}, func(b *Builder, x *Node) *Node {
		return b.Conv2D("l", x, 3, 3, Stride(2), SamePadding())
	}},
	{"conv padded on sides", tensor.Shape{2, 2, 5, 6}, func(b *Builder, x *Node) *Node {
		return b.Conv2D("l", x, 3, 3, PaddingSides(0, 2, 1, 0))
	}},
	{"conv reflected", tensor.Shape{2, 2, 5, 6}, func(b *Builder, x *Node) *Node {
		return b.Conv2D("l", x, 3, 3, Padding(2), PadReflect)
	}},
	{"conv circular same", tensor.Shape{2, 2, 5, 6}, func(b *Builder, x *Node) *Node {
		return b.Conv2D("l", x, 3, 4, SamePadding(), PadCircular)
	}},
	{"conv 1d", tensor.Shape{3, 2, 9}, func(b *Builder, x *Node) *Node {
		return b.Conv1D("l", x, 4, 3, Stride(2), Padding(1), Dilation(2), Groups(2))
	}},
	{"conv 1d replicated", tensor.Shape{3, 2, 9}, func(b *Builder, x *Node) *Node {
		return b.Conv1D("l", x, 3, 4, SamePadding(), PadReplicate)
	}},
	{"conv transpose", tensor.Shape{2, 3, 4, 3}, func(b *Builder, x *Node) *Node {
		return b.ConvTranspose2D("l", x, 2, 3, Stride(2), Padding(1), OutputPadding(1))
	}},
	{"conv transpose in groups", tensor.Shape{2, 4, 4, 3}, func(b *Builder, x *Node) *Node {
		return b.ConvTranspose2D("l", x, 6, 1, Kernel(2, 3), Strides(1, 3), Dilations(3, 1), OutputPaddings(2, 1), Groups(2),
			NoBias())
	}},
	{"conv transpose depthwise", tensor.Shape{2, 4, 4, 3}, func(b *Builder, x *Node) *Node {
		return b.ConvTranspose2D("l", x, 4, 4, Stride(2), Padding(1), Groups(4))
	}},
	{"conv transpose 1d", tensor.Shape{2, 3, 5}, func(b *Builder, x *Node) *Node {
		return b.ConvTranspose1D("l", x, 2, 4, Stride(3), Padding(1), OutputPadding(2))
	}},
	{"conv transpose and relu", tensor.Shape{2, 3, 4, 3}, func(b *Builder, x *Node) *Node {
		return b.ReLU(b.ConvTranspose2D("l", x, 2, 2, Stride(2)))
	}},
	{"max pool ceil dilated", tensor.Shape{2, 2, 7, 8}, func(b *Builder, x *Node) *Node {
		return b.MaxPool2D(x, 3, Stride(2), Padding(1), Dilation(2), CeilMode())
	}},
	{"max pool ceil", tensor.Shape{2, 2, 7, 8}, func(b *Builder, x *Node) *Node {
		return b.MaxPool2D(x, 3, Stride(2), CeilMode())
	}},
	{"max pool 1d", tensor.Shape{2, 2, 9}, func(b *Builder, x *Node) *Node { return b.MaxPool1D(x, 3, Stride(2)) }},
	{"average pool ceil", tensor.Shape{2, 2, 7, 8}, func(b *Builder, x *Node) *Node {
		return b.AvgPool2D(x, 3, Stride(2), Padding(1), CeilMode())
	}},
	{"average pool without padding", tensor.Shape{2, 2, 7, 8}, func(b *Builder, x *Node) *Node {
		return b.AvgPool2D(x, 3, Stride(2), Padding(1), CountIncludePad(false))
	}},
	{"average pool without padding ceil", tensor.Shape{2, 2, 6, 8}, func(b *Builder, x *Node) *Node {
		return b.AvgPool2D(x, 3, Stride(2), Padding(1), CountIncludePad(false), CeilMode())
	}},
	{"average pool with divisor", tensor.Shape{2, 2, 7}, func(b *Builder, x *Node) *Node {
		return b.AvgPool1D(x, 3, Stride(2), DivisorOverride(5))
	}},
	{"average pool same", tensor.Shape{2, 2, 7, 5}, func(b *Builder, x *Node) *Node {
		return b.AvgPool2D(x, 2, Stride(1), SamePadding(), CountIncludePad(false))
	}},
	{"adaptive average", tensor.Shape{2, 2, 7, 6}, func(b *Builder, x *Node) *Node {
		return b.AdaptiveAvgPool2D(x, 3, 2)
	}},
	{"adaptive average of whole windows", tensor.Shape{2, 2, 6, 4}, func(b *Builder, x *Node) *Node {
		return b.AdaptiveAvgPool2D(x, 3, 2)
	}},
	{"adaptive max", tensor.Shape{2, 2, 7, 6}, func(b *Builder, x *Node) *Node { return b.AdaptiveMaxPool2D(x, 4, 5) }},
	{"adaptive average 1d", tensor.Shape{2, 2, 7}, func(b *Builder, x *Node) *Node { return b.AdaptiveAvgPool1D(x, 5) }},
	{"adaptive max 1d", tensor.Shape{2, 2, 6}, func(b *Builder, x *Node) *Node { return b.AdaptiveMaxPool1D(x, 3) }},
	{"dropout of channels", tensor.Shape{3, 4, 2, 2}, func(b *Builder, x *Node) *Node {
		return b.ReLU(b.Dropout2D("l", b.ReLU(x), 0.4))
	}},
	{"drop path", tensor.Shape{6, 3}, func(b *Builder, x *Node) *Node {
		return b.Concat(1, x, b.DropPath("l", b.Linear("f", x, 4), 0.4))
	}},
	{"tied weights", tensor.Shape{3, 4}, func(b *Builder, x *Node) *Node {
		h := b.Linear("l", x, 4)
		w := b.Param("l.weight", Weight, tensor.Shape{4, 4}, DefaultInit, Fan{})
		return b.Linear("n", b.Linear("m", h, 4, WeightOf("l")), 4, WeightNode(b.Transpose(w, 1, 0)), NoBias())
	}},
	{"a convolution turned around", tensor.Shape{2, 2, 6, 6}, func(b *Builder, x *Node) *Node {
		h := b.Conv2D("l", x, 3, 4, Stride(2), Padding(1))
		return b.ConvTranspose2D("m", h, 2, 4, Stride(2), Padding(1), WeightOf("l"))
	}},
}

// Central differences in float64 agree with the gradients, fused and not.
func TestStructureGradients(t *testing.T) {
	for _, c := range structureCases {
		for _, mode := range []Mode{Train, Eval} {
			t.Run(fmt.Sprintf("%s/%v", c.name, mode), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(7, 11))
				p := newProbe(t, NewParams(3, tensor.Float64), mode, c.shape, c.draw)
				randomise(p.x, rng)
				randomise(p.dy, rng)
				tensors := map[string]*tensor.Dense{"x": p.x}
				for _, param := range p.params.All() {
					randomise(param.value, rng)
					tensors[param.name] = param.value
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
