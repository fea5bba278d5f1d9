package export

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/models"
)

// network is a model of the tests; kept is how many of its norms folding leaves.
type network struct {
	name        string
	draw        graph.Model
	sample      []int
	norms, kept int
}

var networks = []network{
	{"lenet", models.LeNet, []int{1, 28, 28}, 0, 0},
	{"lenet-bn", models.LeNetBN, []int{1, 28, 28}, 2, 0},
	{"mlp", models.MLP, []int{1, 28, 28}, 0, 0},
	{"mlp-bn", models.MLPBN, []int{28, 28}, 2, 0},
	{"windows", windows, []int{4, 19, 23}, 3, 2},
	{"residual", residual, []int{3, 12, 12}, 4, 2},
	{"vector", vector, []int{7}, 3, 1},
	{"resnet8", models.ResNet8, []int{3, 9, 8}, 9, 0},
	{"combined", combined, []int{2, 6, 6}, 2, 0},
	{"one", one, []int{1, 1, 1}, 1, 0},
	{"tokens", tokens, []int{2, 6, 6}, 0, 0},
	{"norms", norms, []int{6, 5, 4}, 2, 2},
	{"activations", activations, []int{3, 4, 5}, 0, 0},
	{"transformer", transformer, []int{6, 8}, 1, 1},
	{"vit-tiny", models.ViTTiny, []int{1, 28, 28}, 0, 0},
}

// windows has strides, groups, dilation and padding that differ by axis, and norms without parameters and without a
// layer to go into.
func windows(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.BatchNorm("input", x)
	h = b.Conv2D("conv", h, 8, 3, graph.Kernel(3, 5), graph.Strides(2, 1), graph.Paddings(1, 3), graph.Dilations(1, 2),
		graph.Groups(2))
	h = b.MaxPool2D(b.ReLU(h), 3, graph.Strides(1, 2), graph.Paddings(1, 0))
	h = b.BatchNorm("late", h, graph.NoAffine(), graph.Eps(1e-2))
	h = b.Conv2D("depthwise", h, 16, 3, graph.Groups(8), graph.Padding(1), graph.NoBias())
	h = b.ReLU(b.BatchNorm("depthwise_bn", h, graph.NoAffine(), graph.Eps(1e-3)))
	h = b.AvgPool2D(h, 3, graph.Kernel(3, 2), graph.Strides(2, 1), graph.Paddings(1, 1))
	h = b.Dropout("drop", b.Flatten(h), 0.5)
	return b.Linear("fc", h, 6)
}

// residual has branches: of the convolutions before its four norms, two are used by something else too.
func residual(b *graph.Builder, x *graph.Node) *graph.Node {
	add := func(x, y *graph.Node) *graph.Node { return b.Try(gorgonia.Add(x, y)) }
	stem := b.Conv2D("stem", x, 6, 3, graph.Padding(1))
	h := b.ReLU(b.BatchNorm("stem_bn", stem))
	h = b.BatchNorm("a_bn", b.Conv2D("a", h, 6, 3, graph.Padding(1), graph.NoBias()))
	h = b.ReLU(add(h, stem))
	twice := b.Conv2D("b", h, 5, 1, graph.Stride(2))
	h = add(b.BatchNorm("b_bn", twice), b.Try(gorgonia.Tanh(twice)))
	h = add(h, h)
	h = b.Linear("fc1", b.Flatten(b.GlobalAvgPool2D(h)), 9)
	h = b.Try(gorgonia.Sigmoid(b.BatchNorm("fc1_bn", h)))
	return b.Linear("fc2", h, 4, graph.NoBias())
}

// vector has norms of features, the last of them makes the logits, and layers whose names are taken.
func vector(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.ReLU(b.BatchNorm("logits", b.Linear("relu", x, 8, graph.NoBias())))
	h = b.BatchNorm("relu.weight", h)
	return b.BatchNorm("norm", b.Linear("fc.weight", b.Flatten(h), 5))
}

// tokens changes shapes, also such that the first axis is not the batch.
func tokens(b *graph.Builder, x *graph.Node) *graph.Node {
	n := x.Shape()[0]
	h := b.Conv2D("patches", x, 6, 2, graph.Stride(2))
	h = b.Transpose(b.Reshape(h, n, 6, 9), 0, 2, 1)
	h = b.SoftMax(b.Slice(h, 1, 1, 8), 2)
	h = b.LogSoftMax(b.Linear("fc", b.Reshape(h, -1, 6), 4), 1)
	h = b.Linear("out", b.Reshape(h, n, 28), 10)
	return b.Max(b.Reshape(h, n, 2, 5), 1)
}

