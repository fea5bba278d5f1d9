package schedules

import (
	"math"
	"strings"
	"testing"
)

// A Go literal that leaves out a setting with a default is an error that names Default; a spec may state the same zero.
func TestLiterals(t *testing.T) {
	for _, tt := range []struct {
		s    Schedule
		want string // "" if the literal is valid
	}{
		{StepLR{StepSize: 1}, "gamma is 0: want a finite number above 0; in Go, schedules.Default[schedules.StepLR]()"},
		{MultiStepLR{Milestones: []int{3}}, "gamma is 0: want a finite number above 0; in Go, schedules.Default"},
		{ExponentialLR{}, "ExponentialLR: gamma is 0: want a finite number above 0"},
		{MultiplicativeLR{}, "MultiplicativeLR: factor is 0: want a finite number above 0"},
		{PolynomialLR{TotalIters: 5}, "power is 0: want a finite number above 0; in Go, schedules.Default"},
		{ConstantLR{TotalIters: 5}, "factor is 0: want a number above 0 and at most 1; in Go, schedules.Default"},
		{LinearLR{StartFactor: 0.1, TotalIters: 5}, "end_factor is 0: want a number above 0 and at most 1; in Go"},
		{CosineAnnealingWarmRestarts{T0: 5}, "T_mult is 0: want a whole number of at least 1; in Go"},
		{CyclicLR{BaseLR: 0.1, MaxLR: 0.2, StepSizeUp: 5}, "mode is '': want 'triangular', "},
		{CyclicLR{BaseLR: 0.1, MaxLR: 0.2, StepSizeUp: 5}, "in Go, schedules.Default[schedules.CyclicLR]()"},
		{OneCycleLR{MaxLR: 0.1}, "anneal_strategy is '': want 'cos' or 'linear'; in Go"},
		{SWALR{Rate: 0.1}, "anneal_strategy is '': want 'cos' or 'linear'; in Go"},
		{ReduceLROnPlateau{MinLR: []float64{0}}, "mode is '': want 'min' or 'max'; in Go"},
		{InverseTimeLR{DecayRate: 1}, "decay_steps is 0: want a whole number of at least 1; in Go"},
		{InverseSqrtLR{}, "warmup_iters is 0: want a whole number of at least 1; in Go"},
		{StepLR{StepSize: 5, Gamma: -1}, "StepLR: gamma is -1: want a finite number of at least 0"},
		{StepLR{StepSize: 5, Gamma: 0.5}, ""},
		{WarmupLR{Scheduler: Constant{}, TotalIters: 5}, ""}, // from 0
		{CosineAnnealingLR{}, ""},                 // the run's length
		{CosineCycleDecayLR{T0: 5, TMult: 1}, ""}, // stays at its end
	} {
		err := tt.s.Validate()
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%#v: got %v, want %q", tt.s, err, tt.want)
		}
	}
	for _, spec := range []string{
		"StepLR(1, 0.0)", "ExponentialLR(0)", "MultiplicativeLR(0)", "PolynomialLR(5, 0)", "LinearLR(0.5, -0.0)",
		"MultiStepLR([3], gamma=0)",
	} {
		s, err := Parse(spec)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(s.String())
		if err != nil {
			t.Fatal(err)
		}
		if a, b := s.At(0.1, 5), again.At(0.1, 5); math.Signbit(a) || a != b || strings.Contains(s.String(), "-0") {
			t.Errorf("%s: rate %v, printed %s, which gives %v", spec, a, s, b)
		}
	}
	if got, want := Default[StepLR](), (StepLR{Gamma: 0.1}); got != want {
		t.Errorf("got %#v, want %#v", got, want)
	}
	if got := Default[OneCycleLR](); got.PctStart != 0.3 || got.DivFactor != 25 || !got.CycleMomentum {
		t.Errorf("got %#v", got)
	}
}

// Keras's plateau lowers the rate one observation earlier for the same patience, and counts a cooldown from the
// observation of the reduction on.
func TestKerasPlateau(t *testing.T) {
	for line, want := range map[string]string{
		"ReduceLROnPlateau(monitor='val_loss', factor=0.2, patience=5, min_lr=0.001)": "ReduceLROnPlateau(factor=0.2, " +
			"patience=4, threshold_mode='abs', min_lr=0.001, eps=0.0)",
		"keras.callbacks.ReduceLROnPlateau()": "ReduceLROnPlateau(patience=9, threshold_mode='abs', eps=0.0)",
		"callbacks.ReduceLROnPlateau('val_accuracy', 0.5, 0, 1, 'auto', 0.01, 3)": "ReduceLROnPlateau(mode='max', " +
			"factor=0.5, patience=0, threshold=0.01, threshold_mode='abs', cooldown=2, eps=0.0)",
		"ReduceLROnPlateau(monitor='loss')": "monitor is 'loss': want 'val_loss' or 'val_accuracy'",
	} {
		s, err := Parse(line)
		if err != nil {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %s", line, err, want)
			}
			continue
		}
		if s.String() != want {
			t.Errorf("%s: got %s, want %s", line, s, want)
		}
	}
	// keras/callbacks: wait counts from 0, and the rate falls once it reaches patience
	s, err := Parse("keras.callbacks.ReduceLROnPlateau(patience=2, cooldown=2, factor=0.5)")
	if err != nil {
		t.Fatal(err)
	}
	d, err := NewDriver(s, []float64{1})
	if err != nil {
		t.Fatal(err)
	}
	rate, best, wait, cooldown := 1.0, math.Inf(1), 0, 0
	for i, metric := range []float64{1, 1, 1, 1, 1, 0.9, 0.9, 0.9, 0.9, 0.9, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5} {
		if cooldown > 0 {
			cooldown--
			wait = 0
		}
		if metric < best-1e-4 {
			best, wait = metric, 0
		} else if cooldown == 0 {
			if wait++; wait >= 2 {
				rate, cooldown, wait = rate*0.5, 2, 0
			}
		}
		d.Observe(i, metric)
		if got := d.Rates(i + 1)[0]; got != rate {
			t.Errorf("after %d metrics: rate %v, want %v", i+1, got, rate)
		}
	}
}
