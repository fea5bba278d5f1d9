package train_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/internal/longtest"
	"anneal/internal/safetensors"
	"anneal/models"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
)

// diagnosed is what PyTorch measured; see testdata/diagnostics.py.
type diagnosed struct {
	Model, Start string
	Layers       []runs.LayerDiagnostics
	Recalibrated map[string][]float64
	Loss         float64
}

func allDiagnosed(t *testing.T) (all []diagnosed) {
	t.Helper()
	content, err := os.ReadFile("testdata/diagnostics.json")
	if err == nil {
		err = json.Unmarshal(content, &all)
	}
	if err != nil || len(all) == 0 {
		t.Fatalf("testdata/diagnostics.json: got %d networks, %v", len(all), err)
	}
	return all
}

// TestDiagnosticsMatchPyTorch looks into the tutorial's networks after one step at rate 0, which moves the running
// statistics alone. Gradients reach from 1e-9 to 1e-2, so each list of percentiles is compared at its own scale.
func TestDiagnosticsMatchPyTorch(t *testing.T) {
	for _, want := range allDiagnosed(t) {
		for dtype, tolerance := range map[tensor.Dtype]float64{tensor.Float64: 1e-9, tensor.Float32: 2e-4} {
			t.Run(fmt.Sprint(want.Start, " ", dtype), func(t *testing.T) {
				if dtype == tensor.Float64 {
					longtest.SkipIfShort(t, "computes in float64 on plain Go")
				}
				training, _ := mnist(t, 64)
				model, err := models.Get(want.Model)
				if err != nil {
					t.Fatal(err)
				}
				var got []runs.Diagnostics
				_, err = train.Run(t.Context(), train.Config{
					Model: model, Train: training, Test: training, Solver: atRest(t), Settings: train.Settings{
						NoShuffle: true,
						Epochs:    1, Diagnostics: true,
					},
					Params: graph.NewParams(1, dtype), Init: filepath.Join("testdata", want.Start+".safetensors"),
					Observers: []runs.Observer{collect(&got)},
				})
				if err != nil || len(got) != 1 {
					t.Fatalf("got %d diagnostics, %v", len(got), err)
				}
				for i := range got[0].Layers {
					l := &got[0].Layers[i]
					if l.UpdateRatio == nil || *l.UpdateRatio != 0 {
						t.Errorf("%s: update ratio %v at rate 0", l.Layer, l.UpdateRatio)
					}
					l.Kind, l.UpdateRatio = "", nil
				}
				close := cmp.Comparer(func(a, b *float64) bool {
					return a == b || a != nil && b != nil && math.Abs(*a-*b) <= tolerance*max(1, math.Abs(*a))
				})
				alike := cmp.Comparer(func(a, b []float64) bool {
					scale := 0.0
					for _, v := range b {
						scale = max(scale, math.Abs(v))
					}
					return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Abs(x-y) <= tolerance*scale })
				})
				if diff := cmp.Diff(want.Layers, got[0].Layers, close, alike); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
			})
		}
	}
}

// TestDiagnosticsLeaveNoTrace trains with them and without: the bits are the same, and so are all lines except theirs
// and the notice that is taken from them.
func TestDiagnosticsLeaveNoTrace(t *testing.T) {
	for _, s := range settings {
		plain, watched := s.of(t), s.of(t)
		watched.Diagnostics = true
		finished(t)(train.Run(t.Context(), plain))
		finished(t)(train.Run(t.Context(), watched))
		want, got := tensors(t, plain.Dir), tensors(t, watched.Dir)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: (-without +with)\n%s", s.solver, diff)
		}
		all := lines(t, watched.Dir)
		diagnoses := 0
		others := slices.DeleteFunc(slices.Clone(all), func(m map[string]any) bool {
			if m["event"] == "diagnostics" {
				diagnoses++
			}
			return m["event"] == "diagnostics" || m["event"] == "notice" && m["kind"] == "dead units"
		})
		if !slices.EqualFunc(others, lines(t, plain.Dir), sameLine) || diagnoses != 4 {
			t.Errorf("%s: got %d lines of diagnostics, and others\n%v", s.solver, diagnoses, others)
		}
	}
}

