package train_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
)

// trained runs c, without a folder, on parameters of type float64 and returns what they were and what they are.
func trained(t *testing.T, c train.Config) (before, after map[string][]float64) {
	t.Helper()
	c.Dir, c.Params = "", compiled(t, 3, tensor.Float64)
	values := func() map[string][]float64 {
		all := make(map[string][]float64)
		for _, p := range c.Params.All() {
			all[p.Name()] = slices.Clone(bits(p.Value()))
		}
		return all
	}
	before = values()
	if _, err := train.Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	return before, values()
}

// TestRatesTensorsGet takes one step of plain SGD, whose length is the rate that a tensor really got times its
// gradient, and compares it with the same step at rate 1 for all.
func TestRatesTensorsGet(t *testing.T) {
	c := small(t)
	c.Steps, c.Solver = 1, solvers.SGD{LR: 1}
	before, unit := trained(t, c)
	c.Solver = solvers.SGD{LR: 0.5}
	for _, test := range []struct {
		name   string
		tuning solvers.Tuning
		want   map[string]float64 // rates; of the others 0.5
	}{
		{"alike", solvers.Tuning{}, nil},
		{
			"groups",
			solvers.Tuning{Groups: []solvers.Group{{Pattern: "fc*", LR: new(0.5)}, {Pattern: "*.bias", LR: new(3.0)}}},
			map[string]float64{"fc1.weight": 0.25, "fc2.weight": 0.25, "fc1.bias": 1.5, "fc2.bias": 1.5, "bn.bias": 1.5},
		},
		{
			"freeze",
			solvers.Tuning{Freeze: []string{"fc1.*", "bn.bias"}},
			map[string]float64{"fc1.weight": 0, "fc1.bias": 0, "bn.bias": 0},
		},
		{
			"layer decay",
			solvers.Tuning{LayerDecay: 0.8},
			map[string]float64{"fc1.weight": 0.32, "fc1.bias": 0.32, "bn.weight": 0.4, "bn.bias": 0.4},
		},
		{
			"a schedule of its own",
			solvers.Tuning{Groups: []solvers.Group{{Pattern: "fc2.*", LR: new(0.1), Schedule: "ConstantLR(0.25)"}}},
			map[string]float64{"fc2.weight": 0.0125, "fc2.bias": 0.0125},
		},
	} {
		c.Tuning = test.tuning
		_, after := trained(t, c)
		for _, p := range compiled(t, 3, tensor.Float64).Trainable() {
			name := p.Name()
			want, special := test.want[name]
			if !special {
				want = 0.5
			}
			for i, w := range before[name] {
				moved, full := after[name][i]-w, unit[name][i]-w
				if !(math.Abs(moved-want*full) <= 1e-14) || want == 0 && moved != 0 {
					t.Fatalf("%s: %s moved by %v, want %v of %v", test.name, name, moved, want, full)
				}
			}
		}
	}
}

// TestFrozenLayers trains with momentum and weight decay. A frozen layer's parameters stay, to the bit; its running
// statistics move, as they do in PyTorch without requires_grad.
func TestFrozenLayers(t *testing.T) {
	c := small(t)
	c.Solver = solvers.SGD{LR: 0.1, Momentum: 0.9, WeightDecay: 0.01}
	c.Tuning = solvers.Tuning{Freeze: []string{"fc1*", "bn*"}}
	before, after := trained(t, c)
	for name, was := range before {
		frozen := slices.Contains([]string{"fc1.weight", "fc1.bias", "bn.weight", "bn.bias"}, name)
		if same := slices.Equal(was, after[name]); same != frozen {
			t.Errorf("%s: unchanged is %v, want %v", name, same, frozen)
		}
	}
}

