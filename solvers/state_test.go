package solvers

import (
	"slices"
	"testing"

	"gorgonia.org/tensor"
	"pgregory.net/rapid"

	"anneal/graph"
)

// A solver restored from another's state continues with the same bits.
func TestRestoreGoesOn(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		spec := rapid.SampledFrom(everySpec).Draw(rt, "spec")
		before, after := rapid.IntRange(0, 6).Draw(rt, "before"), rapid.IntRange(1, 4).Draw(rt, "after")
		dtype := rapid.SampledFrom([]tensor.Dtype{tensor.Float32, tensor.Float64}).Draw(rt, "dtype")
		config := Tuning{Freeze: []string{"fc1.bias"}, ClipNorm: rapid.Float64Range(0, 2).Draw(rt, "norm")}
		store := lenetLike.params(t, dtype)
		s := must(t, spec, store, config)
		step := func(s Solver, store *graph.Params, i int) {
			model := gradients(store, func(k int) float64 { return wave(k + 7*i) })
			if i%3 == 1 {
				model = model[2:] // some count fewer steps
			}
			if err := s.Step(model); err != nil {
				rt.Fatal(err)
			}
		}
		for i := range before {
			step(s, store, i)
		}
		state, err := s.State()
		if err != nil {
			rt.Fatal(err)
		}
		copied := lenetLike.params(t, dtype)
		for i, p := range copied.All() {
			if err := tensor.Copy(p.Value(), store.All()[i].Value()); err != nil {
				rt.Fatal(err)
			}
		}
		resumed := must(t, spec, copied, config)
		if err := resumed.Restore(state); err != nil {
			rt.Fatal(err)
		}
		for i := range after {
			step(s, store, before+i)
			step(resumed, copied, before+i)
		}
		if got, want := all(copied), all(store); !slices.Equal(got, want) {
			rt.Fatalf("%s: resumed %v, went on %v", spec, got, want)
		}
	})
}

func TestStateNames(t *testing.T) {
	layer := tensors{{"fc.weight", graph.Weight, tensor.Shape{2, 3}}}
	tests := []struct {
		spec string
		want []string
	}{
		{"SGD(lr=0.1)", []string{"step"}},
		{"SGD(lr=0.1, momentum=0.9)", []string{"momentum_buffer", "step"}},
		{"Adagrad", []string{"sum", "step"}},
		{"RMSprop", []string{"square_avg", "step"}},
		{"RMSprop(centered=True, momentum=0.9)", []string{"square_avg", "grad_avg", "momentum_buffer", "step"}},
		{"Adam", []string{"exp_avg", "exp_avg_sq", "step"}},
		{"AdamW(amsgrad=True)", []string{"exp_avg", "exp_avg_sq", "max_exp_avg_sq", "step"}},
		{"NAdam", []string{"exp_avg", "exp_avg_sq", "mu_product", "step"}},
		{"RAdam", []string{"exp_avg", "exp_avg_sq", "step"}},
		{"Adamax", []string{"exp_avg", "exp_inf", "step"}},
		{"Adadelta", []string{"square_avg", "acc_delta", "step"}},
		{"Lion", []string{"exp_avg", "step"}},
		{"LAMB", []string{"exp_avg", "exp_avg_sq", "step"}},
		{"LARS(momentum=0.9)", []string{"momentum_buffer", "step"}},
	}
	for _, tt := range tests {
		state, err := must(t, tt.spec, layer.params(t, tensor.Float32), Tuning{}).State()
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, x := range state {
			name := x.Name[:len(x.Name)-len("/fc.weight")]
			names = append(names, name)
			switch data := x.Data.(type) {
			case []float32:
				if single := name == "mu_product"; single != (len(x.Shape) == 0) || single != (len(data) == 1) {
					t.Errorf("%s: %s has shape %v and %d elements", tt.spec, x.Name, x.Shape, len(data))
				}
			case []int64:
				if name != "step" || len(x.Shape) != 0 || len(data) != 1 {
					t.Errorf("%s: %s is %v of shape %v", tt.spec, x.Name, data, x.Shape)
				}
			default:
				t.Errorf("%s: %s is %T", tt.spec, x.Name, x.Data)
			}
		}
		if !slices.Equal(names, tt.want) {
			t.Errorf("%s has the state %v, want %v", tt.spec, names, tt.want)
		}
	}
}

