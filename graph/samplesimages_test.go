package graph

import (
	"fmt"
	"strings"
)

func (r *torchRun) flat() bool { return strings.HasSuffix(r.Kind, "1d") }

// image draws the input as samples of images or of rows.
func (r *torchRun) image() (*Node, func(*Node) *Node) {
	if r.flat() {
		return r.batched("input", 3)
	}
	return r.batched("input", 4)
}

func (r *torchRun) drawConv() *Node {
	x, back := r.image()
	w := r.Tensors["weight"].Shape
	kernel := [2]int{w[2], w[len(w)-1]}
	stride, dilation, more := r.pair("stride", 1), r.pair("dilation", 1), r.pair("output_padding", 0)
	groups := r.whole("groups", 1)
	opts := []ConvOption{
		Kernel(kernel[0], kernel[1]), Strides(stride[0], stride[1]), Dilations(dilation[0], dilation[1]),
		OutputPaddings(more[0], more[1]), Groups(groups),
	}
	if !r.has("bias") {
		opts = append(opts, NoBias())
	}
	if r.text("padding") == "same" {
		opts = append(opts, SamePadding())
	} else {
		p := r.pair("padding", 0)
		opts = append(opts, Paddings(p[0], p[1]))
	}
	if mode, ok := torchPadModes[r.text("padding_mode")]; ok {
		opts = append(opts, mode)
	}
	switch r.Kind {
	case "conv_transpose1d":
		return back(r.b.ConvTranspose1D("layer", x, w[1]*groups, kernel[1], opts...))
	case "conv_transpose2d":
		return back(r.b.ConvTranspose2D("layer", x, w[1]*groups, kernel[1], opts...))
	case "conv1d":
		return back(r.b.Conv1D("layer", x, w[0], kernel[1], opts...))
	}
	return back(r.b.Conv2D("layer", x, w[0], kernel[1], opts...))
}

var torchPadModes = map[string]PadMode{"reflect": PadReflect, "replicate": PadReplicate, "circular": PadCircular}

func (r *torchRun) drawPool() *Node {
	x, back := r.image()
	kernel := r.pair("kernel_size", 0)
	stride, padding, dilation := r.pair("stride", 0), r.pair("padding", 0), r.pair("dilation", 1)
	opts := []PoolOption{
		Kernel(kernel[0], kernel[1]), Paddings(padding[0], padding[1]), Dilations(dilation[0], dilation[1]),
		DivisorOverride(r.whole("divisor_override", 0)),
	}
	if stride[0] != 0 {
		opts = append(opts, Strides(stride[0], stride[1]))
	}
	if r.is("ceil_mode") {
		opts = append(opts, CeilMode())
	}
	if r.Args["count_include_pad"] == false {
		opts = append(opts, CountIncludePad(false))
	}
	pool := map[string]func(*Node, int, ...PoolOption) *Node{
		"max_pool1d": r.b.MaxPool1D, "max_pool2d": r.b.MaxPool2D, "avg_pool1d": r.b.AvgPool1D, "avg_pool2d": r.b.AvgPool2D,
	}[r.Kind]
	return back(pool(x, kernel[0], opts...))
}

func (r *torchRun) drawAdaptive() *Node {
	x, back := r.image()
	size := r.pair("output_size", 0)
	for i, in := range x.Shape()[x.Dims()-2:] {
		if size[i] == 0 {
			size[i] = in // None: the size of x
		}
	}
	switch r.Kind {
	case "adaptive_max_pool1d":
		return back(r.b.AdaptiveMaxPool1D(x, size[1]))
	case "adaptive_avg_pool1d":
		return back(r.b.AdaptiveAvgPool1D(x, size[1]))
	case "adaptive_max_pool2d":
		return back(r.b.AdaptiveMaxPool2D(x, size[0], size[1]))
	}
	return back(r.b.AdaptiveAvgPool2D(x, size[0], size[1]))
}

func (r *torchRun) drawPad() *Node {
	opts := []PadOption{torchPadModes[r.text("mode")]}
	if v := r.number("value", 0); v != 0 {
		opts = append(opts, PadValue(v))
	}
	return r.b.Pad(r.input("input"), r.list("pad"), opts...)
}

func (r *torchRun) drawConcat() *Node {
	var x []*Node
	for i := range len(r.Tensors) {
		x = append(x, r.input(fmt.Sprint("x", i)))
	}
	return r.b.Concat(r.whole("dim", 0), x...)
}

func (r *torchRun) drawUpsample() (*Node, error) {
	mode, corners := r.text("mode"), r.is("align_corners")
	switch r.Kind {
	case "upsample_bilinear":
		mode, corners = "bilinear", true
	case "upsample_nearest":
		mode = "nearest"
	}
	switch {
	case r.is("antialias"):
		return nil, unlike("antialias")
	case mode == "lanczos":
		return nil, unlike(mode)
	}
	x := r.input("input")
	in := x.Shape()[2:]
	var opts []UpsampleOption
	size := r.pair("size", 0)
	if r.Args["size"] == nil {
		f := []float64{r.number("scale_factor", 0)}
		if list, ok := r.Args["scale_factor"].([]any); ok {
			f = []float64{list[0].(float64), list[len(list)-1].(float64)}
		}
		high, wide := f[0], f[len(f)-1]
		size = [2]int{int(float64(in[0]) * high), int(float64(in[len(in)-1]) * wide)}
		if r.is("recompute_scale_factor") {
			opts = append(opts, OutputSize(size[0], size[1]))
		} else {
			opts = append(opts, ScaleFactors(high, wide))
		}
	} else {
		opts = append(opts, OutputSize(size[0], size[1]))
	}
	switch mode {
	case "area":
		if x.Dims() == 3 {
			return r.b.AdaptiveAvgPool1D(x, size[1]), nil
		}
		return r.b.AdaptiveAvgPool2D(x, size[0], size[1]), nil
	case "bilinear", "linear":
		opts = append(opts, Bilinear())
	case "bicubic":
		opts = append(opts, Bicubic())
	case "nearest-exact":
		opts = append(opts, NearestExact())
	}
	if corners {
		opts = append(opts, AlignCorners())
	}
	return r.b.Upsample(x, opts...), nil
}
