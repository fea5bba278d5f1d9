package schedules

import (
	"strings"
	"testing"
)

func TestLint(t *testing.T) {
	epochs := Training{Epochs: 10, Steps: 40, Bases: []float64{0.1}, Limit: 1, Solver: "SGD"}
	steps := epochs
	steps.PerStep = true
	groups := epochs
	groups.Bases = []float64{0.1, 0.05}
	one := epochs
	one.Epochs, one.Steps = 1, 1
	tests := []struct {
		spec string
		run  Training
		want []string // one a warning, what it contains
	}{
		{"none", epochs, nil},
		{"StepLR(5)", epochs, nil},
		{"StepLR(10)", epochs, []string{"never changes the rate in the 10 epochs"}},
		{"StepLR(10)", steps, nil},
		{"StepLR(5, 1.0)", epochs, []string{"never changes"}},
		{"MultiStepLR([12, 40])", epochs, []string{"never changes"}},
		{"StepLR(5)", Training{Epochs: 0, Bases: []float64{0.1}}, nil},
		{"StepLR(10)", one, []string{"never changes the rate in the 1 epoch of the run"}},
		{
			"StepLR(10)",
			Training{Epochs: 1, Steps: 1, PerStep: true, Bases: []float64{0.1}},
			[]string{"never changes the rate in the 1 step of the run"},
		},
		{
			"SequentialLR([ExponentialLR(0.9), StepLR(3)], [1])", one,
			[]string{"milestone 1 is not within the 1 epoch", "never changes"},
		},
		{"OneCycleLR(0.1, 1)", epochs, []string{"the cycle takes 1 epoch, but it has 10"}},
		{"OneCycleLR(0.1, 40)", steps, nil},
		{"OneCycleLR(0.1, epochs=10, steps_per_epoch=4)", steps, nil},
		{"OneCycleLR(0.1, 40)", epochs, []string{"the cycle takes 40 epochs, but it has 10"}},
		{"OneCycleLR(0.1, 40)", Training{Epochs: 40, Bases: []float64{0.1, 0.05}}, []string{"[0.1 0.05], have no effect"}},
		{"CyclicLR(0.01, 0.1, 5)", epochs, nil},
		{
			"CyclicLR(0.01, 0.1, 3, 4)", epochs,
			[]string{"a cycle takes 7 epochs, but it has 10, which is no whole number of cycles"},
		},
		{"CyclicLR(0.01, 0.1, 5)", groups, []string{"no effect"}},
		{"StepLR(5)", groups, nil},
		{"WarmupLR(StepLR(5), 4)", epochs, nil},
		{"WarmupLR(StepLR(5), 11)", epochs, []string{"WarmupLR: the warm-up takes 11 epochs, but it has 10"}},
		{"WarmupLR(OneCycleLR(0.1, 10), 4)", epochs, []string{"the cycle takes 10 epochs, but it has 6"}},
		{"WarmupLR(none, 4, 0.0)", epochs, []string{"the rate is 0 at epoch 0"}},
		{"LinearLR(total_iters=11)", epochs, []string{"LinearLR: the warm-up takes 11"}},
		{"LinearLR(1.0, 0.5, 11)", epochs, nil},
		{"LinearLR(1.0, 0.0, 5)", epochs, []string{"the rate is 0 at epoch 5"}},
		{"InverseSqrtLR(12)", epochs, []string{"InverseSqrtLR: the warm-up takes 12"}},
		{"WSDLR(2, 4, 4)", epochs, nil},
		{"WSDLR(2, 4, 5)", epochs, []string{"the phases take 11 epochs, but it has 10"}},
		{"CosineAnnealingLR(9)", epochs, []string{"the rate is 0 at epoch 9"}},
		{"CosineAnnealingLR(10)", epochs, nil},
		{"ExponentialLR(2.0)", epochs, []string{"the rate is 51.2 at epoch 9, and SGD is of no use above 1"}},
		{"ExponentialLR(1e300)", epochs, []string{"the rate is 1.7976931348623157e+308 at epoch 2, and SGD"}},
		{"SequentialLR([LinearLR(), OneCycleLR(0.1, 5)], [5])", epochs, nil},
		{
			"SequentialLR([LinearLR(total_iters=6), OneCycleLR(0.1, 6)], [5])", epochs,
			[]string{"the warm-up takes 6 epochs, but it has 5", "the cycle takes 6 epochs, but it has 5"},
		},
		{"SequentialLR([ExponentialLR(0.9), StepLR(3)], [10])", epochs, []string{"milestone 10 is not within the 10 epochs"}},
		{"ChainedScheduler([ExponentialLR(0.9), ConstantLR(0.1, 20)])", epochs, []string{"ConstantLR: the warm-up takes 20"}},
		{"ChainedScheduler([CosineAnnealingLR(3, 0.01), StepLR(2)])", epochs, []string{"the rate is -0.0"}},
		{"ReduceLROnPlateau(patience=7)", epochs, nil},
		{
			"ReduceLROnPlateau(patience=8)", epochs,
			[]string{"with patience 8 it can lower the rate after 10 epochs at the earliest, but it has 10"},
		},
		{"WarmupLR(ReduceLROnPlateau(patience=7), 3)", epochs, []string{"after 9 epochs at the earliest, but it has 7"}},
		{
			"ReduceLROnPlateau()", steps,
			[]string{"after 12 metrics at the earliest, one per epoch, and the run has 10 epochs"},
		},
		{"ReduceLROnPlateau(patience=2, min_lr=[0.1, 0.1])", epochs, []string{"min_lr has 2 rates"}},
	}
	for _, tt := range tests {
		s, err := Parse(tt.spec)
		if err != nil {
			t.Fatal(err)
		}
		got := Lint(s, tt.run)
		ok := len(got) == len(tt.want)
		for i := range got {
			ok = ok && strings.Contains(got[i], tt.want[i])
		}
		if !ok {
			t.Errorf("%s: warnings %q, want %q", tt.spec, got, tt.want)
		}
	}
}

