package export

import (
	"os/exec"
	"path/filepath"
	"testing"

	"gorgonia.org/tensor"

	g "anneal/graph"
)

// structures are networks of layers that move, join and resample numbers, and of convolutions and pooling with options
// that ONNX spells otherwise.
var structures = []network{
	{name: "concat", sample: []int{4, 3}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.Concat(-1, b.ReLU(x), x, x)
	}},
	{name: "split", sample: []int{9}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		p := b.Split(x, 1, 4)
		return b.Concat(1, p[2], b.Linear("f", p[0], 3), p[1])
	}},
	{name: "pad", sample: []int{2, 3, 4}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.Pad(x, []int{1, 2, -1, 3, 1, 0}, g.PadValue(0.5))
	}},
	{name: "crop", sample: []int{2, 3, 4}, draw: func(b *g.Builder, x *g.Node) *g.Node { return b.Pad(x, []int{-1, -2}) }},
	{name: "no pad", sample: []int{2, 3}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.ReLU(b.Pad(x, []int{0, 0}))
	}},
	{name: "reflect", sample: []int{2, 3, 4}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.Pad(x, []int{3, -1, 1, 2}, g.PadReflect)
	}},
	{name: "replicate", sample: []int{2, 3, 4}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.Pad(x, []int{5, 1, 0, 2}, g.PadReplicate)
	}},
	{name: "circular", sample: []int{2, 3, 4}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.Pad(x, []int{2, -2, 1, 3}, g.PadCircular)
	}},
	{name: "nearest", sample: []int{2, 3, 4}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.Upsample(x, g.ScaleFactor(2))
	}},
	{name: "nearest to a size", sample: []int{2, 3, 7}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.Upsample(x, g.OutputSize(5, 12))
	}},
	{name: "nearest exact", sample: []int{2, 7}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.Upsample(x, g.ScaleFactor(1.7), g.NearestExact())
	}},
	{name: "bilinear", sample: []int{2, 3, 4}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.Upsample(x, g.ScaleFactors(2, 1.6), g.Bilinear())
	}},
	{name: "bilinear to a size", sample: []int{2, 7, 5}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.Upsample(x, g.OutputSize(11, 3), g.Bilinear())
	}},
	{name: "bilinear with corners", sample: []int{2, 3, 5}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.Upsample(x, g.OutputSize(7, 13), g.Bilinear(), g.AlignCorners())
	}},
	{name: "bicubic", sample: []int{2, 4, 5}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.Upsample(x, g.ScaleFactors(2, 1.6), g.Bicubic())
	}},
	{name: "bicubic with corners", sample: []int{2, 4, 5}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.Upsample(x, g.OutputSize(7, 3), g.Bicubic(), g.AlignCorners())
	}},
	{name: "attention with more keys", sample: []int{4, 6}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		h := b.MultiHeadAttention("a", x, x, x, 2, g.AddBiasKV(), g.AddZeroAttn(), g.Causal())
		return b.MultiHeadAttention("c", h, b.Linear("k", x, 5), x, 3, g.AddZeroAttn())
	}},
	{name: "linear", sample: []int{2, 5}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.Upsample(x, g.ScaleFactor(3), g.Bilinear())
	}},
	{name: "same", sample: []int{2, 5, 6}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		h := b.Conv2D("c", x, 3, 1, g.Kernel(4, 2), g.SamePadding())
		return b.Conv2D("d", h, 3, 3, g.Stride(2), g.PaddingSides(0, 2, 1, 0))
	}},
	{name: "conv circular", sample: []int{2, 5, 6}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.Conv2D("c", x, 3, 3, g.Padding(2), g.PadCircular)
	}},
	{name: "conv 1d", sample: []int{2, 9}, norms: 1, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.ReLU(b.Conv1D("c", x, 4, 4, g.SamePadding(), g.Groups(2)))
	}},
	{name: "transpose", sample: []int{3, 4, 3}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.ReLU(b.ConvTranspose2D("c", x, 2, 3, g.Stride(2), g.Padding(1), g.OutputPaddings(1, 0)))
	}},
	{name: "transpose in groups", sample: []int{4, 4, 3}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.ConvTranspose2D("c", x, 6, 1, g.Kernel(2, 3), g.Strides(1, 3), g.Dilations(3, 1), g.OutputPaddings(2, 1),
			g.Groups(2), g.NoBias())
	}},
	{name: "transpose 1d", sample: []int{3, 5}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.ConvTranspose1D("c", x, 2, 4, g.Stride(3), g.Padding(1), g.OutputPadding(2))
	}},
	{name: "max ceil dilated", sample: []int{2, 7, 8}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.MaxPool2D(x, 3, g.Stride(2), g.Padding(1), g.Dilation(2), g.CeilMode())
	}},
	{name: "max ceil", sample: []int{2, 8, 6}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.MaxPool2D(x, 3, g.Strides(2, 3), g.CeilMode())
	}},
	{name: "max 1d", sample: []int{2, 9}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.MaxPool1D(x, 4, g.SamePadding(), g.Stride(1))
	}},
	{name: "max same", sample: []int{2, 5, 5}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.MaxPool2D(x, 2, g.SamePadding(), g.Stride(1), g.Dilation(3))
	}},
	{name: "average ceil", sample: []int{2, 8, 6}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.AvgPool2D(x, 3, g.Stride(2), g.Padding(1), g.CeilMode())
	}},
	{name: "average without padding", sample: []int{2, 8, 7}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.AvgPool2D(x, 3, g.Stride(2), g.Padding(1), g.CountIncludePad(false))
	}},
	{name: "average without padding ceil", sample: []int{2, 8, 7}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.AvgPool2D(x, 3, g.Stride(2), g.Padding(1), g.CountIncludePad(false), g.CeilMode())
	}},
	{name: "average with divisor", sample: []int{2, 7}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.AvgPool1D(x, 3, g.Stride(2), g.DivisorOverride(5))
	}},
	{name: "adaptive average", sample: []int{2, 7, 6}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.AdaptiveAvgPool2D(x, 3, 4)
	}},
	{name: "adaptive average of whole windows", sample: []int{2, 6, 4}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.AdaptiveAvgPool2D(x, 3, 2)
	}},
	{name: "adaptive max", sample: []int{2, 7, 6}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.AdaptiveMaxPool2D(x, 4, 5)
	}},
	{name: "adaptive 1d", sample: []int{2, 7}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		return b.Concat(2, b.AdaptiveAvgPool1D(x, 5), b.AdaptiveMaxPool1D(x, 7))
	}},
	{name: "tied", sample: []int{2, 6, 6}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		h := b.Conv2D("l", x, 3, 4, g.Stride(2), g.Padding(1))
		return b.Dropout2D("d", b.ConvTranspose2D("m", h, 2, 4, g.Stride(2), g.Padding(1), g.WeightOf("l")), 0.3)
	}},
	{name: "shared", sample: []int{6}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		encode := func(x *g.Node) *g.Node { return b.ReLU(b.BatchNorm("n", b.Linear("l", x, 4))) }
		p := b.Split(x, 1, 3)
		left := encode(p[0])
		b.Share(func() { x = encode(p[1]) })
		return b.Concat(1, left, x)
	}},
	{name: "tied and transposed", sample: []int{5}, draw: func(b *g.Builder, x *g.Node) *g.Node {
		h := b.ReLU(b.Linear("l", x, 3))
		w := b.Param("l.weight", g.Weight, tensor.Shape{3, 5}, g.DefaultInit, g.Fan{})
		return b.DropPath("d", b.Linear("m", h, 5, g.WeightNode(b.Transpose(w, 1, 0))), 0.1)
	}},
}

// flattened returns n with all results in one axis.
func (n network) flattened() network {
	draw := n.draw
	n.draw = func(b *g.Builder, x *g.Node) *g.Node { return b.Flatten(draw(b, x)) }
	return n
}

func TestStructuresRuntime(t *testing.T) {
	r := newRuntime(t)
	for _, n := range structures {
		n = n.flattened()
		params := n.parameters(t, tensor.Float32)
		path := write(t, r.folder, n, n.onnx(t, params, false), false)
		for _, batch := range []int{1, 3} {
			x := n.inputs(batch)
			r.add(t, path, x, logits(t, n.draw, params, x, true))
		}
	}
	r.compare(t, 1e-5)
}

func TestStructuresChecker(t *testing.T) {
	if err := exec.Command("/usr/bin/python3", "-c", "import onnx").Run(); err != nil {
		t.Skip("no python3-onnx: apt-get install python3-onnx")
	}
	args := []string{filepath.Join("testdata", "check.py")}
	folder := t.TempDir()
	for _, n := range structures {
		n = n.flattened()
		args = append(args, write(t, folder, n, n.onnx(t, n.parameters(t, tensor.Float32), true), true))
	}
	if out, err := exec.Command("/usr/bin/python3", args...).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
