package gradcheck_test

import (
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/graph/gradcheck"
)

// Central differences in float64 agree with every op's gradient, for the input and every parameter.
func TestGradientsAgreeWithCentralDifferences(t *testing.T) {
	image, square, features := tensor.Shape{2, 4, 7, 5}, tensor.Shape{3, 2, 6, 6}, tensor.Shape{5, 6}
	classes := func(b *graph.Builder) *graph.Node {
		v := tensor.New(tensor.WithShape(5), tensor.WithBacking([]int32{0, 5, 2, 2, 1}))
		return gorgonia.NodeFromAny(b.Graph(), v, gorgonia.WithName("classes"))
	}
	for _, c := range []struct {
		name  string
		shape tensor.Shape
		draw  graph.Model
	}{
		{"conv", square, func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Conv2D("l", x, 3, 3) }},
		{"conv without bias", square, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Conv2D("l", x, 3, 3, graph.NoBias())
		}},
		{"conv 2x3 strided padded", image, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Conv2D("l", x, 2, 1, graph.Kernel(2, 3), graph.Strides(2, 1), graph.Paddings(1, 2))
		}},
		{"conv dilated in groups", image, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Conv2D("l", x, 6, 2, graph.Dilations(2, 1), graph.Groups(2))
		}},
		{"conv depthwise", image, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Conv2D("l", x, 4, 3, graph.Padding(1), graph.Groups(4))
		}},
		{"conv 1x1", image, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Conv2D("l", x, 5, 1)
		}},
		{"linear", features, func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("l", x, 4) }},
		{"linear without bias", features, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Linear("l", x, 4, graph.NoBias())
		}},
		{"batch norm", square, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.BatchNorm("l", x)
		}},
		{"batch norm of features", features, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.BatchNorm("l", x, graph.Eps(1e-3))
		}},
		{"batch norm not affine", square, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.BatchNorm("l", x, graph.NoAffine())
		}},
		{"relu", square, func(b *graph.Builder, x *graph.Node) *graph.Node { return b.ReLU(x) }},
		{"max pool", square, func(b *graph.Builder, x *graph.Node) *graph.Node { return b.MaxPool2D(x, 2) }},
		{"max pool overlapping", image, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.MaxPool2D(x, 3, graph.Stride(2), graph.Padding(1))
		}},
		{"average pool", square, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.AvgPool2D(x, 2)
		}},
		{"average pool overlapping", image, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.AvgPool2D(x, 3, graph.Kernel(3, 2), graph.Strides(2, 1), graph.Padding(1))
		}},
		{"global average pool", image, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.GlobalAvgPool2D(x)
		}},
		{"dropout", square, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.ReLU(b.Dropout("l", b.ReLU(x), 0.4))
		}},
		{"flatten", square, func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Flatten(x) }},
		{"reshape", square, func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Reshape(x, 9, -1) }},
		{"transpose", square, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Transpose(x, 3, 0, 2, 1)
		}},
		{"transpose that keeps the last axis", image, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Transpose(x, 2, 0, 1, 3)
		}},
		{"slice", image, func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Slice(x, 2, 1, 6) }},
		{"slice of samples", features, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Slice(x, 0, 4, 5)
		}},
		{"max", image, func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Max(x, 1) }},
		{"max of rows", features, func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Max(x, 0) }},
		{"max of all", features, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Max(b.Reshape(x, -1), 0)
		}},
		{"softmax", features, func(b *graph.Builder, x *graph.Node) *graph.Node { return b.SoftMax(x, 1) }},
		{"softmax of channels", image, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.SoftMax(x, 1)
		}},
		{"log-softmax", features, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.LogSoftMax(x, 1)
		}},
		{"log-softmax of rows", image, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.LogSoftMax(x, 3)
		}},
		{"cross-entropy", features, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.CrossEntropy(x, classes(b), 0)
		}},
		{"smoothed cross-entropy", features, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.CrossEntropy(x, classes(b), 0.2)
		}},
		{"instance norm with statistics", image, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.ReLU(b.InstanceNorm("l", x, graph.Affine(), graph.TrackStats(0.1)))
		}},
		{"bicubic", image, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Upsample(x, graph.OutputSize(11, 3), graph.Bicubic())
		}},
		{"a small network", square, func(b *graph.Builder, x *graph.Node) *graph.Node {
			h := b.MaxPool2D(b.ReLU(b.BatchNorm("n1", b.Conv2D("c1", x, 3, 3))), 2)
			return b.Linear("f1", b.Flatten(h), 4)
		}},
		{"a residual block", square, func(b *graph.Builder, x *graph.Node) *graph.Node {
			h := b.BatchNorm("n1", b.Conv2D("c1", x, 2, 3, graph.Padding(1)))
			return b.ReLU(b.Try(gorgonia.Add(h, x)))
		}},
		{"sum", image, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Add(x, b.Scale(x, -0.3), b.ReLU(x))
		}},
		{"rectified sum", image, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.ReLU(b.Add(x, b.Conv2D("l", x, 4, 3, graph.Padding(1))))
		}},
		{"product", features, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Mul(x, b.Linear("l", x, 6), b.Scale(x, 2))
		}},
		{"the end of a residual block", square, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.ReLU(b.Add(x, b.BatchNorm("l", b.Conv2D("c", x, 2, 3, graph.Padding(1)))))
		}},
		{"a sum of two norms", square, func(b *graph.Builder, x *graph.Node) *graph.Node {
			y := b.BatchNorm("n", b.Conv2D("d", x, 2, 1), graph.NoAffine())
			return b.Add(b.BatchNorm("l", b.Conv2D("c", x, 2, 3, graph.Padding(1))), y)
		}},
		{"between stock ops", features, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Try(gorgonia.Square(b.Linear("l", b.Try(gorgonia.Tanh(x)), 3)))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := gradcheck.Check(c.draw, c.shape, gradcheck.Options{Seed: 3, Set: variances}); err != nil {
				t.Error(err)
			}
		})
	}
}

