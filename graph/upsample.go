package graph

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"anneal/internal/kernels/resample"
)

// UpsampleOption is a setting of Upsample.
type UpsampleOption func(*upsampleConfig)

type upsampleConfig struct {
	factor  [2]float64 // 0: size says it
	size    [2]int
	mode    resample.Mode
	corners bool
}

// ScaleFactor enlarges height and width by f, greater than 0. A size that is not whole is rounded down.
func ScaleFactor(f float64) UpsampleOption { return ScaleFactors(f, f) }

// ScaleFactors enlarges the height by h and the width by w.
func ScaleFactors(h, w float64) UpsampleOption {
	return func(c *upsampleConfig) { c.factor, c.size = [2]float64{h, w}, [2]int{} }
}

// OutputSize enlarges images to h rows and w columns, each at least 1. On [N, C, L], w is the length, and h is ignored.
func OutputSize(h, w int) UpsampleOption {
	return func(c *upsampleConfig) { c.factor, c.size = [2]float64{}, [2]int{h, w} }
}

// Bilinear interpolates between the nearest places of x: PyTorch's bilinear, on [N, C, L] its linear.
func Bilinear() UpsampleOption { return func(c *upsampleConfig) { c.mode = resample.Bilinear } }

// Bicubic interpolates between the four nearest rows and columns of x: PyTorch's bicubic, for [N, C, H, W]. Keys, 1981,
// Cubic convolution interpolation for digital image processing, with a = −0.75.
func Bicubic() UpsampleOption { return func(c *upsampleConfig) { c.mode = resample.Bicubic } }

// NearestExact takes the place of x whose middle is nearest: PyTorch's nearest-exact.
func NearestExact() UpsampleOption { return func(c *upsampleConfig) { c.mode = resample.NearestExact } }

// AlignCorners makes Bilinear and Bicubic keep the values at the corners: PyTorch's align_corners=True.
func AlignCorners() UpsampleOption { return func(c *upsampleConfig) { c.corners = true } }

// Upsample draws x, [N, C, H, W] or [N, C, L], enlarged to ⌊H·factor⌋ rows and ⌊W·factor⌋ columns, or to a size. By
// default place i of the result is place ⌊i/factor⌋ of x. The options are ScaleFactor, ScaleFactors or OutputSize, one
// of which there must be, Bilinear, Bicubic or NearestExact, and AlignCorners.
//
// Bilinear takes row i of the result from row (i + 1/2)/factor − 1/2 of x, at least 0, and with AlignCorners from row
// i·(H−1)/(H'−1), where a row that is not whole is a weighted mean of the two next to it; columns likewise. Bicubic
// is a sum of four. Factors below 1 shrink. It is PyTorch's Upsample and interpolate, without antialiasing.
func (b *Builder) Upsample(x *Node, opts ...UpsampleOption) *Node {
	const what = "Upsample"
	if !b.open(what, x, 3, 4) {
		return nil
	}
	var c upsampleConfig
	for _, o := range opts {
		o(&c)
	}
	in := x.Shape()
	s := resample.Shape{N: in[0], C: in[1], Mode: c.mode}
	var err error
	if s.W, err = c.axis("width", in[len(in)-1], 1); err == nil {
		s.H = resample.Axis{In: 1, Out: 1}
		if len(in) == 4 {
			s.H, err = c.axis("height", in[2], 0)
		}
	}
	switch nearest := c.mode == resample.Nearest || c.mode == resample.NearestExact; {
	case err != nil:
	case c.corners && nearest:
		err = fmt.Errorf("AlignCorners without Bilinear or Bicubic: add one of them, or leave it out")
	case c.mode == resample.Bicubic && len(in) == 3:
		err = fmt.Errorf("Bicubic on an input of shape %v: want [N, C, H, W]", in)
	}
	if err != nil {
		return b.Fail(fmt.Errorf("graph: %s: %w", what, err))
	}
	shape := tensor.Shape{s.N, s.C, s.H.Out, s.W.Out}
	if len(in) == 3 {
		shape = tensor.Shape{s.N, s.C, s.W.Out}
	}
	return b.Op(Op{
		Kind: what, Inputs: []*Node{x}, Shape: shape, Reads: []int{},
		Float32: func() Plan[float32] { return upsamplePlan[float32](s) },
		Float64: func() Plan[float64] { return upsamplePlan[float64](s) },
		Settings: []Setting{
			{"", []string{"nearest", "nearest-exact", "bilinear", "bicubic"}[c.mode], "nearest"},
			{"align corners", c.corners, false},
			{"factor", c.factors(), 0.0},
			{"size", c.size, [2]int{}},
		},
		ONNX: func(to ONNX, in []string) (string, error) { return c.onnx(to, in[0], s, len(shape)), nil },
	})
}

