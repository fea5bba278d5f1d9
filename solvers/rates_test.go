package solvers

import (
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/graph"
)

func TestRates(t *testing.T) {
	store := lenetLike.params(t, tensor.Float32)
	s := must(t, "SGD(lr=0.1)", store, Tuning{Groups: []Group{{Pattern: "conv*", LR: new(0.5)}, {Pattern: "fc*"}}})
	if got := s.Rates(); !slices.Equal(got, []float64{0.1, 0.05, 0.1}) {
		t.Errorf("the rates are %v", got)
	}
	if err := s.SetRate(1, 0.25); err != nil {
		t.Fatal(err)
	}
	if got := s.Rates(); !slices.Equal(got, []float64{0.1, 0.25, 0.1}) {
		t.Errorf("the rates are %v", got)
	}
	if got := s.RateOf("conv2.bias"); got != 0.25 {
		t.Errorf("the rate of conv2.bias is %v", got)
	}
	if got := s.RateOf("conv9.bias"); got != 0 {
		t.Errorf("the rate of conv9.bias is %v", got)
	}
	fails(t, s.SetRate(3, 0.1), "no group 3", "0 to 2")
	fails(t, s.SetRate(-1, 0.1), "no group -1")
	fails(t, s.SetRate(0, -0.1), "lr is -0.1")
	fails(t, s.SetRate(0, math.NaN()), "lr is NaN")
	fails(t, s.SetRate(0, math.Inf(1)), "lr is +Inf")
}

func TestSetMomentum(t *testing.T) {
	store := lenetLike.params(t, tensor.Float32)
	for _, spec := range everySpec {
		s := must(t, spec, store, Tuning{})
		switch spec {
		case "Adagrad", "Adadelta", "Adafactor", "ASGD(t0=3, lambd=0)", "Rprop":
			name, _, _ := strings.Cut(spec, "(")
			fails(t, s.SetMomentum(0, 0.9), name, "no momentum")
		default:
			if err := s.SetMomentum(0, 0.9); err != nil {
				t.Error(err)
			}
			fails(t, s.SetMomentum(1, 0.9), "no group 1")
			fails(t, s.SetMomentum(0, -0.1), "momentum is -0.1")
			fails(t, s.SetMomentum(0, math.NaN()), "momentum is NaN")
		}
	}
	fails(t, must(t, "Adam", store, Tuning{}).SetMomentum(0, 1), "momentum is 1", "below 1")
}

// big has tensors of more than one part, and of an odd size.
var big = tensors{
	{"fc1.weight", graph.Weight, tensor.Shape{301, 333}},
	{"fc2.weight", graph.Weight, tensor.Shape{partSize}},
	{"fc2.bias", graph.Bias, tensor.Shape{7}},
}

// The bits do not depend on the number of processors.
func TestProcessors(t *testing.T) {
	for _, spec := range []string{"SGD(lr=0.1, momentum=0.9, weight_decay=0.1)", "LAMB", "LARS(momentum=0.9)", "Adam"} {
		var first []float64
		for _, n := range []int{1, 2, 3} {
			func() {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(n))
				store := big.params(t, tensor.Float32)
				s := must(t, spec, store, Tuning{ClipNorm: 1})
				for i := range 2 {
					if err := s.Step(gradients(store, func(k int) float64 { return wave(k + i) })); err != nil {
						t.Fatal(err)
					}
				}
				if first == nil {
					first = all(store)
				}
				compare(t, spec, all(store), first, 0)
			}()
		}
	}
}

// A clipped step is as long as a step with gradients of just that norm.
func TestClipNorm(t *testing.T) {
	store, before := big.params(t, tensor.Float64), all(big.params(t, tensor.Float64))
	s := must(t, "SGD(lr=1.0)", store, Tuning{ClipNorm: 0.25})
	if err := s.Step(gradients(store, wave)); err != nil {
		t.Fatal(err)
	}
	var sum float64
	for i, w := range all(store) {
		sum += (w - before[i]) * (w - before[i])
	}
	if got := math.Sqrt(sum); !(math.Abs(got-0.25) <= 1e-8) {
		t.Errorf("moved by %v, want 0.25", got)
	}
}

// NaN spreads as it does in PyTorch: over its own element, or with ClipNorm, whose norm is then NaN too, over all.
func TestNaN(t *testing.T) {
	for _, spec := range everySpec {
		for _, config := range []Tuning{{}, {ClipValue: 1}, {ClipNorm: 1}} {
			store := lenetLike.params(t, tensor.Float32)
			s := must(t, spec, store, config)
			model := gradients(store, wave)
			model[0].(*gradient).grad.(*tensor.Dense).Float32s()[3] = float32(math.NaN())
			if err := s.Step(model); err != nil {
				t.Fatal(err)
			}
			if w := get(store.All()[0].Value())[3]; w == w {
				t.Errorf("%s with %+v: a NaN gradient gave the weight %v", spec, config, w)
			}
			if w := get(store.Lookup("fc1.bias").Value())[0]; (w != w) != (config.ClipNorm > 0) {
				t.Errorf("%s with %+v: a NaN in conv1.weight's gradient gave fc1.bias[0] = %v", spec, config, w)
			}
		}
	}
}

// A gradient that one of Gorgonia's ops left as a view is read in the parameter's order.
func TestTransposedGradient(t *testing.T) {
	layer := tensors{{"fc.weight", graph.Weight, tensor.Shape{2, 3}}}
	store, before := layer.params(t, tensor.Float64), all(layer.params(t, tensor.Float64))
	g := tensor.New(tensor.WithShape(3, 2), tensor.WithBacking([]float64{1, 2, 3, 4, 5, 6}))
	if err := g.T(); err != nil {
		t.Fatal(err)
	}
	s := must(t, "SGD(lr=1.0)", store, Tuning{})
	if err := s.Step([]gorgonia.ValueGrad{&gradient{param: store.All()[0], grad: g}}); err != nil {
		t.Fatal(err)
	}
	for i, x := range []float64{1, 3, 5, 2, 4, 6} {
		before[i] -= x
	}
	compare(t, "fc.weight", all(store), before, 0)
}