// variances gives the running variance other values than a batch's.
func variances(params *graph.Params) {
	if v := params.Lookup("l.running_var"); v != nil {
		copy(v.Value().Float64s(), []float64{0.5, 2, 1.5, 3, 0.8, 1})
	}
}

// double draws 2·x with the gradient slope.
func double(b *graph.Builder, x *graph.Node, slope float64) *graph.Node {
	return b.Op(graph.Op{
		Kind: "Double", Inputs: []*graph.Node{x}, Shape: x.Shape(), Reads: []int{},
		Float64: func() graph.Plan[float64] {
			return graph.Plan[float64]{
				Forward: func(c *graph.Call[float64]) error {
					for i, v := range c.X[0] {
						c.Y[i] = 2 * v
					}
					return nil
				},
				Backward: func(c *graph.Call[float64]) error {
					for i, v := range c.DY {
						c.DX[0][i] = slope * v
					}
					return nil
				},
			}
		},
	})
}

// A wrong gradient is found and named, of the input as of a parameter, and a right one is not.
func TestWrongGradient(t *testing.T) {
	for slope, want := range map[float64]string{
		2: "", 2.0001: "gradcheck: train, not fused: the gradient of x[0], at ", 1: "by central differences",
	} {
		err := gradcheck.Check(func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Linear("l", double(b, x, slope), 3)
		}, tensor.Shape{2, 3}, gradcheck.Options{})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("slope %v: error %v", slope, err)
		}
		err = gradcheck.Check(func(b *graph.Builder, x *graph.Node) *graph.Node {
			return double(b, b.Linear("l", x, 3), slope)
		}, tensor.Shape{2, 3}, gradcheck.Options{FixedInput: true})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), "l.weight[0]")) {
			t.Errorf("slope %v: error %v", slope, err)
		}
	}
}

// A gradient that only a fused op has is checked, too.
func TestWrongFusedGradient(t *testing.T) {
	err := gradcheck.Check(func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.ReLU(b.Op(graph.Op{
			Kind: "Same", Inputs: []*graph.Node{x}, Shape: x.Shape(), Float64: plan(1),
			Fuse: func(graph.Op) *graph.Op {
				return &graph.Op{Kind: "Same ReLU", Inputs: []*graph.Node{x}, Shape: x.Shape(), Float64: plan(0.5)}
			},
		}))
	}, tensor.Shape{2, 3}, gradcheck.Options{})
	if want := "gradcheck: train, fused: the gradient of x["; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %q", err, want)
	}
}

// plan copies, with the gradient slope.
func plan(slope float64) func() graph.Plan[float64] {
	return func() graph.Plan[float64] {
		return graph.Plan[float64]{
			Forward: func(c *graph.Call[float64]) error { copy(c.Y, c.X[0]); return nil },
			Backward: func(c *graph.Call[float64]) error {
				for i, v := range c.DY {
					c.DX[0][i] = slope * v
				}
				return nil
			},
		}
	}
}

func TestBadChecks(t *testing.T) {
	identity := func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Flatten(x) }
	for want, c := range map[string]struct {
		shape tensor.Shape
		o     gradcheck.Options
	}{
		"gradcheck: an input of 2 numbers: want 6": {tensor.Shape{2, 3}, gradcheck.Options{Input: []float64{1, 2}}},
		"gradcheck: graph: input shape (3)":        {tensor.Shape{3}, gradcheck.Options{}},
		"the model has no trainable parameter":     {tensor.Shape{2, 3}, gradcheck.Options{FixedInput: true}},
	} {
		if err := gradcheck.Check(identity, c.shape, c.o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// A model may have inputs beside x.
func TestNamedInputs(t *testing.T) {
	model := func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.Linear("f", b.Concat(1, x, b.Input("more", 2)), 3)
	}
	more := []graph.Named{{Name: "more", Floats: []float32{1, 2, 3, 4, 5, 6, 7, 8}}}
	if err := gradcheck.Check(model, tensor.Shape{4, 3}, gradcheck.Options{Named: more}); err != nil {
		t.Error(err)
	}
	err := gradcheck.Check(model, tensor.Shape{4, 3}, gradcheck.Options{})
	if err == nil || !strings.Contains(err.Error(), `a batch without "more"`) {
		t.Errorf("got error %v", err)
	}
}