// TestGroupsAreRecorded wants each group's rate to follow its own schedule to the digit, and config.json to say so.
func TestGroupsAreRecorded(t *testing.T) {
	c := small(t)
	c.Epochs, c.Schedule, c.Interval = 3, schedules.ExponentialLR{Gamma: 0.9}, runs.PerStep
	var starts []runs.Start
	c.Observers = []runs.Observer{collect(&starts)}
	c.Tuning = solvers.Tuning{
		Groups: []solvers.Group{
			{Pattern: "fc1.*", LR: new(0.3), WeightDecay: new(1e-4)},
			{Pattern: "bn.*", Schedule: "CyclicLR(0.01, 0.02, step_size_up=2, base_momentum=0.5)"},
		},
		Freeze: []string{"fc1.bias"}, LayerDecay: 0.5, WeightOnly: true, ClipNorm: 5,
	}
	if _, err := train.Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	cyclic, err := schedules.Parse(c.Tuning.Groups[1].Schedule)
	if err != nil {
		t.Fatal(err)
	}
	drivers := make([]*schedules.Driver, 3)
	for i, base := range []float64{0.1, 0.1 * 0.3, 0.1} {
		s := c.Schedule
		if i == 2 {
			s = cyclic
		}
		if drivers[i], err = schedules.NewDriver(s, []float64{base}); err != nil {
			t.Fatal(err)
		}
	}
	steps := 0
	for _, m := range lines(t, c.Dir) {
		if m["event"] != "step" {
			continue
		}
		var want []any
		for _, d := range drivers {
			want = append(want, d.Rates(steps)[0])
		}
		if diff := cmp.Diff(want, m["lr"]); diff != "" {
			t.Errorf("step %d: (-want +got)\n%s", steps+1, diff)
		}
		steps++
	}
	if steps != 9 {
		t.Errorf("got %d steps, want 9", steps)
	}
	groups := []runs.Group{
		{Tensors: 2, LR: 0.1, Lowest: 0.1, Schedule: c.Schedule, Base: 0.1},
		{Pattern: "fc1.*", Tensors: 1, LR: 0.1 * 0.3, Lowest: 0.1 * 0.3 / 4, Schedule: c.Schedule, Base: 0.1 * 0.3},
		{Pattern: "bn.*", Tensors: 2, LR: 0.01, Lowest: 0.005, Schedule: cyclic, Base: 0.1},
	}
	if diff := cmp.Diff(groups, starts[0].Groups); diff != "" || !slices.Equal(starts[0].Frozen, []string{"fc1.bias"}) {
		t.Errorf("frozen %v; groups (-want +got)\n%s", starts[0].Frozen, diff)
	}
	var record runs.Record
	if err := json.Unmarshal(read(t, c.Dir, runs.ConfigFile), &record); err != nil {
		t.Fatal(err)
	}
	want := &runs.TuningRecord{
		Groups:     []string{"fc1.*: lr=0.3, weight_decay=0.0001", "bn.*: schedule=" + c.Tuning.Groups[1].Schedule},
		Freeze:     []string{"fc1.bias"},
		LayerDecay: 0.5, WeightOnly: true, ClipNorm: 5,
	}
	if diff := cmp.Diff(want, record.Tuning); diff != "" {
		t.Errorf("config.json: (-want +got)\n%s", diff)
	}
}

// TestStockSolver trains with Gorgonia's plain SGD, which must follow the schedule as ours does.
func TestStockSolver(t *testing.T) {
	c := small(t)
	c.Schedule, c.Interval, c.Solver = schedules.ExponentialLR{Gamma: 0.5}, runs.PerStep, solvers.SGD{LR: 0.25}
	_, want := trained(t, c)
	c.Solver = solvers.Stock{Solver: gorgonia.NewVanillaSolver(gorgonia.WithLearnRate(100)), LR: 0.25}
	var steps []runs.Step
	c.Observers = []runs.Observer{collect(&steps)}
	_, got := trained(t, c)
	for name, values := range want {
		for i, w := range values {
			if !(math.Abs(got[name][i]-w) <= 1e-12) {
				t.Errorf("%s[%d]: got %v, want %v", name, i, got[name][i], w)
			}
		}
	}
	for i, s := range steps {
		if want := 0.25 * math.Pow(0.5, float64(i)); !slices.Equal(s.LR, []float64{want}) {
			t.Errorf("step %d: got rates %v, want %v", i+1, s.LR, want)
		}
	}
	if _, err := train.Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	var record runs.Record
	if err := json.Unmarshal(read(t, c.Dir, runs.ConfigFile), &record); err != nil ||
		record.Solver != "*gorgonia.VanillaSolver(lr=0.25)" {
		t.Errorf("config.json has solver %q, %v", record.Solver, err)
	}

	for _, test := range []struct {
		change func(*train.Config)
		want   []string
	}{
		{
			func(c *train.Config) { c.Solver = solvers.Stock{Solver: gorgonia.NewAdaGradSolver(), LR: 0.1} },
			[]string{"AdaGradSolver", "ignores the rate"},
		},
		{
			func(c *train.Config) { c.Solver = solvers.Stock{Solver: &gorgonia.AdamW{}, LR: 0.1} },
			[]string{"AdamW", "never changes a weight"},
		},
		{func(c *train.Config) { c.Tuning.ClipNorm = 1 }, []string{"VanillaSolver", "clipping"}},
		{
			func(c *train.Config) { c.Solver = solvers.Stock{Solver: gorgonia.NewVanillaSolver(), LR: -1} },
			[]string{"lr is -1"},
		},
	} {
		c := small(t)
		c.Solver = solvers.Stock{Solver: gorgonia.NewVanillaSolver(), LR: 0.1}
		test.change(&c)
		_, err := train.Run(t.Context(), c)
		for _, part := range test.want {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("got %v, want %s", err, part)
			}
		}
	}
}

