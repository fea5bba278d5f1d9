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
