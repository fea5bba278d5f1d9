package graph

import (
	"errors"
	"strings"
)

// sample is a line of testdata/structure.jsonl: a sample of PyTorch's own tests.
type sample struct {
	Kind         string
	Args         map[string]any
	X, Y, Dy, Dx []torchTensor
	Weight, Bias torchTensor
	Dweight      torchTensor
	Dbias        torchTensor
}

type torchTensor struct {
	Shape []int
	Data  []float64
}

// errOther is the error of samples that have no form in this package.
var errOther = errors.New("not expressible")

// pair returns the setting of that name, for each of two axes: a number stands for both.
func (s *sample) pair(name string, unset int) [2]int {
	switch v := s.Args[name].(type) {
	case float64:
		return [2]int{int(v), int(v)}
	case []any:
		switch len(v) {
		case 1:
			return [2]int{int(v[0].(float64)), int(v[0].(float64))}
		case 2:
			return [2]int{whole(v[0], unset), whole(v[1], unset)}
		}
	}
	return [2]int{unset, unset}
}

func whole(v any, unset int) int {
	if f, ok := v.(float64); ok {
		return int(f)
	}
	return unset
}

// is reports whether the kind has that name, as a module or a function.
func (s *sample) is(name string) bool {
	return strings.HasPrefix(strings.ReplaceAll(strings.ToLower(s.Kind), "_", ""), name)
}

func (s *sample) flat() bool { return strings.HasSuffix(s.Kind, "1d") }

// batched returns x with an axis of samples in front, if it has none.
func (s *sample) batched(b *Builder, x *Node) (*Node, bool) {
	rank := 4
	if s.flat() {
		rank = 3
	}
	if x.Dims() == rank {
		return x, false
	}
	return b.Reshape(x, append([]int{1}, x.Shape()...)...), true
}

// draw draws the sample's layer.
func (s *sample) draw(b *Builder, x []*Node) ([]*Node, error) {
	switch {
	case s.is("convtranspose"), s.is("conv"):
		return s.drawConv(b, x[0])
	case s.is("maxpool"), s.is("avgpool"):
		return s.drawPool(b, x[0])
	case s.is("adaptive"):
		return s.drawAdaptive(b, x[0])
	case s.is("upsample"), s.is("interpolate"):
		return s.drawUpsample(b, x[0])
	case strings.Contains(strings.ToLower(s.Kind), "pad"):
		return s.drawPad(b, x[0])
	case s.is("cat"):
		return []*Node{b.Concat(s.pair("dim", 0)[0], x...)}, nil
	case s.is("split"):
		sizes, one := s.Args["sizes"].([]any)
		if !one {
			return b.Split(x[0], s.pair("dim", 0)[0], s.pair("sizes", 0)[0]), nil
		}
		var list []int
		for _, v := range sizes {
			list = append(list, whole(v, 0))
		}
		return b.Split(x[0], s.pair("dim", 0)[0], list...), nil
	}
	return nil, errOther
}

func (s *sample) drawConv(b *Builder, x *Node) ([]*Node, error) {
	x, alone := s.batched(b, x)
	k := s.Weight.Shape[2:]
	kernel := [2]int{k[0], k[len(k)-1]}
	stride, dilation, more := s.pair("stride", 1), s.pair("dilation", 1), s.pair("output_padding", 0)
	opts := []ConvOption{
		Kernel(kernel[0], kernel[1]), Strides(stride[0], stride[1]), Dilations(dilation[0], dilation[1]),
		OutputPaddings(more[0], more[1]), Groups(s.pair("groups", 1)[0]),
	}
	if s.Bias.Shape == nil {
		opts = append(opts, NoBias())
	}
	if s.Args["padding"] == "same" {
		opts = append(opts, SamePadding())
	} else {
		p := s.pair("padding", 0)
		opts = append(opts, Paddings(p[0], p[1]))
	}
	switch s.Args["padding_mode"] {
	case "reflect":
		opts = append(opts, PadReflect)
	case "replicate":
		opts = append(opts, PadReplicate)
	case "circular":
		opts = append(opts, PadCircular)
	}
	var y *Node
	switch {
	case s.is("convtranspose") && s.flat():
		y = b.ConvTranspose1D("layer", x, s.Weight.Shape[1]*s.pair("groups", 1)[0], kernel[1], opts...)
	case s.is("convtranspose"):
		y = b.ConvTranspose2D("layer", x, s.Weight.Shape[1]*s.pair("groups", 1)[0], kernel[1], opts...)
	case s.flat():
		y = b.Conv1D("layer", x, s.Weight.Shape[0], kernel[1], opts...)
	default:
		y = b.Conv2D("layer", x, s.Weight.Shape[0], kernel[1], opts...)
	}
	return s.unbatched(b, y, alone), nil
}

func (s *sample) unbatched(b *Builder, y *Node, alone bool) []*Node {
	if alone && y != nil {
		y = b.Reshape(y, y.Shape()[1:]...)
	}
	return []*Node{y}
}

