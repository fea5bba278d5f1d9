package train_test

import (
	"fmt"
	"testing"

	"gorgonia.org/gorgonia"

	"anneal/graph"
	"anneal/metrics"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
)

// steady is a metric that never gets better.
type steady struct{ larger bool }

func (steady) String() string          { return "steady" }
func (m steady) Larger() bool          { return m.larger }
func (steady) New() metrics.Meter      { return steady{} }
func (steady) Add(metrics.Batch) error { return nil }
func (steady) Value() float64          { return 1 }

// falling returns a run whose test loss falls in every epoch, and which records metrics of both directions.
func falling(t *testing.T, best runs.Best, larger bool) train.Config {
	c := regression(t)
	c.Solver = solvers.SGD{LR: 0.01}
	c.Epochs, c.ChooseBy, c.Best, c.Metrics = 6, runs.ByTest, best, []metrics.Metric{steady{larger}}
	return c
}

// finishes runs c and fails unless its test loss fell in every epoch.
func finishes(t *testing.T, c train.Config) *train.Result {
	t.Helper()
	result, err := train.Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(result.Epochs); i++ {
		if !(result.Epochs[i].TestLoss < result.Epochs[i-1].TestLoss) {
			t.Fatalf("the test loss does not fall: got %v", result.Epochs)
		}
	}
	return result
}

// Patience that goes by a metric ends a run whose metric gets no better, though its loss does.
func TestPatienceByMetric(t *testing.T) {
	for _, larger := range []bool{false, true} {
		for best, want := range map[runs.Best]int{"steady": 3, runs.ByLoss: 6} {
			c := falling(t, best, larger)
			c.Patience = 2
			result := finishes(t, c)
			if got := len(result.Epochs); got != want || (result.End.Reason == runs.StoppedEarly) != (want < 6) {
				t.Errorf("by %s, larger is better %v: got %d epochs, %s, want %d", best, larger, got, result.End.Reason, want)
			}
			if best == "steady" && result.End.Choice.Epoch != 1 || best == runs.ByLoss && result.End.Choice.Epoch != 6 {
				t.Errorf("by %s: the best epoch is %d", best, result.End.Choice.Epoch)
			}
		}
	}
}

// A plateau whose mode fits the metric lowers the rate when the metric gets no better, though the loss does. One of the
// other mode watches the loss.
func TestPlateauByMetric(t *testing.T) {
	for _, c := range []struct {
		best   runs.Best
		larger bool
		mode   string
		want   float64 // the rate of the last epoch
	}{
		{"steady", false, "min", 0.01 / 4}, // lowered after epochs 3 and 5
		{"steady", true, "max", 0.01 / 4},
		{"steady", true, "min", 0.01},
		{runs.ByLoss, false, "min", 0.01},
	} {
		config := falling(t, c.best, c.larger)
		config.Schedule = schedules.ReduceLROnPlateau{
			Mode: c.mode, Factor: 0.5, Patience: 1, ThresholdMode: "abs", MinLR: []float64{0},
		}
		result := finishes(t, config)
		if got := result.Epochs[len(result.Epochs)-1].LR[0]; got != c.want {
			t.Errorf("by %s, larger is better %v, mode %s: the last rate is %v, want %v", c.best, c.larger, c.mode, got, c.want)
		}
	}
}

// A network that gives no classes of samples that have some, such as an autoencoder, has no accuracy to choose by.
func TestNoAccuracyToChooseBy(t *testing.T) {
	for best, want := range map[runs.Best]string{
		"": `train: best: got "accuracy", and the model gives no logits of the samples' classes: ` +
			`want "loss" or a metric`,
		runs.ByLoss: "", "steady": "",
	} {
		c := small(t)
		c.Model = func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Conv2D("c", x, 1, 1) }
		c.Loss = graph.LossFunc{Name: "size", Func: func(b *graph.Builder, r graph.Results) *graph.Node {
			return b.Try(gorgonia.Mean(b.Try(gorgonia.Square(r.Result()))))
		}}
		c.Patience, c.Best, c.Metrics = 3, best, []metrics.Metric{steady{}}
		_, err := train.Run(t.Context(), c)
		if got := fmt.Sprint(err); want != "" && got != want || want == "" && err != nil {
			t.Errorf("best %q: got %v, want %s", best, err, want)
		}
	}
}
