package graph

import (
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// A bad setting is one error that names the layer, the value and what is allowed; nothing panics after it.
func TestBuilderErrors(t *testing.T) {
	image, features := tensor.Shape{2, 4, 8, 8}, tensor.Shape{2, 6}
	for _, c := range []struct {
		name  string
		shape tensor.Shape
		draw  Model
		want  []string
	}{
		{
			"no outputs", features, func(b *Builder, x *Node) *Node { return b.Linear("fc", x, 0) },
			[]string{"fc", "0 outputs"},
		},
		{
			"linear on an image", image, func(b *Builder, x *Node) *Node { return b.Linear("fc", x, 3) },
			[]string{"(2, 4, 8, 3)", "want logits [2, classes]"},
		},
		{
			"conv on features", features, func(b *Builder, x *Node) *Node { return b.Conv2D("c", x, 3, 3) },
			[]string{"c", "(2, 6)", "[N, C, H, W]"},
		},
		{
			"no channels", image, func(b *Builder, x *Node) *Node { return b.Conv2D("c", x, -1, 3) },
			[]string{"c", "-1 output channels"},
		},
		{
			"kernel 0", image, func(b *Builder, x *Node) *Node { return b.Conv2D("c", x, 3, 0) },
			[]string{"c", "kernel height 0"},
		},
		{
			"kernel too large", image, func(b *Builder, x *Node) *Node { return b.Conv2D("c", x, 3, 9) },
			[]string{"c", "9", "8"},
		},
		{
			"dilated kernel too large", image, func(b *Builder, x *Node) *Node { return b.Conv2D("c", x, 3, 3, Dilation(4)) },
			[]string{"c", "9", "8"},
		},
		{
			"stride 0", image, func(b *Builder, x *Node) *Node { return b.Conv2D("c", x, 3, 3, Stride(0)) },
			[]string{"stride 0"},
		},
		{
			"pool stride 0", image, func(b *Builder, x *Node) *Node { return b.MaxPool2D(x, 2, Stride(0)) },
			[]string{"MaxPool2D", "stride 0"},
		},
		{
			"negative padding", image, func(b *Builder, x *Node) *Node { return b.Conv2D("c", x, 3, 3, Padding(-1)) },
			[]string{"padding -1"},
		},
		{
			"pool padding", image, func(b *Builder, x *Node) *Node { return b.AvgPool2D(x, 2, Padding(2)) },
			[]string{"padding 2", "half"},
		},
		{
			"dilation 0", image, func(b *Builder, x *Node) *Node { return b.Conv2D("c", x, 3, 3, Dilation(0)) },
			[]string{"dilation 0"},
		},
		{
			"groups", image, func(b *Builder, x *Node) *Node { return b.Conv2D("c", x, 3, 3, Groups(2)) },
			[]string{"2 groups", "4 input", "3 output"},
		},
		{
			"momentum", features, func(b *Builder, x *Node) *Node { return b.BatchNorm("bn", x, Momentum(1.5)) },
			[]string{"bn", "momentum 1.5"},
		},
		{"eps", features, func(b *Builder, x *Node) *Node { return b.BatchNorm("bn", x, Eps(0)) }, []string{"bn", "eps 0"}},
		{
			"one value a channel",
			tensor.Shape{1, 6},
			func(b *Builder, x *Node) *Node { return b.BatchNorm("bn", x) },
			[]string{"bn", "(1, 6)", "at least 2"},
		},
		{
			"dropout", features, func(b *Builder, x *Node) *Node { return b.Dropout("d", x, 1) },
			[]string{"d", "probability 1"},
		},
		{
			"name twice", features, func(b *Builder, x *Node) *Node { return b.Linear("fc", b.Linear("fc", x, 6), 6) },
			[]string{`"fc"`},
		},
		{"no name", features, func(b *Builder, x *Node) *Node { return b.Linear("", x, 6) }, []string{`""`}},
		{
			"reshape", features, func(b *Builder, x *Node) *Node { return b.Reshape(x, 5, 2) },
			[]string{"Reshape", "[5 2]", "(2, 6)", "12 numbers"},
		},
		{
			"reshape to nothing", features, func(b *Builder, x *Node) *Node { return b.Reshape(x) },
			[]string{"Reshape", "[]", "12 numbers"},
		},
		{
			"reshape to an open size", features, func(b *Builder, x *Node) *Node { return b.Reshape(x, 5, -1) },
			[]string{"Reshape", "[5 -1]", "12 numbers"},
		},
		{
			"reshape to two open sizes", features, func(b *Builder, x *Node) *Node { return b.Reshape(x, -1, -1) },
			[]string{"Reshape", "[-1 -1]", "at most one"},
		},
		{
			"reshape to size 0", features, func(b *Builder, x *Node) *Node { return b.Reshape(x, 0, 12) },
			[]string{"Reshape", "[0 12]", "at least 1"},
		},
		{
			"transpose", features, func(b *Builder, x *Node) *Node { return b.Transpose(x, 0) },
			[]string{"Transpose", "[0]", "(2, 6)", "0 to 1"},
		},
		{
			"transpose of one axis twice", features, func(b *Builder, x *Node) *Node { return b.Transpose(x, 1, 1) },
			[]string{"Transpose", "[1 1]", "once"},
		},
		{
			"slice of a missing axis", features, func(b *Builder, x *Node) *Node { return b.Slice(x, 2, 0, 1) },
			[]string{"Slice", "axis 2", "0 to 1"},
		},
		{
			"slice too long", features, func(b *Builder, x *Node) *Node { return b.Slice(x, 1, 3, 7) },
			[]string{"Slice", "3 to 7", "0 ≤ from < to ≤ 6"},
		},
		{
			"empty slice", features, func(b *Builder, x *Node) *Node { return b.Slice(x, 1, 3, 3) },
			[]string{"Slice", "3 to 3", "0 ≤ from < to ≤ 6"},
		},
		{
			"softmax", features, func(b *Builder, x *Node) *Node { return b.SoftMax(x, -1) },
			[]string{"SoftMax", "axis -1", "0 to 1"},
		},
		{
			"max", features, func(b *Builder, x *Node) *Node { return b.Max(x, 2) },
			[]string{"Max", "axis 2", "0 to 1"},
		},
		{
			"parameter of size 0", features, func(b *Builder, x *Node) *Node {
				return b.Param("p", Weight, tensor.Shape{2, 0}, DefaultInit, Fan{})
			}, []string{"parameter p", "(2, 0)", "at least 1"},
		},
		{"nil input", features, func(b *Builder, x *Node) *Node { return b.ReLU(nil) }, []string{"ReLU", "nil"}},
		{
			"stock op", features, func(b *Builder, x *Node) *Node { return b.Try(gorgonia.Reshape(x, tensor.Shape{5})) },
			[]string{"Expected 12, got 5"},
		},
		{"not logits", image, func(b *Builder, x *Node) *Node { return b.ReLU(x) }, []string{"(2, 4, 8, 8)", "[2, classes]"}},
		{"no parameter", features, func(b *Builder, x *Node) *Node { return b.ReLU(x) }, []string{"no trainable parameter"}},
		{"parameter without effect", features, func(b *Builder, x *Node) *Node {
			b.Linear("unused", x, 3)
			return b.Linear("fc", x, 3)
		}, []string{"unused.weight"}},
		{"first error stays", features, func(b *Builder, x *Node) *Node {
			return b.MaxPool2D(b.Conv2D("c", b.Flatten(b.Linear("fc", x, 0)), 3, 3), 2)
		}, []string{"fc", "0 outputs"}},
		{"first error stays before a stock op", features, func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Tanh(b.Linear("fc", x, 0)))
		}, []string{"fc", "0 outputs"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Compile(c.draw, NewParams(1, tensor.Float32), Config{Mode: Train, Shape: c.shape})
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range append(c.want, "graph: ") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q has several lines", err)
			}
		})
	}
}

