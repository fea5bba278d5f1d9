package solvers

import (
	"math"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
)

// movedBy takes a step of plain SGD at rate 1 with gradients of 1 and returns how far each tensor moved: the rate it
// really got.
func movedBy(t *testing.T, config Tuning) map[string]float64 {
	t.Helper()
	store := lenetLike.params(t, tensor.Float64)
	s := must(t, "SGD(lr=1.0)", store, config)
	before := lenetLike.params(t, tensor.Float64)
	if err := s.Step(gradients(store, func(int) float64 { return 1 })); err != nil {
		t.Fatal(err)
	}
	moved := make(map[string]float64)
	for _, p := range store.Trainable() {
		was := get(before.Lookup(p.Name()).Value())
		moved[p.Name()] = was[0] - get(p.Value())[0]
		if rate := s.RateOf(p.Name()); !(math.Abs(rate-moved[p.Name()]) <= 1e-14) {
			t.Errorf("RateOf(%s) is %v, and it moved by %v", p.Name(), rate, moved[p.Name()])
		}
	}
	return moved
}

func TestRatesOfTensors(t *testing.T) {
	const conv1, bn, conv2, fc1 = "conv1.weight", "conv1_bn.weight", "conv2.weight", "fc1.weight"
	tests := []struct {
		name   string
		config Tuning
		want   map[string]float64
	}{
		{"all alike", Tuning{}, map[string]float64{conv1: 1, bn: 1, conv2: 1, fc1: 1}},
		{
			"group",
			Tuning{Groups: []Group{{Pattern: "conv*", LR: new(0.5)}}},
			map[string]float64{conv1: 0.5, bn: 0.5, conv2: 0.5, fc1: 1},
		},
		{
			"the last group counts, alone",
			Tuning{Groups: []Group{{Pattern: "conv*", LR: new(0.5)}, {Pattern: "*_bn.*", WeightDecay: new(0.0)}}},
			map[string]float64{conv1: 0.5, bn: 1, conv2: 0.5, fc1: 1},
		},
		{
			"layers",
			Tuning{LayerDecay: 0.5},
			map[string]float64{conv1: 0.125, bn: 0.25, conv2: 0.5, fc1: 1, "fc1.bias": 1, "conv1.bias": 0.125},
		},
		{
			"layers and groups",
			Tuning{LayerDecay: 0.5, Groups: []Group{{Pattern: "conv2.*", LR: new(3.0)}}},
			map[string]float64{conv1: 0.125, bn: 0.25, conv2: 1.5, fc1: 1},
		},
		{
			"frozen",
			Tuning{Freeze: []string{"conv1*", "fc1.bias"}},
			map[string]float64{conv1: 0, bn: 0, conv2: 1, fc1: 1, "fc1.bias": 0},
		},
		{"group at rate 0", Tuning{Groups: []Group{{Pattern: "conv1.*", LR: new(0.0)}}}, map[string]float64{conv1: 0, bn: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			moved := movedBy(t, tt.config)
			for name, want := range tt.want {
				if !(math.Abs(moved[name]-want) <= 1e-14) {
					t.Errorf("%s moved by %v, want %v", name, moved[name], want)
				}
			}
		})
	}
}

// A parameter whose name has no dot is a layer of its own, as it is to graph.Param.Layer.
func TestLayerDecayWithoutDots(t *testing.T) {
	store := tensors{
		{"scale", graph.Weight, tensor.Shape{2}},
		{"shift", graph.Bias, tensor.Shape{2}},
		{"fc.weight", graph.Weight, tensor.Shape{2, 2}},
		{"fc.bias", graph.Bias, tensor.Shape{2}},
	}.params(t, tensor.Float64)
	s := must(t, "SGD(lr=1.0)", store, Tuning{LayerDecay: 0.5})
	for name, want := range map[string]float64{"scale": 0.25, "shift": 0.5, "fc.weight": 1, "fc.bias": 1} {
		if got := s.RateOf(name); got != want {
			t.Errorf("%s has rate %v, want %v", name, got, want)
		}
	}
}

// Weight decay 0.5 and L1 0.25 at rate 1 and without gradient take w to w/2 − sign(w)/4.
func TestDecayOfTensors(t *testing.T) {
	decayed := func(w float64) float64 { return w - 0.5*w - math.Copysign(0.25, w) }
	same := func(w float64) float64 { return w }
	double := func(w float64) float64 { return w - 1*w - math.Copysign(0.25, w) }
	config := func(weightOnly bool, groups ...Group) Tuning { return Tuning{WeightOnly: weightOnly, Groups: groups} }
	tests := []struct {
		name       string
		config     Tuning
		weight, bn func(float64) float64
	}{
		{"all", config(false), decayed, decayed},
		{"weights only", config(true), decayed, same},
		{"group", config(false, Group{Pattern: "*.weight", WeightDecay: new(1.0)}), double, double},
		{
			"batch normalization spared",
			config(false, Group{Pattern: "*_bn.*", WeightDecay: new(0.0), L1: new(0.0)}),
			decayed,
			same,
		},
		{"weights only, whatever the group says", config(true, Group{Pattern: "*", WeightDecay: new(1.0)}), double, same},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			store, before := lenetLike.params(t, tensor.Float64), lenetLike.params(t, tensor.Float64)
			s := must(t, "SGD(lr=1.0, weight_decay=0.5, l1=0.25)", store, tt.config)
			if err := s.Step(gradients(store, func(int) float64 { return 0 })); err != nil {
				t.Fatal(err)
			}
			for name, f := range map[string]func(float64) float64{"fc1.weight": tt.weight, "conv1_bn.weight": tt.bn} {
				want := get(before.Lookup(name).Value())
				for i := range want {
					want[i] = f(want[i])
				}
				compare(t, name, get(store.Lookup(name).Value()), want, 1e-15)
			}
		})
	}
}