// factors returns the factors of height and width, one number if they are the same.
func (c *upsampleConfig) factors() any {
	if c.factor[0] == c.factor[1] {
		return c.factor[0]
	}
	return fmt.Sprintf("%vx%v", c.factor[0], c.factor[1])
}

// axis returns the geometry of axis i, height or width, of so many places.
func (c *upsampleConfig) axis(name string, in, i int) (resample.Axis, error) {
	a := resample.Axis{In: in, Out: c.size[i], Corners: c.corners}
	if f := c.factor[i]; f != 0 {
		if !(f > 0) || math.IsInf(f, 0) {
			return a, fmt.Errorf("%s factor %v: want a number greater than 0", name, f)
		}
		a.Out, a.Scale = int(math.Floor(float64(in)*f)), 1/f
	}
	if a.Out < 1 {
		return a, fmt.Errorf("its result has %s %d: want at least 1, set by ScaleFactor or OutputSize", name, a.Out)
	}
	return a, nil
}

func upsamplePlan[T Float](s resample.Shape) Plan[T] {
	p := resample.New[T](s)
	return Plan[T]{
		Forward:  func(c *Call[T]) error { p.Forward(c.Y, c.X[0]); return nil },
		Backward: func(c *Call[T]) error { p.Backward(c.DX[0], c.DY); return nil },
	}
}

// onnx writes a Resize for Bilinear, Bicubic and whole factors. Runtimes round other factors differently, so that
// nearest places are written as lists of them.
func (c *upsampleConfig) onnx(to ONNX, x string, s resample.Shape, rank int) string {
	axes := []resample.Axis{s.H, s.W}[4-rank:]
	nearest := c.mode == resample.Nearest || c.mode == resample.NearestExact
	if nearest && (s.H.Out%s.H.In != 0 || s.W.Out%s.W.In != 0) {
		for i, a := range axes {
			x = to.Node("Gather", []string{x, to.Ints(c.mode.Places(a)...)}, Attribute{"axis", 2 + i})
		}
		return x
	}
	scales := []float32{1, 1}
	for _, a := range axes {
		scales = append(scales, resizeScale(a))
	}
	mode, transformation, rounding := "nearest", "asymmetric", "floor"
	if !nearest {
		mode, transformation = "linear", "half_pixel"
		if c.mode == resample.Bicubic {
			mode = "cubic"
		}
		if c.corners {
			transformation = "align_corners"
		}
	}
	return to.Node("Resize", []string{x, "", to.Floats([]int{rank}, scales)},
		Attribute{"mode", mode}, Attribute{"coordinate_transformation_mode", transformation},
		Attribute{"nearest_mode", rounding})
}

// resizeScale returns the factor from which a runtime computes a.Out = ⌊a.In·factor⌋.
func resizeScale(a resample.Axis) float32 {
	f := float32(a.Out) / float32(a.In)
	if a.Scale != 0 {
		f = float32(1 / a.Scale)
	}
	for math.Floor(float64(a.In)*float64(f)) < float64(a.Out) {
		f = math.Nextafter32(f, math.MaxFloat32)
	}
	return f
}