// tensors are those of a run's last checkpoint, with the solver's state.
func tensors(t *testing.T, dir string) []safetensors.Tensor {
	t.Helper()
	f, err := safetensors.Read(filepath.Join(dir, runs.LastFile))
	if err != nil {
		t.Fatal(err)
	}
	return f.Tensors
}

// TestDiagnosticsResume stops within an epoch, and between its last step, whose update is measured, and its evaluation.
func TestDiagnosticsResume(t *testing.T) {
	for _, s := range settings {
		straight, stopped, longer := s.of(t), s.of(t), s.of(t)
		straight.Diagnostics, stopped.Diagnostics, longer.Diagnostics = true, true, true
		finished(t)(train.Run(t.Context(), straight))
		stopAt(t, stopped, train.Run, 2)
		stopAt(t, stopped, resume, 6)
		stopAt(t, stopped, resume, 10)
		finished(t)(resume(t.Context(), stopped))
		sameRuns(t, stopped.Dir, straight.Dir, runs.BestFile)

		longer.Epochs = 2
		finished(t)(train.Run(t.Context(), longer))
		longer.Epochs = 4
		finished(t)(resume(t.Context(), longer))
		sameRuns(t, longer.Dir, straight.Dir)
	}
	c := settings[0].of(t)
	finished(t)(train.Run(t.Context(), c))
	c.Diagnostics = true
	if _, err := resume(t.Context(), c); err == nil ||
		!strings.Contains(err.Error(), "diagnostics is true and was not set") {
		t.Errorf("a run resumed with diagnostics: %v", err)
	}
}

// TestDiagnosticsOfTheTrainingLoss looks at a network that starts with logits of 0. Its gradients are (1/3 − q)/4 on
// batches of 4, with q of the 2 wrong classes 0, or with smoothing s/3: the higher percentiles.
func TestDiagnosticsOfTheTrainingLoss(t *testing.T) {
	for _, smoothing := range []float64{0, 0.3} {
		c := small(t)
		c.Model = func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Linear("fc", b.Flatten(x), 3, graph.InitWeight(graph.Constant(0)), graph.InitBias(graph.Constant(0)))
		}
		c.Solver, c.LabelSmoothing, c.Accumulate, c.Diagnostics = atRest(t), smoothing, 2, true
		c.Params = graph.NewParams(1, tensor.Float64)
		var all []runs.Diagnostics
		c.Observers = []runs.Observer{collect(&all)}
		finished(t)(train.Run(t.Context(), c))
		want := (1 - smoothing) / 3 / 4
		if got := all[0].Layers[0].Gradient; len(got) != 3 || !(math.Abs(got[0]+2*want) <= 1e-12) ||
			!(math.Abs(got[1]-want) <= 1e-12) ||
			!(math.Abs(got[2]-want) <= 1e-12) {
			t.Errorf("smoothing %v: got %v, want %v and twice %v", smoothing, got, -2*want, want)
		}
	}
}

