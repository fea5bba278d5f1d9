package solvers

import (
	"errors"
	"math"
	"regexp"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/graph"
)

// tensors is the model that tests step: parameters and no layers.
type tensors []struct {
	name  string
	kind  graph.Kind
	shape tensor.Shape
}

// lenetLike has two layers of each kind.
var lenetLike = tensors{
	{"conv1.weight", graph.Weight, tensor.Shape{2, 1, 3, 3}},
	{"conv1.bias", graph.Bias, tensor.Shape{2}},
	{"conv1_bn.weight", graph.NormWeight, tensor.Shape{2}},
	{"conv1_bn.bias", graph.NormBias, tensor.Shape{2}},
	{"conv1_bn.running_mean", graph.Buffer, tensor.Shape{2}},
	{"conv2.weight", graph.Weight, tensor.Shape{3, 2, 3, 3}},
	{"conv2.bias", graph.Bias, tensor.Shape{3}},
	{"fc1.weight", graph.Weight, tensor.Shape{4, 6}},
	{"fc1.bias", graph.Bias, tensor.Shape{4}},
}

// params makes the parameters, with all sorts of values.
func (ts tensors) params(t testing.TB, dtype tensor.Dtype) *graph.Params {
	t.Helper()
	store := graph.NewParams(1, dtype)
	model := func(b *graph.Builder, x *graph.Node) *graph.Node {
		for _, p := range ts {
			b.Param(p.name, p.kind, p.shape, graph.KaimingNormal, graph.Fan{In: 2, Out: 2})
		}
		return x
	}
	if _, err := graph.Compile(model, store, graph.Config{Mode: graph.Eval, Shape: tensor.Shape{1, 2}}); err != nil {
		t.Fatal(err)
	}
	return store
}

// gradient pairs a parameter with a gradient of the test's own.
type gradient struct {
	param *graph.Param
	grad  gorgonia.Value
	err   error
}

func (g *gradient) Param() *graph.Param           { return g.param }
func (g *gradient) Value() gorgonia.Value         { return g.param.Value() }
func (g *gradient) Grad() (gorgonia.Value, error) { return g.grad, g.err }

// gradients returns a gradient for every trainable parameter, whose element i is f(i).
func gradients(store *graph.Params, f func(i int) float64) []gorgonia.ValueGrad {
	var model []gorgonia.ValueGrad
	for _, p := range store.Trainable() {
		g := p.Value().Clone().(*tensor.Dense)
		set(g, f)
		model = append(model, &gradient{param: p, grad: g})
	}
	return model
}

func wave(i int) float64 { return math.Sin(float64(3*i + 1)) }

func set(d *tensor.Dense, f func(i int) float64) {
	switch v := d.Data().(type) {
	case []float32:
		for i := range v {
			v[i] = float32(f(i))
		}
	case []float64:
		for i := range v {
			v[i] = f(i)
		}
	}
}

func get(d *tensor.Dense) []float64 {
	var list []float64
	switch v := d.Data().(type) {
	case []float32:
		for _, x := range v {
			list = append(list, float64(x))
		}
	case []float64:
		list = append(list, v...)
	}
	return list
}

// all returns every parameter's elements, one after the other.
func all(store *graph.Params) []float64 {
	var list []float64
	for _, p := range store.Trainable() {
		list = append(list, get(p.Value())...)
	}
	return list
}

func must(t testing.TB, spec string, store *graph.Params, config Tuning) Solver {
	t.Helper()
	settings, err := Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(settings, store.All(), config)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fails checks that err is one line that contains every one of parts.
func fails(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one with %q", parts)
		return
	}
	if begin := regexp.MustCompile(`^(solvers: |solver "|group "|\*?[A-Za-z.]+: )`); !begin.MatchString(err.Error()) {
		t.Errorf("error %q does not begin with its place", err)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("error %q does not contain %q", err, p)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("error %q is more than a line", err)
	}
}

var everySpec = []string{
	"SGD(lr=0.1)", "SGD(lr=0.1, momentum=0.9)", "SGD(lr=0.1, momentum=0.9, nesterov=True)", "Adagrad", "RMSprop",
	"RMSprop(centered=True, momentum=0.9)", "Adam", "Adam(amsgrad=True)", "AdamW", "NAdam", "RAdam", "Adamax", "Adadelta",
	"Lion(weight_decay=0.1)", "LAMB", "LARS(momentum=0.9)", "Adafactor", "ASGD(t0=3, lambd=0)", "Rprop",
	"Adam(decoupled_weight_decay=True, maximize=True)",
}

