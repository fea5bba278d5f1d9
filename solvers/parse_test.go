package solvers

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	adam := Adam{LR: 1e-3, Betas: [2]float64{0.9, 0.999}, Eps: 1e-8}
	changed := func(f func(a *Adam)) Adam { a := adam; f(&a); return a }
	tests := []struct {
		text string
		want Algorithm
		spec string
	}{
		{"SGD(lr=0.1, momentum=0.9)", SGD{LR: 0.1, Momentum: 0.9}, "SGD(lr=0.1, momentum=0.9)"},
		{
			"sgd(0.1, 0.9, 0, 1e-4, True)",
			SGD{LR: 0.1, Momentum: 0.9, WeightDecay: 1e-4, Nesterov: true},
			"SGD(lr=0.1, momentum=0.9, weight_decay=0.0001, nesterov=True)",
		},
		{"optimizer = optim.SGD(net.parameters(), lr=0.1)", SGD{LR: 0.1}, "SGD(lr=0.1)"},
		{"Adam", adam, "Adam()"},
		{"adam()", adam, "Adam()"},
		{
			"Adam(3e-4, (0.8, 0.99), 1e-6, 0.1, True)",
			Adam{LR: 3e-4, Betas: [2]float64{0.8, 0.99}, Eps: 1e-6, WeightDecay: 0.1, AMSGrad: true},
			"Adam(lr=0.0003, betas=(0.8, 0.99), eps=1e-06, weight_decay=0.1, amsgrad=True)",
		},
		{"Adam(l1=1e-5)", changed(func(a *Adam) { a.L1 = 1e-5 }), "Adam(l1=1e-05)"},
		{"Adagrad", Adagrad{LR: 0.01, Eps: 1e-10}, "Adagrad()"},
		{
			"Adagrad(0.1, 0.2, 0.3, 0.4, 0.5)",
			Adagrad{LR: 0.1, LRDecay: 0.2, WeightDecay: 0.3, InitialAccumulatorValue: 0.4, Eps: 0.5},
			"Adagrad(lr=0.1, lr_decay=0.2, weight_decay=0.3, initial_accumulator_value=0.4, eps=0.5)",
		},
		{"rmsprop", RMSprop{LR: 0.01, Alpha: 0.99, Eps: 1e-8}, "RMSprop()"},
		{
			"RMSprop(0.1, 0.9, 1e-3, 0.2, 0.3, True)",
			RMSprop{LR: 0.1, Alpha: 0.9, Eps: 1e-3, WeightDecay: 0.2, Momentum: 0.3, Centered: true},
			"RMSprop(lr=0.1, alpha=0.9, eps=0.001, weight_decay=0.2, momentum=0.3, centered=True)",
		},
		{"AdamW", AdamW{LR: 1e-3, Betas: [2]float64{0.9, 0.999}, Eps: 1e-8, WeightDecay: 0.01}, "AdamW()"},
		{"NAdam", NAdam{LR: 2e-3, Betas: [2]float64{0.9, 0.999}, Eps: 1e-8, MomentumDecay: 4e-3}, "NAdam()"},
		{"RAdam", RAdam{LR: 1e-3, Betas: [2]float64{0.9, 0.999}, Eps: 1e-8}, "RAdam()"},
		{"Adamax", Adamax{LR: 2e-3, Betas: [2]float64{0.9, 0.999}, Eps: 1e-8}, "Adamax()"},
		{"Adadelta(rho=1)", Adadelta{LR: 1, Rho: 1, Eps: 1e-6}, "Adadelta(rho=1.0)"},
		{"lion", Lion{LR: 1e-4, Betas: [2]float64{0.9, 0.99}}, "Lion()"},
		{"lamb", LAMB{LR: 1e-3, Betas: [2]float64{0.9, 0.999}, Eps: 1e-6, WeightDecay: 0.01}, "LAMB()"},
		{"lars", LARS{LR: 1, TrustCoefficient: 1e-3, Eps: 1e-8}, "LARS()"},
		{
			"LARS(4.8, 0.9, 0, 1e-6, True, 0.002, 1e-9, decayed_only=True)",
			LARS{
				LR: 4.8, Momentum: 0.9, WeightDecay: 1e-6, Nesterov: true, TrustCoefficient: 2e-3, Eps: 1e-9,
				DecayedOnly: true,
			},
			"LARS(lr=4.8, momentum=0.9, weight_decay=1e-06, nesterov=True, trust_coefficient=0.002, eps=1e-09, " +
				"decayed_only=True)",
		},
	}
	for _, tt := range tests {
		got, err := Parse(tt.text)
		if err != nil || got != tt.want {
			t.Errorf("Parse(%q) is %#v, %v, want %#v", tt.text, got, err, tt.want)
			continue
		}
		if got.String() != tt.spec {
			t.Errorf("Parse(%q) prints %q, want %q", tt.text, got, tt.spec)
		}
	}
	if got := Default[Adam](); got != adam {
		t.Errorf("Default[Adam]() is %#v, want %#v", got, adam)
	}
	if got := Default[SGD](); got != (SGD{LR: 1e-3}) {
		t.Errorf("Default[SGD]() is %#v, want a rate of 0.001, as in PyTorch since 2.0", got)
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct {
		text string
		want []string
	}{
		{"", []string{"column 1"}},
		{"SGD(lr=0.1, Momentum=0.9)", []string{"column 13", "Momentum", "momentum=0.0"}},
		{
			"Adamm(lr=0.1)",
			[]string{
				"column 1", "Adamm",
				"SGD, Adagrad, RMSprop, Adam, AdamW, NAdam, RAdam, Adamax, Adadelta, Lion, LAMB, LARS",
			},
		},
		{"StepLR(5)", []string{"StepLR", "SGD"}},
		{"SGD(lr=-0.1)", []string{`solver "SGD(lr=-0.1)": column 8: SGD: lr is -0.1: want a finite number of at least 0`}},
		{"SGD(lr=0.1, momentum=-1)", []string{"momentum is -1"}},
		{"SGD(lr=0.1, weight_decay=-1)", []string{"weight_decay is -1"}},
		{"SGD(lr=0.1, l1=-1)", []string{"l1 is -1"}},
		{"SGD(lr=0.1, nesterov=True)", []string{"column 1: SGD: ", "nesterov", "momentum 0", "above 0"}},
		{"SGD(lr=0.1, momentum=0.9, dampening=0.1, nesterov=True)", []string{"nesterov", "dampening 0.1"}},
		{
			"Adam(betas=(1.0, 0.9))",
			[]string{"column 12: Adam: betas is (1.0, 0.9): want two numbers, each of at least 0 and below 1"},
		},
		{"AdamW(betas=(0.9, -0.1))", []string{"column 13: AdamW: betas is (0.9, -0.1)"}},
		{"Adam(betas=0.9)", []string{"betas"}},
		{"Adam(eps=-1e-8)", []string{"eps is -1e-08"}},
		{"Adagrad(lr_decay=-1)", []string{"lr_decay is -1"}},
		{"Adagrad(initial_accumulator_value=-1)", []string{"initial_accumulator_value is -1"}},
		{"RMSprop(alpha=-1)", []string{"alpha is -1"}},
		{"NAdam(momentum_decay=-1)", []string{"momentum_decay is -1"}},
		{"Adadelta(rho=1.1)", []string{"rho is 1.1", "0 to 1"}},
		{"Lion(betas=(0.9, 1.5))", []string{"Lion", "1.5"}},
		{"LAMB(weight_decay=-1)", []string{"LAMB: weight_decay is -1"}},
		{"LAMB(norm_bounds=(2, 1))", []string{"LAMB: norm_bounds is (2, 1): want a first number of at most the second"}},
		{"LAMB(norm_bounds=(-1, 1))", []string{"LAMB: norm_bounds is (-1.0, 1.0)", "at least 0"}},
		{"LARS(trust_coefficient=0)", []string{"LARS: trust_coefficient is 0", "above 0"}},
		{"LARS(nesterov=True)", []string{"column 1: LARS: nesterov", "momentum 0"}},
		{"LARS(trust_coeff=0.1)", []string{"trust_coeff is trust_coefficient"}},
		{"LAMB(clamp_value=10)", []string{"clamp_value=10 is norm_bounds=(0, 10)"}},
	}
	for _, tt := range tests {
		_, err := Parse(tt.text)
		fails(t, err, tt.want...)
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		fails(t, SGD{LR: bad}.Validate(), "lr is")
		fails(t, SGD{Dampening: bad}.Validate(), "dampening is")
		fails(t, RMSprop{Momentum: bad}.Validate(), "momentum is")
		fails(t, Adadelta{Rho: bad}.Validate(), "rho is")
		fails(t, RAdam{Betas: [2]float64{0, bad}}.Validate(), "betas is")
	}
	for _, a := range []Algorithm{
		Adam{LR: 1e-3},
		AdamW{LR: 1e-3},
		NAdam{LR: 1e-3},
		RAdam{LR: 1e-3},
		Adamax{LR: 1e-3},
		LAMB{LR: 1e-3},
		LARS{LR: 1},
		RMSprop{LR: 1e-3},
		Adagrad{LR: 1e-3},
		Adadelta{LR: 1},
	} {
		fails(t, a.Validate(), "0", fmt.Sprintf("solvers.Default[%T]()", a))
	}
	// A literal without its rate, or without any other setting that has no use at 0.
	for _, a := range []Algorithm{
		SGD{},
		SGD{Momentum: 0.9},
		Adam{Betas: [2]float64{0.9, 0.999}, Eps: 1e-8},
		Adam{LR: 1e-3, Betas: [2]float64{0.9, 0.999}},
		Lion{LR: 1e-4},
		Muon{LR: 0.02},
		Adafactor{LR: 1e-2},
		ASGD{LR: 1e-2},
		Rprop{LR: 1e-2},
		AdamW{},
		Lion{},
		Adadelta{},
	} {
		fails(t, a.Validate(), "0", fmt.Sprintf("solvers.Default[%T]()", a))
	}
	for _, spec := range []string{"SGD(lr=0)", "Adam(lr=0, eps=0)"} {
		if _, err := Parse(spec); err != nil {
			t.Errorf("a zero that a spec states: %v", err)
		}
	}
	for name, want := range map[string]string{"LBFGS": "several times per step", "SparseAdam": "use Adam"} {
		_, err := Parse(name)
		fails(t, err, name, want)
	}
}