// TestUpdateRatio compares with the weights before and after a run's only step.
func TestUpdateRatio(t *testing.T) {
	c := small(t)
	c.Steps, c.Diagnostics, c.Dir = 1, true, ""
	c.Params = compiled(t, 1, tensor.Float32)
	before := map[string][]float64{}
	for _, p := range c.Params.All() {
		before[p.Name()] = slices.Clone(bits(p.Value()))
	}
	var got []runs.Diagnostics
	c.Observers = []runs.Observer{collect(&got)}
	c.Tuning.Freeze = []string{"fc2.weight"}
	finished(t)(train.Run(t.Context(), c))
	for _, l := range got[0].Layers {
		change, size, after := 0.0, 0.0, 0.0
		for i, v := range bits(c.Params.Lookup(l.Layer + ".weight").Value()) {
			b := before[l.Layer+".weight"][i]
			change, size, after = change+(v-b)*(v-b), size+b*b, after+v*v
		}
		if want := math.Sqrt(change / size); !(math.Abs(*l.UpdateRatio-want) <= 1e-12) || (want == 0) != (l.Layer == "fc2") {
			t.Errorf("%s: update ratio %v, want %v", l.Layer, *l.UpdateRatio, want)
		}
		if want := math.Sqrt(after); !(math.Abs(*l.WeightNorm-want) <= 1e-12*want) {
			t.Errorf("%s: norm %v, want %v", l.Layer, *l.WeightNorm, want)
		}
	}
}