func TestStepErrors(t *testing.T) {
	store, other := lenetLike.params(t, tensor.Float32), lenetLike.params(t, tensor.Float32)
	before := all(store)
	s := must(t, "SGD(lr=0.1)", store, Tuning{})
	good := func() []gorgonia.ValueGrad { return gradients(store, wave) }
	broken := func(change func(g *gradient)) []gorgonia.ValueGrad {
		model := good()
		change(model[len(model)-1].(*gradient))
		return model
	}
	tests := []struct {
		name  string
		model []gorgonia.ValueGrad
		want  []string
	}{
		{"nil gradient", broken(func(g *gradient) { g.grad = nil }), []string{"fc1.bias has no gradient"}},
		{"nil tensor", broken(func(g *gradient) { g.grad = (*tensor.Dense)(nil) }), []string{"fc1.bias has no gradient"}},
		{"error", broken(func(g *gradient) { g.err = errors.New("not run yet") }), []string{"fc1.bias", "not run yet"}},
		{
			"shape",
			broken(func(g *gradient) { g.grad = tensor.New(tensor.WithBacking(make([]float32, 5))) }),
			[]string{"fc1.bias", "(4)", "(5)"},
		},
		{
			"type",
			broken(func(g *gradient) { g.grad = tensor.New(tensor.WithBacking(make([]float64, 4))) }),
			[]string{"fc1.bias", "float32", "float64"},
		},
		{
			"another model's",
			append(good()[:3], gradients(other, wave)[4]),
			[]string{"conv2.weight", "not a parameter of this solver"},
		},
		{"twice", append(good(), good()[2]), []string{"conv1_bn.weight has two gradients"}},
		{"a node", append(good(), new(gorgonia.Node)), []string{"*gorgonia.Node", "want a *graph.Gradient"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fails(t, s.Step(tt.model), tt.want...)
			compare(t, "parameters", all(store), before, 0)
		})
	}
}

func TestNewErrors(t *testing.T) {
	store, wide := lenetLike.params(t, tensor.Float32), lenetLike.params(t, tensor.Float64)
	var none tensors
	_, err := New(SGD{LR: 0.1}, none.params(t, tensor.Float32).All(), Tuning{})
	fails(t, err, "no trainable parameter")
	_, err = New(SGD{LR: 0.1}, []*graph.Param{store.Lookup("fc1.bias"), wide.Lookup("fc1.weight")}, Tuning{})
	fails(t, err, "fc1.bias is float32 and fc1.weight is float64")
	_, err = New(SGD{LR: -1}, store.All(), Tuning{})
	fails(t, err, "lr is -1", "at least 0")
	_, err = New(SGD{LR: 0.1}, store.All(), Tuning{ClipNorm: -2})
	fails(t, err, "norm", "-2")
	_, err = New(SGD{LR: 0.1}, store.All(), Tuning{ClipValue: math.NaN()})
	fails(t, err, "value", "NaN")
	_, err = New(SGD{LR: 0.1}, store.All(), Tuning{LayerDecay: 1.5})
	fails(t, err, "layer decay", "1.5")
}

// A zero gradient moves nothing where nothing else does: no momentum, no decay.
func TestZeroGradient(t *testing.T) {
	for _, spec := range everySpec {
		store := lenetLike.params(t, tensor.Float32)
		before := all(store)
		s := must(t, spec, store, Tuning{Groups: []Group{{Pattern: "*", WeightDecay: new(0.0)}}})
		for range 10 {
			if err := s.Step(gradients(store, func(int) float64 { return 0 })); err != nil {
				t.Fatal(err)
			}
		}
		t.Run(spec, func(t *testing.T) { compare(t, "parameters", all(store), before, 0) })
	}
}

// Gradients are read and left as they are, clipped or not, and a step allocates nothing.
func TestStepLeavesGradientsAndAllocatesNothing(t *testing.T) {
	for _, spec := range everySpec {
		for _, config := range []Tuning{{}, {
			ClipNorm: 0.1, ClipValue: 0.5, LayerDecay: 0.8,
			Groups: []Group{{Pattern: "conv*", L1: new(0.1)}},
		}} {
			for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
				store := lenetLike.params(t, dtype)
				model := gradients(store, wave)
				untouched := gradients(store, wave)
				s := must(t, spec, store, config)
				step := func() {
					if err := s.Step(model); err != nil {
						t.Fatal(err)
					}
				}
				step()
				if n := testing.AllocsPerRun(20, step); n != 0 {
					t.Errorf("%s: a step allocates %v times", spec, n)
				}
				for i, g := range model {
					compare(
						t,
						spec+": gradient",
						get(g.(*gradient).grad.(*tensor.Dense)),
						get(untouched[i].(*gradient).grad.(*tensor.Dense)),
						0,
					)
				}
			}
		}
	}
}

// compare checks two lists element by element: |got − want| ≤ tolerance·max(1, |want|).
func compare(t testing.TB, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d elements, want %d", what, len(got), len(want))
	}
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= tolerance*max(1, math.Abs(want[i]))) {
			t.Errorf("%s: element %d is %v, want %v (tolerance %v)", what, i, got[i], want[i], tolerance)
			return
		}
	}
}