// Printing a spec and parsing it gives the same settings.
func TestSpecRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := func(name string) float64 { return rapid.Float64Range(0, 1e6).Draw(t, name) }
		share := func(name string) float64 { return rapid.Float64Range(0, math.Nextafter(1, 0)).Draw(t, name) }
		betas := [2]float64{share("beta1"), share("beta2")}
		flag := rapid.Bool().Draw(t, "flag")
		lr, decay, l1, other := number("lr"), number("decay"), number("l1"), number("other")
		eps := rapid.Float64Range(math.SmallestNonzeroFloat64, 1e6).Draw(t, "eps") // with 0, others must not be 0
		for _, s := range []Algorithm{
			SGD{lr, other, -eps, decay, false, l1, flag},
			Adagrad{lr, other, decay, eps, other, l1, flag},
			RMSprop{lr, betas[0], eps, decay, other, flag, l1, !flag},
			Adam{lr, betas, eps, decay, flag, !flag, l1, flag},
			AdamW{lr, betas, eps, decay, flag, l1, !flag},
			NAdam{lr, betas, eps, decay, other, flag, l1, !flag},
			RAdam{lr, betas, eps, decay, flag, l1, flag},
			Adamax{lr, betas, eps, decay, l1, flag},
			Adadelta{lr, betas[0], eps, decay, l1, flag},
			Lion{lr, [2]float64{betas[0], max(betas[1], 0.5)}, decay, l1, flag},
			LAMB{lr, betas, eps, decay, l1, flag, [2]float64{decay, decay + other}, !flag},
			LARS{lr, other, 0, decay, flag && other > 0, eps, decay, !flag, l1, flag},
			Muon{lr, decay, other, flag, [3]float64{lr, -decay, other}, eps, 7, "match_rms_adamw", l1, flag},
			Adafactor{lr, -other, decay, eps, 1 + other, decay, l1, flag},
			ASGD{lr, other, decay, eps, decay, l1, flag},
			Rprop{lr, [2]float64{max(betas[0], 0.1), 1.5}, [2]float64{eps, eps + other}, decay, l1, flag},
			Adam{LR: lr, Betas: [2]float64{0, max(betas[1], 0.5)}},
		} {
			if again, err := Parse(s.String()); err != nil || again != s {
				t.Fatalf("Parse(%q) is %#v, %v, want %#v", s, again, err, s)
			}
		}
	})
}