// TestRateChanges checks at which epochs the statistics are recomputed, that the figures are those of Recalibrate, and
// that the statistics are put back.
func TestRateChanges(t *testing.T) {
	for _, c := range []struct {
		schedule string
		interval runs.Interval
		model    graph.Model
		want     []int
	}{
		{"none", runs.PerEpoch, normed, nil},
		{"StepLR(3, 0.5)", runs.PerEpoch, normed, []int{3, 4}}, // of 5 epochs of 3 steps
		{"StepLR(5, 0.5)", runs.PerEpoch, normed, []int{5}},    // the change would follow
		{"MultiStepLR([4], 0.5)", runs.PerStep, normed, []int{1, 2}},
		{"ExponentialLR(0.9)", runs.PerStep, normed, []int{1, 2, 3, 4, 5}},
		{"ReduceLROnPlateau(factor=0.5, patience=0, threshold=0.999)", runs.PerEpoch, normed, []int{2, 3, 4, 5}},
		{"ExponentialLR(0.9)", runs.PerEpoch, linear, nil}, // has no BatchNorm
	} {
		config := small(t)
		var err error
		if config.Schedule, err = schedules.Parse(c.schedule); err != nil {
			t.Fatal(err)
		}
		var all []runs.Diagnostics
		config.Model, config.Interval, config.Epochs, config.Diagnostics = c.model, c.interval, 5, true
		config.Validation = config.Test
		config.Observers = []runs.Observer{collect(&all)}
		result := finished(t)(train.Run(t.Context(), config))
		var got []int
		for _, d := range all {
			if (d.RecalibratedTestLoss == nil) != (d.RecalibratedTestAccuracy == nil) {
				t.Errorf("%s: got a loss without an accuracy or the reverse: %+v", c.schedule, d)
			}
			if d.RecalibratedTestLoss != nil {
				got = append(got, d.Epoch)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: recomputed at epochs %v, want %v", c.schedule, got, c.want)
		}
		if last := all[4]; last.RecalibratedTestLoss != nil {
			if err := train.Recalibrate(t.Context(), c.model, result.Params, config.Train); err != nil {
				t.Fatal(err)
			}
			if e := evaluation(t, c.model, result.Params, config.Test); e.Loss != *last.RecalibratedTestLoss ||
				e.Accuracy() != *last.RecalibratedTestAccuracy {
				t.Errorf(
					"%s: loss %v and accuracy %v, want %+v",
					c.schedule,
					*last.RecalibratedTestLoss,
					*last.RecalibratedTestAccuracy,
					e,
				)
			}
		}
	}
}

// TestRecalibratedSamples has a rate that drops once, and one that falls all the time.
func TestRecalibratedSamples(t *testing.T) {
	for schedule, want := range map[schedules.Schedule]int{
		schedules.StepLR{StepSize: 5, Gamma: 0.5}: 3000,
		schedules.ExponentialLR{Gamma: 0.5}:       2000,
	} {
		c := small(t)
		c.Train, c.Batch, c.Epochs, c.Schedule, c.Diagnostics = stripes(t, 3000), 1000, 5, schedule, true
		var all []runs.Diagnostics
		c.Observers = []runs.Observer{collect(&all)}
		finished(t)(train.Run(t.Context(), c))
		if got := all[4].RecalibratedSamples; got != want {
			t.Errorf("%v: statistics of %d samples, want %d", schedule, got, want)
		}
	}
}

func evaluation(t *testing.T, model graph.Model, params *graph.Params, set data.Dataset) train.Evaluation {
	t.Helper()
	evaluator, err := train.NewEvaluator(model, params, set, 5)
	if err != nil {
		t.Fatal(err)
	}
	e, err := evaluator.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestDiagnosticsOfOneself looks into a model of stock ops, with a layer whose ReLU never lets anything pass.
func TestDiagnosticsOfOneself(t *testing.T) {
	c := small(t)
	c.Solver = solvers.SGD{LR: 0.01}
	c.Model = func(b *graph.Builder, x *graph.Node) *graph.Node {
		w := b.Param("mine.weight", graph.Weight, tensor.Shape{16, 4}, graph.DefaultInit, graph.Fan{In: 16, Out: 4})
		h := b.Try(gorgonia.Tanh(b.Try(gorgonia.Mul(b.Flatten(x), w))))
		shut := b.ReLU(b.Linear("shut", h, 2, graph.InitWeight(graph.Constant(0)), graph.InitBias(graph.Constant(-1))))
		half := b.ReLU(b.Linear("half", h, 2, graph.NoBias(), graph.InitWeight(graph.Constant(0))))
		return b.Try(
			gorgonia.Add(b.Linear("out", shut, 3), b.Try(gorgonia.Add(b.Linear("other", half, 3), b.Linear("direct", h, 3)))),
		)
	}
	c.Diagnostics = true
	var all []runs.Diagnostics
	c.Observers = []runs.Observer{collect(&all)}
	finished(t)(train.Run(t.Context(), c))
	dead := map[string]any{}
	for _, l := range all[1].Layers {
		dead[l.Layer] = nil
		if l.Dead != nil {
			dead[l.Layer] = *l.Dead
		}
		if l.Layer == "shut" && (len(l.Gradient) > 0 || *l.GradientZeros != 1) {
			t.Errorf("a gradient behind a ReLU that is shut: %+v", l)
		}
		if l.Layer == "shut" && l.UpdateRatio != nil {
			t.Errorf("an update ratio of weights that are 0: %v", *l.UpdateRatio)
		}
	}
	want := map[string]any{"mine": nil, "shut": 1.0, "half": 1.0, "out": nil, "other": nil, "direct": nil}
	if diff := cmp.Diff(want, dead); diff != "" {
		t.Errorf("dead ReLUs: (-want +got)\n%s", diff)
	}
}

// TestInterruptedAtTheEvaluation cancels while the last step's observers run and after the epoch's line: the epoch's
// diagnostics are there or the epoch is not.
func TestInterruptedAtTheEvaluation(t *testing.T) {
	c := small(t)
	c.Diagnostics = true
	ctx, cancel := context.WithCancel(t.Context())
	c.Observers = []runs.Observer{func(e runs.Event) error {
		if _, ok := e.(runs.Epoch); ok {
			cancel()
		}
		return nil
	}}
	if r, err := train.Run(ctx, c); err != nil || r.End.Reason != runs.Interrupted {
		t.Fatalf("got %+v, %v", r, err)
	}
	finished(t)(resume(t.Context(), func() train.Config { c.Observers = nil; return c }()))
	straight := small(t)
	straight.Diagnostics = true
	finished(t)(train.Run(t.Context(), straight))
	sameRuns(t, c.Dir, straight.Dir)
}

// atRest returns SGD at rate 0, which moves nothing.
func atRest(t *testing.T) solvers.Algorithm {
	t.Helper()
	a, err := solvers.Parse("SGD(lr=0)")
	if err != nil {
		t.Fatal(err)
	}
	return a
}
