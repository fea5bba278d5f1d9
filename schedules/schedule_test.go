package schedules

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/limittest"
)

func TestOwnSchedules(t *testing.T) {
	tests := []struct {
		spec string
		want []float64 // from count 0, base 1
	}{
		{"none", []float64{1, 1, 1}},
		{"InverseTimeLR(0.5)", []float64{1, 1 / 1.5, 1 / 2.0, 1 / 2.5}},
		{"InverseTimeLR(1, decay_steps=4)", []float64{1, 1 / 1.25, 1 / 1.5, 1 / 1.75, 1 / 2.0}},
		{"InverseSqrtLR()", []float64{1, 1 / math.Sqrt(2), 1 / math.Sqrt(3), 0.5}},
		{"InverseSqrtLR(4)", []float64{0.25, 0.5, 0.75, 1, math.Sqrt(4.0 / 5)}},
		{"WSDLR(3, 2, 4)", []float64{0.25, 0.5, 0.75, 1, 1, 1, 0.75, 0.5, 0.25, 0, 0}},
		{"WSDLR(0, 0, 2, 0.5)", []float64{1, 0.75, 0.5, 0.5}},
		{"WSDLR(1, 0, 1)", []float64{0.5, 1, 0}},
		{"CosineCycleDecayLR(2)", []float64{1, 0.5, 0.5, 0.25, 0.25, 0.125}},
		{"CosineCycleDecayLR(1, 2, 0.5, 0.25)", []float64{1, 0.5, 0.375, 0.25, 0.25}},
		{"CosineCycleDecayLR(2, 2, 1.0)", []float64{1, 0.5, 1, 0.8535533905932737, 0.5}},
		{"WarmupLR(none, 4, 0.5)", []float64{0.5, 0.625, 0.75, 0.875, 1, 1}},
		{"WarmupLR(StepLR(2), 2, 0.0)", []float64{0, 0.5, 1, 1, 0.1, 0.1}},
		{"WarmupLR(StepLR(2), 2, 0.1, constant=True)", []float64{0.1, 0.1, 1, 1, 0.1, 0.1}},
		{"ScaledLR(StepLR(2), 4)", []float64{4, 4, 0.4}},
		{"ScaledLR(CyclicLR(0.25, 1, 2), 2)", []float64{0.5, 1.25, 2}},
		{"WarmupLR(ScaledLR(StepLR(2), 4), 2, 0.25)", []float64{1, 2.5, 4, 4, 0.4}},
		{"WarmupLR(StepLR(2), 0)", []float64{1, 1, 0.1}},
		{"WarmupLR(WarmupLR(none, 2, 0.5), 2, 0.5)", []float64{0.25, 0.375, 0.5, 0.75, 1}},
		{"WarmupLR(SequentialLR([StepLR(1), StepLR(2)], [2]), 2, 0.5)", []float64{0.5, 0.75, 1, 0.1, 1, 1, 0.1}},
		{"SequentialLR([WarmupLR(none, 2, 0.5), InverseTimeLR(1.0)], [3])", []float64{0.5, 0.75, 1, 1, 0.5, 1.0 / 3}},
		{"ChainedScheduler([InverseTimeLR(1.0), StepLR(2)])", []float64{1, 1 / 2.0, 0.1 / 3, 0.1 / 4}},
		{"ChainedScheduler([StepLR(2), InverseTimeLR(1.0), none])", []float64{1, 1 / 2.0, 0.1 / 3, 0.1 / 4}},
		{"ChainedScheduler([WSDLR(0, 1, 2), StepLR(1)])", []float64{1, 0.1, 0.005, 0, 0}},
		// where PyTorch fails, a part begins at its own count 0
		{
			"SequentialLR([StepLR(1), ChainedScheduler([StepLR(1), ConstantLR(0.5, 1)])], [2])",
			[]float64{1, 0.1, 0.5, 0.1, 0.01},
		},
		{"SequentialLR([ChainedScheduler([StepLR(1), ConstantLR(0.5, 1)]), StepLR(1)], [2])", []float64{0.5, 0.1, 1, 0.1}},
		{"SequentialLR([StepLR(1), SequentialLR([StepLR(1), StepLR(1)], [2])], [1])", []float64{1, 1, 0.1, 1, 0.1}},
	}
	for _, tt := range tests {
		s, err := Parse(tt.spec)
		if err != nil {
			t.Fatal(err)
		}
		for count, want := range tt.want {
			if got := s.At(1, count); !(math.Abs(got-want) <= 1e-15) {
				t.Errorf("%s: count %d: rate %.17g, want %.17g", tt.spec, count, got, want)
			}
		}
	}
}

