package solvers

import (
	"errors"
	"math"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// The rate of a stock solver follows SetRate from step to step.
func TestStockRate(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		store := lenetLike.params(t, dtype)
		s, err := New(Stock{gorgonia.NewVanillaSolver(gorgonia.WithLearnRate(77)), 0.5}, store.All(), Tuning{})
		if err != nil {
			t.Fatal(err)
		}
		want := all(store)
		for _, lr := range []float64{0.5, 0.125, 0} {
			if err := s.SetRate(0, lr); err != nil {
				t.Fatal(err)
			}
			for i := range want {
				want[i] -= lr
			}
			if err := s.Step(gradients(store, func(int) float64 { return 1 })); err != nil {
				t.Fatal(err)
			}
			compare(t, "parameters", all(store), want, 1e-6)
			if got := s.RateOf("fc1.bias"); got != lr || s.Rates()[0] != lr {
				t.Errorf("the rate is %v, want %v", got, lr)
			}
		}
	}
}

// Gorgonia's Adam takes the steps of ours, at a rate that changes; so does its Momentum while the rate stays.
func TestStockAgrees(t *testing.T) {
	tests := []struct {
		spec  string
		stock gorgonia.Solver
		lr    func(step int) float64
	}{
		{"Adam(lr=0.1)", gorgonia.NewAdamSolver(), func(step int) float64 { return 0.1 / float64(1+step) }},
		{"SGD(lr=0.1, momentum=0.8)", gorgonia.NewMomentum(gorgonia.WithMomentum(0.8)), func(int) float64 { return 0.1 }},
		{"SGD(lr=0.1)", gorgonia.NewVanillaSolver(), func(step int) float64 { return 0.1 / float64(1+step) }},
	}
	for _, tt := range tests {
		ours, theirs := lenetLike.params(t, tensor.Float64), lenetLike.params(t, tensor.Float64)
		a := must(t, tt.spec, ours, Tuning{})
		b, err := New(Stock{tt.stock, 0.1}, theirs.All(), Tuning{})
		if err != nil {
			t.Fatal(err)
		}
		for step := range 5 {
			f := func(k int) float64 { return wave(k + step) }
			if err := errors.Join(a.SetRate(0, tt.lr(step)), b.SetRate(0, tt.lr(step)), a.Step(gradients(ours, f)),
				b.Step(gradients(theirs, f))); err != nil {
				t.Fatal(err)
			}
		}
		compare(t, tt.spec, all(theirs), all(ours), 1e-12)
	}
}

func TestStockMomentum(t *testing.T) {
	store, other := lenetLike.params(t, tensor.Float64), lenetLike.params(t, tensor.Float64)
	a, _ := New(Stock{gorgonia.NewMomentum(), 0.1}, store.All(), Tuning{})
	b, _ := New(Stock{gorgonia.NewMomentum(gorgonia.WithMomentum(0.5)), 0.1}, other.All(), Tuning{})
	if err := a.SetMomentum(0, 0.5); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := errors.Join(a.Step(gradients(store, wave)), b.Step(gradients(other, wave))); err != nil {
			t.Fatal(err)
		}
	}
	compare(t, "parameters", all(store), all(other), 0)
	v, _ := New(Stock{gorgonia.NewVanillaSolver(), 0.1}, store.All(), Tuning{})
	fails(t, v.SetMomentum(0, 0.9), "VanillaSolver", "no momentum")
	fails(t, a.SetMomentum(0, 1.5), "momentum is 1.5")
}

func TestStockErrors(t *testing.T) {
	refused := []struct {
		solver gorgonia.Solver
		config Tuning
		want   []string
	}{
		{gorgonia.NewAdaGradSolver(), Tuning{}, []string{"AdaGradSolver", "ignores the rate", "0.001"}},
		{&gorgonia.AdamW{}, Tuning{}, []string{"AdamW", "never changes a weight"}},
		{gorgonia.NewBarzilaiBorweinSolver(), Tuning{}, []string{"BarzilaiBorweinSolver", "own rate"}},
		{nil, Tuning{}, []string{"cannot be set"}},
		{gorgonia.NewAdamSolver(), Tuning{Groups: []Group{{Pattern: "*"}}}, []string{"AdamSolver", "one rate", "groups"}},
		{gorgonia.NewAdamSolver(), Tuning{ClipNorm: 1}, []string{"clipping"}},
	}
	store := lenetLike.params(t, tensor.Float32)
	for _, tt := range refused {
		_, err := New(Stock{tt.solver, 0.1}, store.All(), tt.config)
		fails(t, err, tt.want...)
	}
	_, err := New(Stock{gorgonia.NewAdamSolver(), math.NaN()}, store.All(), Tuning{})
	fails(t, err, "lr is NaN")

	s, err := New(Stock{gorgonia.NewAdamSolver(), 0.1}, store.All(), Tuning{})
	if err != nil {
		t.Fatal(err)
	}
	fails(t, s.SetRate(1, 0.1), "no group 1")
	fails(t, s.SetRate(0, -1), "lr is -1")
	_, err = s.State()
	fails(t, err, "AdamSolver", "cannot be read")
	fails(t, s.Restore(nil), "cannot be restored")
	model := gradients(store, wave)
	if err := s.Step(model); err != nil {
		t.Fatal(err)
	}
	fails(t, s.Step(model[1:]), "same order")
	model[0], model[1] = model[1], model[0]
	fails(t, s.Step(model), "same order")
	model[0].(*gradient).grad = nil
	fails(t, s.Step(model), "no gradient")
}