// TestLintLengths wants one warning for each class whose length does not fit, and none where it does.
func TestLintLengths(t *testing.T) {
	epochs := Training{Epochs: 10, Steps: 9380, Bases: []float64{0.1}, Limit: 10, Solver: "SGD"}
	steps := epochs
	steps.PerStep = true
	three := Training{Epochs: 3, Steps: 30, Bases: []float64{0.1}, Limit: 10, Solver: "SGD"}
	threeSteps := three
	threeSteps.PerStep = true
	for _, tt := range []struct {
		spec string
		run  Training
		want string // of the only warning; "" for none
	}{
		{"CosineAnnealingLR(30)", three, "the rate falls for 30 epochs, but it has 3; the interval is epoch"},
		{"CosineAnnealingLR(12, 0.001)", epochs, "the rate falls for 12 epochs, but it has 10"},
		{"CosineAnnealingLR(5, 0.001)", epochs, "the rate falls, and then rises again, for 5 epochs, but it has 10"},
		{"CosineAnnealingLR(10, 0.001)", steps, "for 10 steps, but it has 9380; the interval is step, so"},
		{"CosineAnnealingLR(9, 0.001)", epochs, ""},
		{"CosineAnnealingLR(10)", epochs, ""},
		{"CosineAnnealingLR(9380)", steps, ""},
		{"CosineAnnealingWarmRestarts(20)", epochs, "the first cycle takes 20 epochs, but it has 10"},
		{"CosineAnnealingWarmRestarts(4)", epochs, "the last cycle takes 4 epochs, but it has 2 of them"},
		{"CosineAnnealingWarmRestarts(2, 2)", epochs, "the last cycle takes 8 epochs, but it has 4 of them"},
		{"CosineAnnealingWarmRestarts(5)", epochs, ""},
		{"CosineCycleDecayLR(20, 1, 0.0, 0.001)", epochs, "CosineCycleDecayLR: the first cycle takes 20 epochs"},
		{"CosineCycleDecayLR(7, 1, 0.0, 0.001)", epochs, ""}, // stays at its end
		{"MultiStepLR([3, 30, 60])", epochs, "MultiStepLR: milestone 30 and 60 is not within the 10 epochs"},
		{"MultiStepLR([30, 60])", steps, "MultiStepLR: the last milestone, 60, is within the first epoch"},
		{"MultiStepLR([5, 8])", epochs, ""},
		{"MultiStepLR([5000, 8000])", steps, ""},
		{"StepLR(5)", threeSteps, "the rate is below 1e-05, a ten-thousandth of its highest, from step 25 on, and it has 30"},
		{"StepLR(5)", steps, "; the interval is step, so lengths count steps, of which there are 9380 in 10 epochs"},
		{"ExponentialLR(0.9)", steps, "a ten-thousandth of its highest, from step 88 on"},
		{"StepLR(3)", epochs, ""},
		{"ChainedScheduler([StepLR(30), ExponentialLR(0.9)])", epochs, "the first step takes 30 epochs, but it has 10"},
		{"PolynomialLR(20)", epochs, "PolynomialLR: the way to the last rate takes 20 epochs, but it has 10"},
		{"PolynomialLR(5)", epochs, "the rate is 0 at epoch 5"},
		{"PolynomialLR(10, 2.0)", epochs, ""},
		{"LinearLR(1.0, 0.1, 20)", epochs, "LinearLR: the way to the last rate takes 20 epochs, but it has 10"},
		{"SWALR(0.05, 20)", epochs, "SWALR: the way to the last rate takes 20 epochs"},
		{"SequentialLR([ExponentialLR(0.9), SWALR(0.05)], [7])", epochs, "last rate takes 10 epochs, but it has 3"},
		{"ScaledLR(CosineAnnealingLR(30), 2)", epochs, "the rate falls for 30 epochs"},
		{"FloorLR(CosineAnnealingLR(30), 0.001)", epochs, "the rate falls for 30 epochs"},
		{"FloorLR(ExponentialLR(0.1), 0.001)", epochs, ""},
		{
			"SequentialLR([LinearLR(0.1, total_iters=2), CosineAnnealingLR(10)], [2])", epochs,
			"CosineAnnealingLR: the rate falls for 10 epochs, but it has 8",
		},
		{"SequentialLR([LinearLR(0.1, total_iters=2), CosineAnnealingLR(8)], [2])", epochs, ""},
		{"WarmupLR(CosineAnnealingLR(10), 3)", epochs, "the rate falls for 10 epochs, but it has 7"},
		{"OneCycleLR(0.1, 9380)", epochs, "the cycle takes 9380 epochs, but it has 10; the interval is epoch"},
		{"OneCycleLR(0.1, 10)", steps, "the cycle takes 10 steps, but it has 9380; the interval is step"},
	} {
		s, err := Parse(tt.spec)
		if err != nil {
			t.Fatal(err)
		}
		got := Lint(s, tt.run)
		if tt.want == "" && len(got) > 0 || tt.want != "" && (len(got) != 1 || !strings.Contains(got[0], tt.want)) {
			t.Errorf("%s: got %q, want %q", tt.spec, got, tt.want)
		}
	}
}