func TestRestoreErrors(t *testing.T) {
	store := lenetLike.params(t, tensor.Float32)
	s := must(t, "Adam", store, Tuning{})
	if err := s.Step(gradients(store, wave)); err != nil {
		t.Fatal(err)
	}
	state := func() []Tensor {
		list, err := s.State()
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	changed := func(f func(x *Tensor)) []Tensor { list := state(); f(&list[3]); return list } // exp_avg/conv1.bias
	tests := []struct {
		name  string
		state []Tensor
		want  []string
	}{
		{"missing", state()[1:], []string{"exp_avg/conv1.weight is missing"}},
		{"step missing", state()[:len(state())-1], []string{"step/fc1.bias is missing"}},
		{"empty", nil, []string{"missing"}},
		{
			"extra",
			append(state(), Tensor{"exp_avg/fc9.weight", []int{1}, []float32{1}}),
			[]string{"exp_avg/fc9.weight has no place"},
		},
		{
			"another solver's",
			append(state(), Tensor{"max_exp_avg_sq/fc1.bias", []int{4}, make([]float32, 4)}),
			[]string{"max_exp_avg_sq/fc1.bias has no place"},
		},
		{"twice", append(state(), state()[5]), []string{"step/conv1.bias is there twice"}},
		{"shape", changed(func(x *Tensor) { x.Shape = []int{1, 2} }), []string{"exp_avg/conv1.bias", "[1 2]", "[2]"}},
		{"length", changed(func(x *Tensor) { x.Data = make([]float32, 3) }), []string{"exp_avg/conv1.bias"}},
		{
			"type",
			changed(func(x *Tensor) { x.Data = make([]float64, 2) }),
			[]string{"exp_avg/conv1.bias", "[]float64", "[]float32"},
		},
		{
			"count",
			func() []Tensor { list := state(); list[5].Data = []int64{-1}; return list }(),
			[]string{"step/conv1.bias", "-1"},
		},
		{
			"count's type",
			func() []Tensor { list := state(); list[5].Data = []float32{1}; return list }(),
			[]string{"step/conv1.bias"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := state()
			fails(t, s.Restore(tt.state), tt.want...)
			for i, x := range state() {
				if f, ok := x.Data.([]float32); ok && !slices.Equal(f, before[i].Data.([]float32)) {
					t.Errorf("%s changed", x.Name)
				}
			}
		})
	}
}

// Momentum that came only with SetMomentum is part of the state, and is restored before it is set again.
func TestRestoreCycledMomentum(t *testing.T) {
	store := lenetLike.params(t, tensor.Float64)
	s := must(t, "SGD(lr=0.1)", store, Tuning{})
	if err := s.SetMomentum(0, 0.9); err != nil {
		t.Fatal(err)
	}
	if err := s.Step(gradients(store, wave)); err != nil {
		t.Fatal(err)
	}
	state, _ := s.State()
	if state[0].Name != "momentum_buffer/conv1.weight" {
		t.Fatalf("the state begins with %s", state[0].Name)
	}
	fresh := must(t, "SGD(lr=0.1)", lenetLike.params(t, tensor.Float64), Tuning{})
	if err := fresh.Restore(state); err != nil {
		t.Fatal(err)
	}
	again, _ := fresh.State()
	for i := range state {
		if state[i].Name != again[i].Name {
			t.Errorf("entry %d is %s, want %s", i, again[i].Name, state[i].Name)
		}
	}
}
