package graph

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// checkModes compares an evaluation program's loss, on the machine and directly, with the training program's.
func (c chain) checkModes(params *Params, cfg Config, run func(*Program) (float64, error), loss float64) error {
	cfg.Mode = Eval
	var evaluated float64
	for _, direct := range []bool{false, true} {
		cfg.Direct = direct
		p, err := Compile(c.draw, params, cfg)
		if err != nil {
			return err
		}
		got, err := run(p)
		if err != nil {
			return err
		}
		tol := 1e-12
		if params.dtype == tensor.Float32 {
			tol = 1e-5
		}
		if !c.modal() && !(math.Abs(got-loss) <= tol*max(1, math.Abs(loss))) {
			return fmt.Errorf("evaluation has loss %v, training %v", got, loss)
		}
		if direct && got != evaluated {
			return fmt.Errorf("a direct program has loss %v, the machine %v", got, evaluated)
		}
		evaluated = got
		if err := checkNodes(p); err != nil {
			return err
		}
	}
	return nil
}

// checkNodes computes every stock op of p once more from the values that its nodes have after a run, and compares. No
// op may have changed a value after it was computed.
func checkNodes(p *Program) error {
	for _, n := range upstream(p.outputs...) {
		s, ok := n.Op().(*stock)
		if !ok || p.direct != nil || n.Dtype() != p.x.Dtype() {
			continue
		}
		var in []gorgonia.Value
		for _, c := range children(n) {
			in = append(in, c.Value())
		}
		want, err := s.op.Do(in...)
		if err != nil {
			return err
		}
		if at := differ(floats(n.Value()), floats(materialized(want)), 0); at >= 0 {
			return fmt.Errorf("the value of %s has changed after it was computed, or its inputs have", s.name)
		}
	}
	return nil
}

func materialized(v gorgonia.Value) gorgonia.Value {
	if d, ok := v.(*tensor.Dense); ok {
		return dense(d)
	}
	return v
}

// checkGradients compares the gradient of every parameter with central differences in random directions.
func (c chain) checkGradients(
	p *Program, run func(*Program) (float64, error), grads [][]float64, rng *rand.Rand,
) error {
	for i, g := range p.Gradients() {
		param := g.(*Gradient).param
		data := param.value.Float64s()
		at := append([]float64(nil), data...)
		direction := make([]float64, len(data))
		want := 0.0
		for k := range direction {
			direction[k] = rng.Float64() - 0.5
			want += direction[k] * grads[i][k]
		}
		const h = 1e-5
		var ends [2]float64
		for side, sign := range []float64{1, -1} {
			for k := range data {
				data[k] = at[k] + sign*h*direction[k]
			}
			var err error
			if ends[side], err = run(p); err != nil {
				return err
			}
		}
		copy(data, at)
		got := (ends[0] - ends[1]) / (2 * h)
		if !(math.Abs(got-want) <= 2e-6*max(1, math.Abs(got))) {
			return fmt.Errorf("the gradient of %s along a direction is %.9g, central differences give %.9g",
				param.name, want, got)
		}
	}
	return nil
}

// differ returns the first place where a and b differ by more than tol, or −1. NaN differs from nothing but numbers.
func differ(a, b []float64, tol float64) int {
	if len(a) != len(b) {
		return 0
	}
	for i := range a {
		if !(math.Abs(a[i]-b[i]) <= tol) && !(math.IsNaN(a[i]) && math.IsNaN(b[i])) && a[i] != b[i] {
			return i
		}
	}
	return -1
}

func fill(d *tensor.Dense, rng *rand.Rand, low, high float64) {
	v := make([]float64, d.DataSize())
	for i := range v {
		v[i] = low + (high-low)*rng.Float64()
	}
	setFloats(d, v)
}