// Without its length a schedule has that of the counts for which it is followed.
func TestFit(t *testing.T) {
	for spec, want := range map[string]string{
		"CosineAnnealingLR()":                          "CosineAnnealingLR(T_max=30)",
		"CosineAnnealingLR(eta_min=1e-3)":              "CosineAnnealingLR(T_max=30, eta_min=0.001)",
		"CosineAnnealingLR(12)":                        "CosineAnnealingLR(T_max=12)",
		"OneCycleLR(max_lr=0.1)":                       "OneCycleLR(max_lr=0.1, total_steps=30)",
		"OneCycleLR(0.1, epochs=5, steps_per_epoch=2)": "OneCycleLR(max_lr=0.1, epochs=5, steps_per_epoch=2)",
		"WarmupLR(CosineAnnealingLR(), 5)":             "WarmupLR(scheduler=CosineAnnealingLR(T_max=25))",
		"ScaledLR(CosineAnnealingLR(), 2)":             "ScaledLR(scheduler=CosineAnnealingLR(T_max=30), factor=2.0)",
		"FloorLR(CosineAnnealingLR(None), 1e-3)":       "FloorLR(scheduler=CosineAnnealingLR(T_max=30), min_lr=0.001)",
		"ChainedScheduler([CosineAnnealingLR(), StepLR(9)])": "ChainedScheduler(schedulers=[CosineAnnealingLR(T_max=30), " +
			"StepLR(step_size=9)])",
		"SequentialLR([CosineAnnealingLR(), OneCycleLR(0.1), CosineAnnealingLR()], [5, 20])": "SequentialLR(schedulers=[" +
			"CosineAnnealingLR(T_max=5), OneCycleLR(max_lr=0.1, total_steps=15), CosineAnnealingLR(T_max=10)], " +
			"milestones=[5, 20])",
		"StepLR(5)": "StepLR(step_size=5)",
	} {
		s, err := Parse(spec)
		if err != nil {
			t.Fatal(err)
		}
		before := s.String()
		fit := Fit(s, 30)
		if fit.String() != want || s.String() != before {
			t.Errorf("%s: got %s, want %s; before it was %s, after %s", spec, fit, want, before, s)
		}
		if _, err := NewDriver(fit, []float64{0.1}); err != nil {
			t.Errorf("%s: %v", fit, err)
		}
		if _, err := NewDriver(s, []float64{0.1}); before != want && (err == nil || !strings.Contains(err.Error(), "Fit")) {
			t.Errorf("%s has no length and gives %v", s, err)
		}
		if got := s.At(0.1, 7); got-got != 0 {
			t.Errorf("%s: rate %v", s, got)
		}
	}
}