// combined has sums and products of several tensors.
func combined(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.BatchNorm("a_bn", b.Conv2D("a", x, 3, 3, graph.Padding(1)))
	g := b.BatchNorm("b_bn", b.Conv2D("b", x, 3, 1))
	return b.Linear("fc", b.Flatten(b.Mul(b.Add(h, g, b.ReLU(h)), b.Scale(g, -0.5), h)), 4)
}

func one(b *graph.Builder, x *graph.Node) *graph.Node {
	return b.Flatten(b.BatchNorm("bn", b.Conv2D("conv", x, 1, 1)))
}

// parameters makes a network's parameters, with statistics as training leaves them.
func (n network) parameters(t testing.TB, dtype tensor.Dtype) *graph.Params {
	t.Helper()
	params := graph.NewParams(3, dtype)
	if _, err := graph.Describe(n.draw, params, append([]int{1}, n.sample...)); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, p := range params.All() {
		low, high := -0.5, 0.5
		switch {
		case p.Kind() == graph.NormWeight, strings.Contains(p.Name(), "running_var"):
			low, high = 0.3, 2
		case p.Kind() == graph.Weight:
			continue // as initialised
		}
		for i := range p.Value().DataSize() {
			v := low + (high-low)*r.Float64()
			switch data := p.Value().Data().(type) {
			case []float32:
				data[i] = float32(v)
			case []float64:
				data[i] = v
			}
		}
	}
	return params
}

// inputs makes n random samples.
func (n network) inputs(count int) *tensor.Dense {
	r := rand.New(rand.NewPCG(4, 5))
	shape := append([]int{count}, n.sample...)
	x := make([]float32, tensor.Shape(shape).TotalSize())
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(x))
}