func (s *sample) drawPool(b *Builder, x *Node) ([]*Node, error) {
	x, alone := s.batched(b, x)
	kernel := s.pair("kernel_size", 0)
	stride, padding, dilation := s.pair("stride", 0), s.pair("padding", 0), s.pair("dilation", 1)
	opts := []PoolOption{
		Kernel(kernel[0], kernel[1]), Paddings(padding[0], padding[1]), Dilations(dilation[0], dilation[1]),
		DivisorOverride(s.pair("divisor_override", 0)[0]),
	}
	if stride[0] != 0 {
		opts = append(opts, Strides(stride[0], stride[1]))
	}
	if s.Args["ceil_mode"] == true {
		opts = append(opts, CeilMode())
	}
	if s.Args["count_include_pad"] == false {
		opts = append(opts, CountIncludePad(false))
	}
	pool := map[string]func(*Node, int, ...PoolOption) *Node{
		"max1": b.MaxPool1D, "max2": b.MaxPool2D, "avg1": b.AvgPool1D, "avg2": b.AvgPool2D,
	}[strings.ToLower(s.Kind[:3])+s.Kind[len(s.Kind)-2:len(s.Kind)-1]]
	return s.unbatched(b, pool(x, kernel[0], opts...), alone), nil
}

func (s *sample) drawAdaptive(b *Builder, x *Node) ([]*Node, error) {
	x, alone := s.batched(b, x)
	size, max := s.pair("output_size", 0), s.is("adaptivemax")
	in := x.Shape()[x.Dims()-2:]
	for i := range size {
		if size[i] == 0 {
			size[i] = in[i] // None: the size of x
		}
	}
	var y *Node
	switch {
	case s.flat() && max:
		y = b.AdaptiveMaxPool1D(x, size[1])
	case s.flat():
		y = b.AdaptiveAvgPool1D(x, size[1])
	case max:
		y = b.AdaptiveMaxPool2D(x, size[0], size[1])
	default:
		y = b.AdaptiveAvgPool2D(x, size[0], size[1])
	}
	return s.unbatched(b, y, alone), nil
}

func (s *sample) drawUpsample(b *Builder, x *Node) ([]*Node, error) {
	var opts []UpsampleOption
	mode, _ := s.Args["mode"].(string)
	corners := s.Args["align_corners"] == true
	switch {
	case s.is("upsamplebilinear"):
		mode, corners = "bilinear", true
	case s.is("upsamplenearest"):
		mode = "nearest"
	}
	if x.Dims() > 4 || mode == "bicubic" || mode == "lanczos" || s.Args["antialias"] == true {
		return nil, errOther
	}
	size := s.pair("size", 0)
	if s.Args["size"] == nil {
		f := []float64{0, 0}
		switch v := s.Args["scale_factor"].(type) {
		case float64:
			f = []float64{v, v}
		case []any:
			f[0], f[1] = v[0].(float64), v[len(v)-1].(float64)
		}
		in := x.Shape()[2:]
		size = [2]int{int(float64(in[0]) * f[0]), int(float64(in[len(in)-1]) * f[1])}
		if s.Args["recompute_scale_factor"] == true {
			opts = append(opts, OutputSize(size[0], size[1]))
		} else {
			opts = append(opts, ScaleFactors(f[0], f[1]))
		}
	} else {
		opts = append(opts, OutputSize(size[0], size[1]))
	}
	switch mode {
	case "area":
		if x.Dims() == 3 {
			return []*Node{b.AdaptiveAvgPool1D(x, size[1])}, nil
		}
		return []*Node{b.AdaptiveAvgPool2D(x, size[0], size[1])}, nil
	case "bilinear", "linear":
		opts = append(opts, Bilinear())
	case "nearest-exact":
		opts = append(opts, NearestExact())
	}
	if corners {
		opts = append(opts, AlignCorners())
	}
	return []*Node{b.Upsample(x, opts...)}, nil
}

func (s *sample) drawPad(b *Builder, x *Node) ([]*Node, error) {
	list, _ := s.Args["pad"].([]any)
	if list == nil {
		list, _ = s.Args["padding"].([]any)
	}
	var sides []int
	for _, v := range list {
		sides = append(sides, whole(v, 0))
	}
	var opts []PadOption
	mode, _ := s.Args["mode"].(string)
	switch name := strings.ToLower(s.Kind) + " " + mode; {
	case strings.Contains(name, "reflect"):
		opts = append(opts, PadReflect)
	case strings.Contains(name, "replic"):
		opts = append(opts, PadReplicate)
	case strings.Contains(name, "circular"):
		opts = append(opts, PadCircular)
	}
	if v, ok := s.Args["value"].(float64); ok {
		opts = append(opts, PadValue(v))
	}
	return []*Node{b.Pad(x, sides, opts...)}, nil
}
