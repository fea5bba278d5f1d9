package train_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"

	"anneal/data"
	"anneal/graph"
	"anneal/metrics"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
)

// largest is a metric of a user's own: the largest output.
type largest struct{ sign float64 }

func (largest) String() string       { return "largest" }
func (m largest) Larger() bool       { return m.sign > 0 }
func (m largest) New() metrics.Meter { return &largestOf{value: math.NaN()} }

type largestOf struct{ value float64 }

func (l *largestOf) Add(b metrics.Batch) error {
	for _, x := range b.Output {
		if !(x <= l.value) {
			l.value = x
		}
	}
	return nil
}

func (l *largestOf) Value() float64 { return l.value }

// An epoch has the metrics of its evaluations, which metrics.jsonl keeps, and the best epoch can be chosen by them.
func TestMetrics(t *testing.T) {
	c := small(t)
	c.Epochs, c.Valid, c.Patience, c.ChooseBy, c.Best = 6, 0.4, 2, runs.ByValidation, "f1"
	c.Settings.Metrics = "accuracy, f1, roc_auc"
	var text bytes.Buffer
	logger := logrus.New()
	logger.SetOutput(&text)
	c.Observers = []runs.Observer{train.Log(logger, 0)}
	result, err := train.Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	highest, epoch := -1.0, 0
	for _, e := range result.Epochs {
		if len(e.Metrics) != 3 || e.Metrics[1].Name != "f1" || !e.Metrics[1].Larger {
			t.Fatalf("got %+v", e.Metrics)
		}
		accuracy := e.Metric("accuracy")
		if *accuracy.Test != e.TestAccuracy || *accuracy.Validation != *e.ValidationAccuracy {
			t.Errorf("epoch %d: accuracy %v and %v, want %v and %v",
				e.Epoch, *accuracy.Test, *accuracy.Validation, e.TestAccuracy, *e.ValidationAccuracy)
		}
		if v := e.Metric("f1").Validation; v != nil && *v > highest {
			highest, epoch = *v, e.Epoch
		}
	}
	choice := result.End.Choice
	if choice.Epoch != epoch || choice.Value == nil || *choice.Value != highest || choice.Best != "f1" {
		t.Errorf("got choice %+v, want epoch %d with %v", choice, epoch, highest)
	}
	kept, err := runs.Read(c.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := kept.Choice(); got.String() != choice.String() || !strings.Contains(got.String(), "best validation f1 ") {
		t.Errorf("got %q from the folder, want %q", got, choice)
	}
	if kept.Record.Metrics != "accuracy, f1, roc_auc" {
		t.Errorf("config.json has the metrics %q", kept.Record.Metrics)
	}
	for _, want := range []string{", validation f1 0.", ", test accuracy 0.", "best validation f1"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the log does not say %q:\n%s", want, &text)
		}
	}
}

// A run that stops and resumes ends as one that does not, with a metric that patience, a plateau and the best epoch go
// by.
func TestMetricsResume(t *testing.T) {
	config := func() train.Config {
		c := small(t)
		c.Epochs, c.ChooseBy, c.Best, c.Patience = 4, runs.ByTest, "largest", 3
		c.Metrics = []metrics.Metric{largest{-1}, metrics.ECE{}}
		c.Schedule = schedules.ReduceLROnPlateau{
			Mode: "min", Factor: 0.5, Patience: 0, Threshold: 10, ThresholdMode: "abs", MinLR: []float64{0},
		}
		return c
	}
	straight := config()
	want := finished(t)(train.Run(t.Context(), straight))
	stopped := config()
	stopAt(t, stopped, train.Run, 4)
	got := finished(t)(resume(t.Context(), stopped))
	sameRuns(t, stopped.Dir, straight.Dir, runs.BestFile)
	if got.End.Choice.Epoch != want.End.Choice.Epoch || got.End.Choice.Epoch == 0 {
		t.Errorf("got choice %+v, want %+v", got.End.Choice, want.End.Choice)
	}
	lowest, epoch := math.Inf(1), 0
	for _, e := range want.Epochs {
		if v := *e.Metric("largest").Test; v < lowest {
			lowest, epoch = v, e.Epoch
		}
	}
	if want.End.Choice.Epoch != epoch {
		t.Errorf("the best epoch is %d, want %d", want.End.Choice.Epoch, epoch)
	}
	// The threshold of 10 lets no epoch after the first count as better, by the metric; with the loss it would neither.
	if last := want.Epochs[len(want.Epochs)-1].LR[0]; !(last < straight.Solver.Traits().LR) {
		t.Errorf("the last rate is %v: the plateau did not lower it", last)
	}
}

