package models

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
)

// value is testdata/parity.py's.
func value(place float64, count int, scale, shift float64) []float64 {
	v := make([]float64, count)
	for i := range v {
		v[i] = shift + scale*math.Sin(1.3*float64(i)+place)
	}
	return v
}

// summary is testdata/parity.py's.
func summary(v []float64) []float64 {
	var weighted, squares float64
	for i, x := range v {
		weighted += x * math.Sin(0.7*float64(i))
		squares += x * x
	}
	return []float64{v[0], v[len(v)-1], weighted, math.Sqrt(squares)}
}

// agree fails where got and want differ by more than tol, or by tol·|want| where that is larger.
func agree(t *testing.T, what string, got, want []float64, tol float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i, w := range want {
		if diff := math.Abs(got[i] - w); !(diff <= tol*max(1, math.Abs(w))) {
			t.Errorf("%s[%d] = %v, want %v", what, i, got[i], w)
		}
	}
}

// TestParity compares networks with PyTorch 2.14 in float64, fused and not: results, loss, gradients, running
// statistics and evaluation.
func TestParity(t *testing.T) {
	raw, err := os.ReadFile("testdata/parity.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name               string
		Shape              []int
		Parameters         int
		Labels             []int32
		Logits, Evaluated  []float64
		Loss               float64
		Gradients, Buffers map[string][]float64
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		for _, fuse := range []bool{false, true} {
			model, err := Get(c.Name)
			if err != nil {
				t.Fatal(err)
			}
			params := graph.NewParams(1, tensor.Float64)
			loss, err := LossOf(c.Name)
			if err != nil {
				t.Fatal(err)
			}
			var named []graph.Named
			cfg := graph.Config{Mode: graph.Train, Shape: c.Shape, Fuse: fuse, Loss: loss}
			p, err := graph.Compile(model, params, cfg)
			if err != nil {
				t.Fatal(err)
			}
			count := 0
			for _, param := range params.Trainable() {
				place := 0
				for _, letter := range []byte(param.Name()) {
					place += int(letter)
				}
				scale, shift, v := 0.1, 0.0, param.Value().Float64s()
				count += len(v)
				switch shape := param.Value().Shape(); {
				case len(shape) > 1:
					scale = math.Sqrt(2 / float64(len(v)/shape[0]))
				case param.Kind() == graph.NormWeight:
					scale, shift = 0.3, 1
				}
				copy(v, value(float64(place%97), len(v), scale, shift))
			}
			if p.Takes("target") {
				named = append(named, graph.Named{Name: "target", Float64s: value(2, c.Shape[0], 1, 0)})
			}
			if count != c.Parameters {
				t.Errorf("%s: %d parameters, want %d", c.Name, count, c.Parameters)
			}
			numbers := value(0.5, tensor.Shape(c.Shape).TotalSize(), 1, 0)
			x := tensor.New(tensor.WithShape(c.Shape...), tensor.WithBacking(numbers))
			if err := p.Run(x, c.Labels, named...); err != nil {
				t.Fatal(err)
			}
			agree(t, c.Name+": result", p.Logits().Float64s(), c.Logits, 1e-9)
			agree(t, c.Name+": loss", []float64{p.Loss()}, []float64{c.Loss}, 1e-9)
			if len(p.Gradients()) != len(c.Gradients) {
				t.Errorf("%s: %d gradients, want %d", c.Name, len(p.Gradients()), len(c.Gradients))
			}
			for _, v := range p.Gradients() {
				g, err := v.Grad()
				if err != nil {
					t.Fatal(err)
				}
				name := v.(*graph.Gradient).Param().Name()
				agree(t, c.Name+": gradient of "+name, summary(graph.Floats[float64](g)), c.Gradients[name], 1e-9)
			}
			for name, want := range c.Buffers {
				agree(t, c.Name+": "+name, summary(params.Lookup(name).Value().Float64s()), want, 1e-9)
			}
			cfg.Mode = graph.Eval
			if p, err = graph.Compile(model, params, cfg); err == nil {
				err = p.Run(x, c.Labels, named...)
			}
			if err != nil {
				t.Fatal(err)
			}
			agree(t, c.Name+": evaluation", p.Logits().Float64s(), c.Evaluated, 1e-9)
		}
	}
}