func TestOneCycleHoldsItsEnd(t *testing.T) {
	for _, spec := range []string{
		"OneCycleLR(0.1, 20)",
		"OneCycleLR(0.1, 20, anneal_strategy='linear', three_phase=True)",
	} {
		s, err := Parse(spec)
		if err != nil {
			t.Fatal(err)
		}
		for _, count := range []int{21, 22, 1000} {
			m, _ := s.(OneCycleLR).MomentumAt(count)
			if got, want := s.At(0, count), 0.1/25/1e4; !near(got, want) || !near(m, 0.95) {
				t.Errorf("%s: count %d: rate %g, momentum %g; want %g, 0.95", s, count, got, m, want)
			}
		}
	}
}

func TestLambdaLR(t *testing.T) {
	s := LambdaLR{Lambda: func(count int) float64 { return 1 / float64(1+count) }}
	if got := s.At(0.1, 3); got != 0.025 || s.Validate() != nil {
		t.Errorf("rate %g, %v; want 0.025", got, s.Validate())
	}
	if err := (LambdaLR{}).Validate(); err == nil {
		t.Error("no function, and no error")
	}
	chained := ChainedScheduler{[]Schedule{s, StepLR{2, 0.5}}}
	if got := chained.At(0.1, 2); !near(got, 0.1/3/2) {
		t.Errorf("chained: %g", got)
	}
	if _, err := Parse("LambdaLR(1)"); err == nil || !strings.Contains(err.Error(), "Go function") {
		t.Errorf("Parse: %v", err)
	}
}

func TestInvalid(t *testing.T) {
	tests := []struct{ spec, want string }{
		{"", "column 1: nothing"},
		{"StpLR(5)", "there is no schedule \"StpLR\"; there are none, Constant, LambdaLR, MultiplicativeLR, StepLR"},
		{"StepLR()", "StepLR needs step_size"},
		{"StepLR(2.5)", "column 8: StepLR: step_size is 2.5: want a whole number"},
		{"StepLR(5, -0.1)", "column 11: StepLR: gamma is -0.1: want a finite number of at least 0"},
		{"MultiStepLR([3, -1])", "milestones is [3, -1]: want whole numbers, each of at least 0"},
		{"ConstantLR(1.1)", "factor is 1.1: want a number above 0 and at most 1"},
		{"LinearLR(0.5, 1.1)", "end_factor is 1.1: want a number from 0 to 1"},
		{"LinearLR(total_iters=-1)", "total_iters is -1: want a whole number of at least 0"},
		{"ExponentialLR(-1)", "gamma is -1"},
		{"MultiplicativeLR(-1)", "factor is -1"},
		{"PolynomialLR(5, -1)", "power is -1"},
		{"CosineAnnealingLR(0)", "T_max is 0: want a whole number of at least 1"},
		{"CosineAnnealingLR(5, -1)", "eta_min is -1"},
		{"CosineAnnealingWarmRestarts(5, 0)", "T_mult is 0"},
		{"CosineCycleDecayLR(5, 1, 2.0)", "decay is 2: want a number from 0 to 1"},
		{"CyclicLR(0.1, 0.01)", "column 1: CyclicLR: max_lr is 0.01: want at least base_lr, which is 0.1"},
		{"CyclicLR(0.01, 0.1, 0)", "step_size_up is 0"},
		{"CyclicLR(0.01, 0.1, mode='up')", "mode is 'up': want 'triangular', 'triangular2' or 'exp_range'"},
		{"CyclicLR(0.01, 0.1, 5, 5, 'triangular', 1.0, True)", "column 46: CyclicLR takes 6 settings without a key"},
		{"CyclicLR(0.01, 0.1, max_momentum=1.0)", "max_momentum is 1: want numbers of at least 0 and below 1"},
		{"OneCycleLR([0.1, 0.2], 5)", "column 12: OneCycleLR: max_lr is [0.1, 0.2]: want a number"},
		{"OneCycleLR(0.1, epochs=5)", "total_steps is 0, epochs is 5 and steps_per_epoch is 0"},
		{"OneCycleLR(0.1, 10, pct_start=0.1)", "pct_start is 0.1: want another share than 1/10"},
		{"OneCycleLR(0.1, 10, div_factor=0)", "div_factor is 0: want a finite number above 0"},
		{"InverseTimeLR(-1)", "decay_rate is -1"},
		{"InverseSqrtLR(0)", "warmup_iters is 0"},
		{"WSDLR(1, 1, 0)", "decay_iters is 0"},
		{"WarmupLR(5)", "column 10: WarmupLR: scheduler is 5: want a schedule"},
		{"WarmupLR(StepLR(0))", "column 17: StepLR: step_size is 0"},
		{"WarmupLR(none, -1)", "total_iters is -1"},
		{"SequentialLR([StepLR(1)], [5])", "milestones is [5]: want one fewer than the 1 scheduler"},
		{"SequentialLR([], [])", "want one fewer than the 0 schedulers"},
		{"SequentialLR([none, none, none], [5, 4])", "milestones is [5 4]: want counts that never fall"},
		{"SequentialLR([none, none], [-1])", "milestones is [-1]"},
		{
			"SequentialLR([none, WarmupLR(ReduceLROnPlateau())], [5])",
			"schedulers[1] is WarmupLR(scheduler=ReduceLROnPlateau()): want no schedule that reads a metric",
		},
		{"SequentialLR(none, [5])", "column 14: SequentialLR: schedulers is none: want a list of schedules"},
		{"ChainedScheduler([5])", "want a list of schedules"},
		{"ChainedScheduler([])", "schedulers is []: want at least one"},
		{"ReduceLROnPlateau('mean')", "mode is 'mean': want 'min' or 'max'"},
		{"ReduceLROnPlateau(factor=1)", "factor is 1: want a number of at least 0 and below 1"},
		{"ReduceLROnPlateau(patience=-1)", "patience is -1"},
		{"ReduceLROnPlateau(min_lr=[])", "min_lr is []"},
		{"ReduceLROnPlateau(min_lr=[0, -1])", "min_lr is [0.0, -1.0]"},
	}
	for _, tt := range tests {
		s, err := Parse(tt.spec)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("Parse(%q) = %v, %v; want %s", tt.spec, s, err, tt.want)
		}
	}
	for _, s := range []Schedule{
		StepLR{5, math.NaN()},
		ExponentialLR{math.Inf(1)},
		WarmupLR{},
		SequentialLR{Schedulers: []Schedule{nil}},
		ReduceLROnPlateau{},
	} {
		if err := s.Validate(); err == nil {
			t.Errorf("%#v is valid", s)
		}
		if d, err := NewDriver(s, []float64{0.1}); err == nil {
			t.Errorf("%#v has the driver %v", s, d)
		}
	}
	for _, bases := range [][]float64{nil, {-1}, {math.NaN()}} {
		if _, err := NewDriver(Constant{}, bases); err == nil {
			t.Errorf("base rates %v are valid", bases)
		}
	}
}

