package graph

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// probe runs one layer, or a few, on a TapeMachine: y, and the gradients of Σ y·dy for the input and every parameter.
type probe struct {
	params  *Params
	x, dy   *tensor.Dense
	y, dx   result
	dparams map[string]*result
	machine gorgonia.VM
	step    uint64
}

// newProbe draws a layer on an input of this shape. The parameters are params', or new ones.
func newProbe(t *testing.T, params *Params, mode Mode, shape tensor.Shape, draw Model) *probe {
	t.Helper()
	p := &probe{params: params, dparams: map[string]*result{}}
	b := newBuilder(params, mode, &p.step)
	p.x = zeros(params.dtype, shape)
	x := gorgonia.NodeFromAny(b.g, p.x, gorgonia.WithName("x"))
	y := draw(b, x)
	if b.err != nil {
		t.Fatal(b.err)
	}
	dy := x
	if y.IsScalar() {
		p.dy = zeros(params.dtype, tensor.Shape{1})
	} else {
		p.dy = zeros(params.dtype, y.Shape())
		dy = gorgonia.NodeFromAny(b.g, p.dy, gorgonia.WithName("dy"))
	}
	cost := y
	if !y.IsScalar() {
		cost = b.Try(gorgonia.Sum(gorgonia.Must(gorgonia.HadamardProd(y, dy))))
	}
	wrt := gorgonia.Nodes{x}
	results := []*result{&p.dx}
	for _, param := range params.Trainable() {
		if b.drawn[param] != nil {
			wrt = append(wrt, b.drawn[param])
			p.dparams[param.name] = new(result)
			results = append(results, p.dparams[param.name])
		}
	}
	grads, err := gorgonia.Grad(cost, wrt...)
	if err != nil {
		t.Fatal(err)
	}
	for i, g := range grads {
		results[i].at(g)
	}
	compiled := Program{x: x}
	if err := compiled.compute(b, Config{}, append(results, p.y.at(y))...); err != nil {
		t.Fatal(err)
	}
	p.machine = compiled.machine
	return p
}

func (p *probe) run(t *testing.T) {
	t.Helper()
	if err := p.machine.RunAll(); err != nil {
		t.Fatal(err)
	}
	p.machine.Reset()
}

// cost runs the program and returns Σ y·dy, or y itself if y is a scalar.
func (p *probe) cost(t *testing.T) float64 {
	t.Helper()
	p.run(t)
	if p.y.value.Shape().IsScalar() {
		y, err := scalar(p.y.value)
		if err != nil {
			t.Fatal(err)
		}
		return y
	}
	var sum float64
	dy := floats(p.dy)
	for i, y := range floats(p.y.value) {
		sum += y * dy[i]
	}
	return sum
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

func zeros(dtype tensor.Dtype, shape tensor.Shape) *tensor.Dense {
	return tensor.New(tensor.Of(dtype), tensor.WithShape(shape.Clone()...))
}

// floats returns a value's numbers.
func floats(v gorgonia.Value) []float64 {
	switch v := v.Data().(type) {
	case float64:
		return []float64{v}
	case float32:
		return []float64{float64(v)}
	case []float64:
		return v
	case []float32:
		wide := make([]float64, len(v))
		for i := range v {
			wide[i] = float64(v[i])
		}
		return wide
	}
	return nil
}

func setFloats(d *tensor.Dense, values []float64) {
	switch v := d.Data().(type) {
	case []float64:
		copy(v, values)
	case []float32:
		for i := range v {
			v[i] = float32(values[i])
		}
	}
}

// near fails where got and want differ by more than tol, or by tol·|want| where that is larger.
func near(t *testing.T, what string, got, want []float64, tol float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i := range got {
		if diff := math.Abs(got[i] - want[i]); !(diff <= tol*max(1, math.Abs(want[i]))) {
			t.Fatalf("%s[%d] = %v, want %v (tolerance %g)", what, i, got[i], want[i], tol)
		}
	}
}

// vector is a tensor of testdata/layers.json.
type vector struct {
	Shape []int
	Data  []float64
}

// layerCase is a case of testdata/layers.json, PyTorch's numbers for one layer.
type layerCase struct {
	Kind string
	Args struct {
		Kernel, Stride, Padding, Dilation, Groups int
		Momentum                                  *float64
		Eps                                       float64
		Training                                  bool
		Smoothing                                 float64 `json:"label_smoothing"`
		Labels                                    []int32
	}
	Inputs             map[string]vector
	Output             vector
	GradOutput         vector `json:"grad_output"`
	Grads              map[string]vector
	RunningMeanAfter   vector `json:"running_mean_after"`
	RunningVarAfter    vector `json:"running_var_after"`
	X2                 vector
	RunningMeanAfterX2 vector `json:"running_mean_after_x2"`
	RunningVarAfterX2  vector `json:"running_var_after_x2"`
}

func layerCases(t *testing.T) []layerCase {
	t.Helper()
	raw, err := os.ReadFile("testdata/layers.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []layerCase
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

// set gives the parameters of the layer named "layer" the case's values.
func (c layerCase) set(params *Params) {
	for _, p := range params.All() {
		if v, ok := c.Inputs[strings.TrimPrefix(p.name, "layer.")]; ok {
			setFloats(p.value, v.Data)
		}
	}
}