func TestParamsOfAnotherShapeAreRefused(t *testing.T) {
	params := NewParams(1, tensor.Float32)
	cfg := Config{Mode: Eval, Shape: tensor.Shape{2, 6}}
	if _, err := Compile(func(b *Builder, x *Node) *Node { return b.Linear("fc", x, 3) }, params, cfg); err != nil {
		t.Fatal(err)
	}
	_, err := Compile(func(b *Builder, x *Node) *Node { return b.Linear("fc", x, 4) }, params, cfg)
	if err == nil || !strings.Contains(err.Error(), "fc.weight has shape (3, 6)") {
		t.Fatalf("error %v", err)
	}
}

func TestOnlyFloatsAreTrained(t *testing.T) {
	draw := func(b *Builder, x *Node) *Node { return b.Linear("fc", x, 3) }
	if _, err := Compile(draw, NewParams(1, tensor.Int), Config{Shape: tensor.Shape{2, 6}}); err == nil {
		t.Fatal("integer parameters compiled")
	}
}

// Two ops of one hash are still two nodes.
func TestHashCollisionsAreResolved(t *testing.T) {
	b := newBuilder(NewParams(1, tensor.Float32), Eval, new(uint64))
	x := input(b, tensor.Shape{2, 3})
	first := b.ReLU(x)
	b.ops = 0 // the next op takes the first one's number
	second := b.ReLU(x)
	if b.err != nil {
		t.Fatal(b.err)
	}
	if first == second || first.Op() == second.Op() {
		t.Fatal("two ops became one node")
	}
}

func TestInputShapesAreChecked(t *testing.T) {
	draw := func(b *Builder, x *Node) *Node { return b.Linear("fc", b.Flatten(x), 3) }
	for _, shape := range []tensor.Shape{
		nil,
		{4},
		{0, 3},
		{2, -1},
		{-2, -3},
		{1 << 20, 1 << 20},
		{2, 1 << 31, 1 << 31, 1 << 31},
	} {
		params := NewParams(1, tensor.Float32)
		if _, err := Compile(draw, params, Config{Shape: shape}); err == nil {
			t.Errorf("Compile took an input of shape %v", shape)
		}
		if _, err := Describe(draw, params, shape); err == nil {
			t.Errorf("Describe took an input of shape %v", shape)
		}
	}
}