// TestPlateauResumes stops after each observation, goes through JSON, and compares with not stopping.
func TestPlateauResumes(t *testing.T) {
	var cases []vector
	readJSON(t, "edges.json", &cases)
	for _, v := range cases {
		if v.Metrics == nil || v.Error != "" {
			continue
		}
		s, err := Parse(v.Spec)
		if err != nil {
			t.Fatal(err)
		}
		d, err := NewDriver(s, v.Bases)
		if err != nil {
			t.Fatal(err)
		}
		for count, text := range v.Metrics {
			var metric Metric
			if err := metric.UnmarshalText([]byte(text)); err != nil {
				t.Fatal(err)
			}
			data, err := json.Marshal(d.State())
			if err != nil {
				t.Fatal(err)
			}
			var st *PlateauState
			if err := json.Unmarshal(data, &st); err != nil {
				t.Fatal(err)
			}
			resumed, err := NewDriver(s, v.Bases)
			if err == nil {
				err = resumed.Restore(st)
			}
			if err != nil {
				t.Fatal(err)
			}
			a, b := d.Observe(count, float64(metric)), resumed.Observe(count, float64(metric))
			if a != b || !reflect.DeepEqual(d.State(), resumed.State()) {
				t.Fatalf("%s: after %d metrics: %+v, resumed %+v", v.Spec, count+1, d.State(), resumed.State())
			}
		}
	}
	d, err := NewDriver(Constant{}, []float64{0.1})
	if err != nil || d.State() != nil || d.Restore(nil) != nil || d.Restore(new(PlateauState)) == nil || d.Observe(0, 1) {
		t.Errorf("a constant rate has state (%v)", err)
	}
}