// A regression goes by an error, has no accuracy and weights its samples, on an output with a name.
func TestMetricsOfRegression(t *testing.T) {
	const n = 40
	r := rand.New(rand.NewPCG(1, 2))
	x, age, weight := make([]float32, 2*n), make([]float32, n), make([]float32, n)
	for i := range age {
		x[2*i], x[2*i+1] = float32(r.NormFloat64()), float32(r.NormFloat64())
		age[i], weight[i] = 2*x[2*i]-x[2*i+1], float32(i%3)
	}
	set, err := data.NewTensors(data.Floats("x", x, 2), data.Floats("age", age, 1), data.Floats("w", weight))
	if err != nil {
		t.Fatal(err)
	}
	weighted := metrics.On{Metric: metrics.MAE{}, Output: "age", Weights: "w"}
	c := train.Config{
		Model: func(b *graph.Builder, x *graph.Node) *graph.Node {
			b.Output("age", b.Linear("fc", x, 1))
			return nil
		},
		Loss: graph.Term{Loss: graph.MSE{}, Output: "age"}, Train: set, Test: set, Validation: set,
		Solver:  solvers.SGD{LR: 0.1},
		Metrics: []metrics.Metric{weighted, metrics.On{Metric: metrics.R2{}, Output: "age"}},
	}
	c.Epochs, c.Batch, c.EvalBatch, c.Best = 5, 8, 7, "mae on age weights w"
	result, err := train.Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	params := result.Params
	w := graph.Float64s(params.Lookup("fc.weight").Value())
	bias := graph.Float64s(params.Lookup("fc.bias").Value())[0]
	sum, all := 0.0, 0.0
	for i := range age {
		y := w[0]*float64(x[2*i]) + w[1]*float64(x[2*i+1]) + bias
		sum += float64(weight[i]) * math.Abs(y-float64(age[i]))
		all += float64(weight[i])
	}
	last := result.Epochs[4]
	if got := *last.Metrics[0].Test; !(math.Abs(got-sum/all) <= 1e-5) {
		t.Errorf("weighted MAE %v, want %v", got, sum/all)
	}
	if r2 := *last.Metrics[1].Validation; !(r2 > 0.9) {
		t.Errorf("R² is %v, want more than 0.9", r2)
	}
	if result.End.Choice.Value == nil || last.Confusion != nil {
		t.Errorf("got choice %+v, confusion %v", result.End.Choice, last.Confusion)
	}
	for want, change := range map[string]func(*train.Config){
		`metric mae: the model has no output "": it has ["age"]`: func(c *train.Config) {
			c.Metrics = []metrics.Metric{metrics.MAE{}}
		},
		`the data has no field "importance" of numbers`: func(c *train.Config) {
			c.Metrics = []metrics.Metric{metrics.On{Metric: metrics.MAE{}, Output: "age", Weights: "importance"}}
		},
		`the data has no field "years"`: func(c *train.Config) {
			c.Metrics = []metrics.Metric{metrics.On{Metric: metrics.MAE{}, Output: "age", Target: "years"}}
		},
		"mae on age is there twice": func(c *train.Config) {
			twice := metrics.On{Metric: metrics.MAE{}, Output: "age"}
			c.Metrics = []metrics.Metric{twice, twice}
		},
		`"rmse", want "accuracy", "loss" or one of the metrics mae on age weights w, r2 on age`: func(c *train.Config) {
			c.Best = "rmse"
		},
	} {
		other := c
		other.Best = ""
		change(&other)
		if err := other.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want it to say %q", err, want)
		}
	}
}