func TestTuningErrors(t *testing.T) {
	for _, test := range []struct {
		tuning solvers.Tuning
		want   string
	}{
		{
			solvers.Tuning{Groups: []solvers.Group{{Pattern: "conv*"}}},
			`group "conv*" matches no parameter; there are fc1.weight`,
		},
		{solvers.Tuning{Freeze: []string{"conv*"}}, `freeze "conv*" matches no parameter`},
		{solvers.Tuning{LayerDecay: 2}, "layer decay is 2"},
		{
			solvers.Tuning{Groups: []solvers.Group{{Pattern: "fc1.*", Schedule: "StepRL(5)"}}},
			"group fc1.*: schedule \"StepRL(5)\": column 1",
		},
	} {
		c := small(t)
		c.Tuning = test.tuning
		if _, err := train.Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}

// TestWarnings wants what is odd about a schedule in the event that opens the run.
func TestWarnings(t *testing.T) {
	for _, test := range []struct {
		schedule string
		interval runs.Interval
		steps    int
		group    string
		solver   solvers.Algorithm
		want     []string
	}{
		{"StepLR(1)", runs.PerEpoch, 0, "", solvers.SGD{LR: 0.1}, nil},
		{"StepLR(30)", runs.PerEpoch, 0, "", solvers.SGD{LR: 0.1}, []string{"never changes the rate in the 2 epochs"}},
		{"OneCycleLR(0.1, 6)", runs.PerStep, 0, "", solvers.SGD{LR: 0.1}, nil},
		{"OneCycleLR(0.1, 4)", runs.PerStep, 4, "", solvers.SGD{LR: 0.1}, nil},
		{"OneCycleLR(0.1, 10)", runs.PerStep, 4, "", solvers.SGD{LR: 0.1}, []string{"takes 10 steps, but it has 4"}},
		{"none", runs.PerEpoch, 0, "StepLR(9)", solvers.SGD{LR: 0.1}, []string{"group fc1.*: StepLR(step_size=9): never"}},
		{
			"ExponentialLR(3.0)", runs.PerEpoch, 0, "",
			solvers.SGD{LR: 5},
			[]string{"15 at epoch 1, and SGD is of no use above 10"},
		},
		{
			"ExponentialLR(3.0)", runs.PerStep, 0, "",
			solvers.Lion{LR: 0.01, Betas: [2]float64{0.9, 0.99}},
			[]string{"2.43 at step 5, and Lion is of no use above 1"},
		},
	} {
		c := small(t)
		s, err := schedules.Parse(test.schedule)
		if err != nil {
			t.Fatal(err)
		}
		c.Dir, c.Schedule, c.Interval, c.Steps, c.Solver = "", s, test.interval, test.steps, test.solver
		if test.group != "" {
			c.Tuning.Groups = []solvers.Group{{Pattern: "fc1.*", Schedule: test.group}}
		}
		var starts []runs.Start
		c.Observers = []runs.Observer{collect(&starts)}
		if _, err := train.Run(t.Context(), c); err != nil {
			t.Fatalf("%s: %v", test.schedule, err)
		}
		got := starts[0].Warnings
		if len(got) != len(test.want) || len(got) == 1 && !strings.Contains(got[0], test.want[0]) {
			t.Errorf("%s: got warnings %q, want %q", test.schedule, got, test.want)
		}
	}
}

// TestAllFrozenWarns wants a word about a run that trains nothing.
func TestAllFrozenWarns(t *testing.T) {
	c := small(t)
	c.Dir, c.Schedule, c.Tuning.Freeze = "", nil, []string{"*"}
	var starts []runs.Start
	c.Observers = []runs.Observer{collect(&starts)}
	if _, err := train.Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if got := starts[0].Warnings; len(got) != 1 ||
		!strings.Contains(got[0], `freeze ["*"]: leaves no parameter to train, of `) {
		t.Errorf("got warnings %q", got)
	}
}
