package solvers

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
)

// demanding are settings with which a step may divide by 0, or take the root of what a rounding has made negative.
var demanding = []string{
	"SGD(lr=0)", "SGD(lr=0.1, momentum=0.99, nesterov=True, weight_decay=0.1)", "SGD(lr=1, momentum=1, l1=0.1)",
	"Adam(eps=0)", "Adam(eps=0, amsgrad=True)", "Adam(eps=1e-50, weight_decay=0.1)", "Adam(betas=(0.9, 0), eps=0)",
	"Adam(betas=(0.999999999, 0.9999999999), lr=10)", "Adam(lr=1e30)", "AdamW(eps=0, lr=1, weight_decay=0.5)",
	"NAdam(eps=0)", "NAdam(betas=(0.99999999, 0.999), momentum_decay=100)", "RAdam(eps=0, betas=(0.9, 0.1))",
	"RAdam(eps=0, betas=(0.9, 0.9))", "RAdam(betas=(0.9, 0.99999999999))",
	"Adamax(eps=0)", "Adamax(betas=(0.9, 0), eps=0)",
	"Adagrad(eps=0, initial_accumulator_value=1e-45)", "Adagrad(eps=1e-50)", "Adagrad(lr=1e20)",
	"RMSprop(eps=0)", "RMSprop(eps=0, centered=True)", "RMSprop(alpha=0, centered=True, eps=1e-30)", "RMSprop(alpha=1)",
	"RMSprop(eps=0, momentum=0.99, weight_decay=0.1)", "RMSprop(eps=0, alpha=1)", "Adadelta(eps=0)", "Adadelta(rho=1)",
	"Adadelta(rho=0, eps=1e-30)", "Adadelta(eps=1e30)", "Lion(lr=10, weight_decay=1)", "LAMB(eps=0)",
	"LAMB(norm_bounds=(1e30, 0), lr=1e10)", "LARS(eps=0, momentum=0.9)", "LARS(trust_coefficient=1e30, lr=1e10)",
	"LARS(trust_coefficient=1, momentum=0.99, nesterov=True, eps=0)", "LARS(decayed_only=True, momentum=1)",
	"LAMB(lr=10, weight_decay=0)", "LAMB(eps=1e-40, betas=(0.9, 0))", "Muon(eps=0)", "Muon(lr=1, momentum=0)",
	"Muon(ns_steps=0, eps=0)", "Adafactor(eps=(None, 0), weight_decay=0.1)", "Adafactor(eps=(1e-40, 1), lr=10)",
	"ASGD(lambd=1, t0=0, lr=1)", "ASGD(lambd=0)", "Rprop(step_sizes=(0, 1e30), lr=0)", "Rprop(etas=(0.5, 1000))",
}

// A step keeps finite weights finite, whatever finite gradients it gets: zeros, the smallest and the largest numbers of
// their type, in any order.
func TestFinite(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		huge, tiny := 3.4e38, 1e-45
		if dtype == tensor.Float64 {
			huge, tiny = 1.7e308, 5e-324
		}
		root := math.Sqrt(huge)
		sizes := [][]float64{
			{0},
			{tiny},
			{huge},
			{1e-38},
			{root},
			{math.Sqrt(tiny)},
			{0, huge},
			{0, 0, 0, root},
			{1e19, 1e-19},
			{0, tiny, 1e-30, 1e-10, 1, 1e10, 1e19, root, huge},
		}
		for _, spec := range append(demanding, everySpec...) {
			for _, tuning := range []Tuning{{}, {ClipNorm: 1}, {ClipValue: 1e30}, {
				Groups: []Group{{Pattern: "*", WeightDecay: new(0.5), L1: new(0.1)}},
			}} {
				for _, all := range sizes {
					t.Run(fmt.Sprint(dtype, " ", spec, " ", all, tuning), func(t *testing.T) {
						keepsFinite(t, dtype, spec, tuning, all)
					})
				}
			}
		}
	}
}

func keepsFinite(t *testing.T, dtype tensor.Dtype, spec string, tuning Tuning, sizes []float64) {
	t.Helper()
	store := tensors{{"w", graph.Weight, tensor.Shape{7, 5}}}.params(t, dtype)
	s := must(t, spec, store, tuning)
	random := rand.New(rand.NewPCG(1, 2))
	for step := range 40 {
		if step > 20 && random.IntN(2) == 0 {
			sizes = sizes[:1] // the same for a while, often 0
		}
		model := gradients(store, func(int) float64 {
			return sizes[random.IntN(len(sizes))] * float64(1-2*random.IntN(2))
		})
		if err := s.Step(model); err != nil {
			t.Fatal(err)
		}
		for i, v := range get(store.Lookup("w").Value()) {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("step %d: weight %d is %v", step+1, i, v)
			}
		}
	}
}