// drawSpec draws the spec of a valid schedule.
func drawSpec(t *rapid.T, depth int) string {
	n := func(low, high int) int { return rapid.IntRange(low, high).Draw(t, "n") }
	x := func(low, high float64) float64 { return rapid.Float64Range(low, high).Draw(t, "x") }
	kinds := 16
	if depth < 2 {
		kinds = 21
	}
	list := func() string {
		parts := make([]string, n(1, 3))
		for i := range parts {
			parts[i] = drawSpec(t, depth+2)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	switch n(0, kinds-1) {
	case 0:
		return "none"
	case 1:
		return fmt.Sprintf("StepLR(%d, %v)", n(1, 50), x(0, 1))
	case 2:
		return fmt.Sprintf("MultiStepLR([%d, %d], %v)", n(0, 50), n(0, 50), x(0, 1))
	case 3:
		return fmt.Sprintf("ConstantLR(%v, %d)", x(1e-3, 1), n(0, 50))
	case 4:
		return fmt.Sprintf("LinearLR(%v, %v, %d)", x(1e-3, 1), x(0, 1), n(0, 50))
	case 5:
		return fmt.Sprintf("ExponentialLR(%v)", x(0, 1))
	case 6:
		return fmt.Sprintf("MultiplicativeLR(%v)", x(0, 1))
	case 7:
		return fmt.Sprintf("PolynomialLR(%d, %v)", n(0, 50), x(0, 4))
	case 8:
		return fmt.Sprintf("CosineAnnealingLR(%d, %v)", n(1, 50), x(0, 0.1))
	case 9:
		return fmt.Sprintf("CosineAnnealingWarmRestarts(%d, %d, %v)", n(1, 50), n(1, math.MaxInt32), x(0, 0.1))
	case 10:
		return fmt.Sprintf("CosineCycleDecayLR(%d, %d, %v, %v)", n(1, 50), n(1, 3), x(0, 1), x(0, 0.1))
	case 11:
		return fmt.Sprintf("CyclicLR(%v, %v, %d, %d, mode='triangular2')", x(0, 0.1), x(0.1, 1), n(1, 50), n(0, 50))
	case 12:
		return fmt.Sprintf("OneCycleLR(%v, %d, anneal_strategy='linear', three_phase=True, div_factor=%v)",
			x(0.1, 1), n(4, 50), x(1, 30))
	case 13:
		return fmt.Sprintf("InverseTimeLR(%v, %d)", x(0, 9), n(1, 50))
	case 14:
		return fmt.Sprintf("InverseSqrtLR(%d)", n(1, 50))
	case 15:
		return fmt.Sprintf("WSDLR(%d, %d, %d, %v)", n(0, 50), n(0, 50), n(1, 50), x(0, 1))
	case 16:
		return fmt.Sprintf("ReduceLROnPlateau('max', %v, %d, %v, 'abs', %d, [%v, 0.1])",
			x(0, 0.9), n(0, 9), x(0, 1), n(0, 9), x(0, 1))
	case 17:
		return fmt.Sprintf("WarmupLR(%s, %d, %v, constant=%s)", drawSpec(t, depth+1), n(0, 50), x(0, 1),
			rapid.SampledFrom([]string{"True", "False"}).Draw(t, "constant"))
	case 18:
		return fmt.Sprintf("ChainedScheduler(%s)", list())
	case 19:
		return fmt.Sprintf("ScaledLR(%s, %v)", drawSpec(t, depth+1), x(1e-3, 1))
	default:
		return fmt.Sprintf("SequentialLR([%s, %s], [%d])", drawSpec(t, 2), drawSpec(t, 2), n(0, 50))
	}
}

// TestProperties: a schedule is finite, pure, and the schedule that its spec gives; one without a chain is in bounds.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawSpec(t, 0)
		s, err := Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		again, err := Parse(s.String())
		if err != nil || !reflect.DeepEqual(s, again) {
			t.Fatalf("%s: printed %s, which gives %v, %v", text, s, again, err)
		}
		base := rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(1e-6, 1)).Draw(t, "base")
		d, err := NewDriver(s, []float64{base, base})
		if err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		chained := strings.Contains(text, "ChainedScheduler") || strings.Contains(text, "SequentialLR")
		for range 20 {
			count := rapid.IntRange(0, 300).Draw(t, "count")
			rate := s.At(base, count)
			if rates := d.Rates(count); s.At(base, count) != rate || rates[0] != rate || rates[1] != rate {
				t.Fatalf("%s: count %d, base %g: %g, again %g, driven %g", s, count, base, rate, s.At(base, count), rates)
			}
			if rate-rate != 0 || !chained && !(0 <= rate && rate <= 1+1e-9) {
				t.Fatalf("%s: count %d, base %g: rate %g", s, count, base, rate)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("SequentialLR([LinearLR(0.1), CosineAnnealingLR(T_max=45)], milestones=[5])")
	f.Add("WarmupLR(ReduceLROnPlateau('max', min_lr=[0, 1e-4]), 5)")
	f.Add("onecyclelr(0.1, None, 5, 8)")
	f.Fuzz(func(t *testing.T, text string) {
		var s Schedule
		var err error
		limittest.Small.Run(t, "a schedule", func() { s, err = Parse(text) })
		limittest.OneLine(t, err)
		if err != nil {
			return
		}
		again, err := Parse(s.String())
		if err != nil || !reflect.DeepEqual(s, again) {
			t.Fatalf("%q: printed %s, which gives %v, %v", text, s, again, err)
		}
		for _, count := range []int{0, 1, 100} {
			once, again := s.At(0.1, count), s.At(0.1, count)
			if math.Float64bits(once) != math.Float64bits(again) {
				t.Errorf("%s: count %d: got rates %v and %v", s, count, once, again)
			}
		}
	})
}