// logits returns what an evaluation program computes.
func logits(t testing.TB, model graph.Model, params *graph.Params, x *tensor.Dense, fuse bool) []float32 {
	t.Helper()
	p, err := graph.Compile(model, params, graph.Config{Mode: graph.Eval, Shape: x.Shape(), Fuse: fuse})
	if err == nil {
		err = p.Run(x, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p.Logits().Float32s()
}

func (n network) onnx(t testing.TB, params *graph.Params, fold bool) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := ONNX(&b, n.draw, params, n.sample,
		Options{Fold: fold, Name: n.name, Doc: "Pixels are normalised."}); err != nil {
		t.Fatal(n.name, err)
	}
	return b.Bytes()
}

func TestFile(t *testing.T) {
	const head = `
Conv input conv1.weight conv1.bias -> conv1 dilations=[1 1] group=1 kernel_shape=[5 5] pads=[0 0 0 0] strides=[1 1]`
	const tail = `
Gemm flatten fc1.weight fc1.bias -> fc1 transB=1
Relu fc1 -> relu_3
Gemm relu_3 fc2.weight fc2.bias -> logits transB=1`
	const pool = ` kernel_shape=[2 2] pads=[0 0 0 0] strides=[2 2]`
	const norm = `.weight %[1]s_bn.bias %[1]s_bn.running_mean %[1]s_bn.running_var -> %[1]s_bn epsilon=1e-05`
	want := [2]string{
		head + `
BatchNormalization conv1 conv1_bn` + fmt.Sprintf(norm, "conv1") + `
Relu conv1_bn -> relu
MaxPool relu -> maxpool` + pool + `
Conv maxpool conv2.weight conv2.bias -> conv2 dilations=[1 1] group=1 kernel_shape=[5 5] pads=[0 0 0 0] strides=[1 1]
BatchNormalization conv2 conv2_bn` + fmt.Sprintf(norm, "conv2") + `
Relu conv2_bn -> relu_2
MaxPool relu_2 -> maxpool_2` + pool + `
Flatten maxpool_2 -> flatten` + tail,
		head + `
Relu conv1 -> relu
MaxPool relu -> maxpool` + pool + `
Conv maxpool conv2.weight conv2.bias -> conv2 dilations=[1 1] group=1 kernel_shape=[5 5] pads=[0 0 0 0] strides=[1 1]
Relu conv2 -> relu_2
MaxPool relu_2 -> maxpool_2` + pool + `
Flatten maxpool_2 -> flatten` + tail,
	}
	n := networks[1]
	params := n.parameters(t, tensor.Float32)
	for i, fold := range []bool{false, true} {
		f := decode(t, n.onnx(t, params, fold))
		if got := "\n" + strings.Join(f.nodes, "\n"); got != want[i] {
			t.Errorf("fold %v: got%s\nwant%s", fold, got, want[i])
		}
		got := fmt.Sprint(f.ir, f.opset, f.producer, "|", f.name, "|", f.doc, "|", f.input, "|", f.output)
		if want := "8 17anneal|lenet-bn|Pixels are normalised.|input 1 [batch 1 28 28]|logits 1 [batch 10]"; got != want ||
			f.about == "" {
			t.Errorf("got %s, want %s", got, want)
		}
		for _, x := range f.tensors {
			p := params.Lookup(x.name)
			if p == nil || !slices.Equal(p.Value().Shape(), x.shape) || len(x.data) != p.Value().DataSize() {
				t.Errorf("initializer %s %v with %d values is not the parameter", x.name, x.shape, len(x.data))
			} else if same := slices.Equal(p.Value().Float32s(), x.data); same == (fold && strings.HasPrefix(x.name, "conv")) {
				t.Errorf("fold %v: %s equal to the parameter: %v", fold, x.name, same)
			}
		}
	}
}

// Every name is one thing, every input exists before it is used, and only the norms that can be are folded.
func TestNames(t *testing.T) {
	for _, n := range networks {
		params := n.parameters(t, tensor.Float32)
		for _, fold := range []bool{false, true} {
			b := n.onnx(t, params, fold)
			if !bytes.Equal(b, n.onnx(t, params, fold)) {
				t.Errorf("%s: not the same bytes twice", n.name)
			}
			f := decode(t, b)
			want := n.norms
			if fold {
				want = n.kept
			}
			if got := f.ops["BatchNormalization"]; got != want {
				t.Errorf("%s, fold %v: %d norms, want %d", n.name, fold, got, want)
			}
			known := map[string]bool{Input: true}
			add := func(name string) {
				if known[name] {
					t.Errorf("%s: %s is two things", n.name, name)
				}
				known[name] = true
			}
			for _, x := range f.tensors {
				add(x.name)
			}
			used := make(map[string]bool)
			var of [][]string // the results of the nodes
			for _, line := range f.nodes {
				inputs, rest, _ := strings.Cut(line, " -> ")
				for _, name := range strings.Fields(inputs)[1:] {
					used[name] = true
					if !known[name] {
						t.Errorf("%s: %s used before it is made: %s", n.name, name, line)
					}
				}
				results := strings.Split(strings.Fields(rest)[0], ",")
				for _, name := range results {
					add(name)
				}
				of = append(of, results)
			}
			for _, results := range of { // of a node
				taken := func(name string) bool { return used[name] || name == Logits }
				if !slices.ContainsFunc(results, taken) {
					t.Errorf("%s: nothing uses %s", n.name, results)
				}
				for _, name := range results {
					delete(known, name)
				}
			}
			for name := range known {
				if !used[name] {
					t.Errorf("%s: nothing uses %s", n.name, name)
				}
			}
		}
	}
}

// The folded weights of a file are to the bit those that a fused program computes with: the same network without
// norms, given the file's weights, has the same logits.
func TestFoldIsTheFusedPrograms(t *testing.T) {
	draw := func(norm func(b *graph.Builder, name string, x *graph.Node) *graph.Node,
		opts ...graph.WeightOption,
	) graph.Model {
		return func(b *graph.Builder, x *graph.Node) *graph.Node {
			conv := []graph.ConvOption{graph.Groups(2), graph.Padding(1)}
			var linear []graph.LinearOption
			for _, o := range opts {
				conv, linear = append(conv, o), append(linear, o)
			}
			h := b.ReLU(norm(b, "conv_bn", b.Conv2D("conv", x, 6, 3, conv...)))
			return norm(b, "fc_bn", b.Linear("fc", b.Flatten(h), 5, linear...))
		}
	}
	norm := func(b *graph.Builder, name string, x *graph.Node) *graph.Node {
		return b.BatchNorm(name, x, graph.Eps(1e-3))
	}
	plain := func(b *graph.Builder, name string, x *graph.Node) *graph.Node {
		return b.BatchNorm(name, x, graph.NoAffine())
	}
	instance := func(b *graph.Builder, name string, x *graph.Node) *graph.Node {
		if x.Dims() < 3 {
			return b.BatchNorm(name, x)
		}
		return b.InstanceNorm(name, x, graph.TrackStats(0.1), graph.Affine())
	}
	none := func(_ *graph.Builder, _ string, x *graph.Node) *graph.Node { return x }
	for i, model := range []graph.Model{
		draw(norm), draw(norm, graph.NoBias()), draw(plain), draw(plain, graph.NoBias()), draw(instance),
	} {
		n := network{"net", model, []int{4, 6, 7}, 2, 0}
		params := n.parameters(t, tensor.Float32)
		x := n.inputs(3)
		want := logits(t, n.draw, params, x, true)
		f := decode(t, n.onnx(t, params, true))
		bare := network{"bare", draw(none), n.sample, 0, 0}
		folded := bare.parameters(t, tensor.Float32)
		for _, x := range f.tensors {
			copy(folded.Lookup(x.name).Value().Float32s(), x.data)
		}
		if got := logits(t, bare.draw, folded, x, true); !slices.Equal(got, want) {
			t.Errorf("network %d: got %v, want %v", i, got, want)
		}
	}
}

func TestFloat64(t *testing.T) {
	n := networks[1]
	params := n.parameters(t, tensor.Float64)
	for _, x := range decode(t, n.onnx(t, params, false)).tensors {
		for i, want := range params.Lookup(x.name).Value().Float64s() {
			if x.data[i] != float32(want) {
				t.Fatalf("%s[%d]: got %v, want %v", x.name, i, x.data[i], want)
			}
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestErrors(t *testing.T) {
	image := []int{2, 4, 4}
	for _, c := range []struct {
		name   string
		draw   graph.Model
		sample []int
		want   string
	}{
		{"no sample", one, nil, "sample shape []"},
		{"empty sample", one, []int{1, 0, 28}, "sample shape [1 0 28]"},
		{"other sample", models.LeNet, []int{1, 8, 8}, "conv2: its window"},
		{"no layers", func(_ *graph.Builder, x *graph.Node) *graph.Node { return x }, []int{3}, "the model has no layers"},
		{
			"stock op", func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Flatten(b.Try(gorgonia.Exp(x))) }, image,
			`op "exp"`,
		},
		{"product", func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Flatten(b.Try(gorgonia.HadamardProd(x, x)))
		}, image, `op "⊙ false"`},
		{"constant", func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Flatten(b.Try(gorgonia.Add(x, gorgonia.NewConstant(float32(2)))))
		}, image, "of Gorgonia has no ONNX form"},
		{"parameter", func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Flatten(b.Try(gorgonia.Add(x, b.Param("own", graph.Weight, x.Shape(), graph.Constant(1), graph.Fan{}))))
		}, image, `op "+ false" of Gorgonia on a parameter: want 2 layers`},
		{"layer on a parameter", func(b *graph.Builder, x *graph.Node) *graph.Node {
			own := b.BatchNorm("bn", b.Param("own", graph.Weight, tensor.Shape{1, 32}, graph.Constant(1), graph.Fan{}))
			return b.Try(gorgonia.Add(b.Flatten(x), own))
		}, image, "layer BatchNorm bn on a parameter"},
		{"reshape", func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Try(gorgonia.Reshape(x, tensor.Shape{x.Shape()[0], 32}))
		}, image, "Reshape"},
		{"batch", func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Flatten(b.Reshape(b.Slice(b.Reshape(x, 2, -1, 4), 0, 0, 1), x.Shape()[0], -1))
		}, image, "layer Slice from 0 to 1 of the batch"},
		{"fixed batch", func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Flatten(b.Reshape(x, 1, 32))
		}, image, "export: a batch of two: graph: Reshape"},
	} {
		var b bytes.Buffer
		err := ONNX(&b, c.draw, graph.NewParams(1, tensor.Float32), c.sample, Options{Fold: true})
		if err == nil || !strings.Contains(err.Error(), c.want) || b.Len() > 0 {
			t.Errorf("%s: got %v and %d bytes, want %q", c.name, err, b.Len(), c.want)
		}
	}
	if err := ONNX(broken{}, one, graph.NewParams(1, tensor.Float32), []int{1, 1, 1}, Options{}); err == nil ||
		!strings.Contains(err.Error(), "disk full") {
		t.Errorf("writer's error: got %v", err)
	}
}