// Decoupled penalties are scaled by the rate and never reach the moments; LAMB's are part of a step as long as lr·‖w‖.
func TestDecoupledPenalties(t *testing.T) {
	for _, spec := range []string{"AdamW(lr=0.5, weight_decay=0.5, l1=0.25)", "Lion(lr=0.5, weight_decay=0.5, l1=0.25)"} {
		store := lenetLike.params(t, tensor.Float64)
		want := all(store)
		for i, w := range want {
			want[i] = w - 0.5*(0.5*w+math.Copysign(0.25, w))
		}
		if err := must(t, spec, store, Tuning{}).Step(gradients(store, func(int) float64 { return 0 })); err != nil {
			t.Fatal(err)
		}
		compare(t, spec, all(store), want, 1e-15)
	}
	store := lenetLike.params(t, tensor.Float64)
	p := store.Lookup("fc1.weight").Value()
	want := get(p)
	var ww, uu float64
	for _, w := range want {
		u := 0.5*w + math.Copysign(0.25, w)
		ww += w * w
		uu += u * u
	}
	for i, w := range want {
		want[i] = w - 0.5*math.Sqrt(ww/uu)*(0.5*w+math.Copysign(0.25, w))
	}
	if err := must(t, "LAMB(lr=0.5, weight_decay=0.5, l1=0.25)", store,
		Tuning{}).Step(gradients(store, func(int) float64 { return 0 })); err != nil {
		t.Fatal(err)
	}
	compare(t, "LAMB", get(p), want, 1e-14)
}

// Frozen tensors keep every bit through steps of every solver, with everything on that could touch them, and do not
// count in the norm.
func TestFreeze(t *testing.T) {
	for _, spec := range append([]string{"SGD(lr=0.1, momentum=0.9, weight_decay=0.1, l1=0.1)"}, everySpec...) {
		store, before := lenetLike.params(t, tensor.Float32), lenetLike.params(t, tensor.Float32)
		s := must(t, spec, store, Tuning{Freeze: []string{"conv1*"}, ClipNorm: 0.1})
		thawed := lenetLike.params(t, tensor.Float32)
		alone := must(t, spec, thawed, Tuning{ClipNorm: 0.1})
		for i := range 5 {
			model := gradients(store, func(k int) float64 { return wave(k + i) })
			if err := s.Step(model); err != nil {
				t.Fatal(err)
			}
			if err := alone.Step(gradients(thawed, func(k int) float64 { return wave(k + i) })[4:]); err != nil {
				t.Fatal(err)
			}
		}
		for _, p := range store.All() {
			want := before.Lookup(p.Name()).Value()
			if frozen := p.Name()[:5] == "conv1"; !frozen {
				want = thawed.Lookup(p.Name()).Value()
			}
			compare(t, spec+": "+p.Name(), get(p.Value()), get(want), 0)
		}
	}
}

func TestPatternErrors(t *testing.T) {
	store := lenetLike.params(t, tensor.Float32)
	tests := []struct {
		name   string
		config Tuning
		want   []string
	}{
		{
			"group matches nothing",
			Tuning{Groups: []Group{{Pattern: "fc3*"}}},
			[]string{`"fc3*" matches no parameter`, "conv1.weight, conv1.bias"},
		},
		{"buffers are none", Tuning{Groups: []Group{{Pattern: "*.running_mean"}}}, []string{"matches no parameter"}},
		{
			"freeze matches nothing",
			Tuning{Freeze: []string{"conv1"}},
			[]string{`freeze "conv1" matches no parameter`, "fc1.bias"},
		},
		{
			"covered group",
			Tuning{Groups: []Group{{Pattern: "conv*"}, {Pattern: "*"}}},
			[]string{`"conv*"`, "the last one counts"},
		},
		{"bad pattern", Tuning{Groups: []Group{{Pattern: "conv["}}}, []string{`"conv["`}},
		{"bad freeze", Tuning{Freeze: []string{""}}, []string{`pattern ""`}},
		{"negative rate", Tuning{Groups: []Group{{Pattern: "*", LR: new(-1.0)}}}, []string{"group *", "lr is -1"}},
		{"NaN decay", Tuning{Groups: []Group{{Pattern: "*", WeightDecay: new(math.NaN())}}}, []string{"weight_decay is NaN"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := New(SGD{LR: 0.1}, store.All(), tt.config)
			fails(t, err, tt.want...)
		})
	}
}
