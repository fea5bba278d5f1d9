package train_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
)

// rows returns n samples of a table of three columns, x, with a price that is 2·x₀ − x₁ + 1, a weight from 0.5 to 1.5,
// and tokens whose sum is the age.
func rows(t *testing.T, n int, seed uint64, more ...data.Tensor) *data.Tensors {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 5))
	x, price, weight, age := make([]float32, 3*n), make([]float32, n), make([]float32, n), make([]float32, n)
	tokens := make([]int32, 2*n)
	for i := range n {
		for c := range 3 {
			x[3*i+c] = float32(r.NormFloat64())
		}
		price[i], weight[i] = 2*x[3*i]-x[3*i+1]+1, 0.5+r.Float32()
		tokens[2*i], tokens[2*i+1] = int32(r.IntN(4)), int32(r.IntN(4))
		age[i] = float32(tokens[2*i] + tokens[2*i+1])
	}
	d, err := data.NewTensors(append([]data.Tensor{
		data.Floats("x", x, 3), data.Floats("target", price), data.Floats("weight", weight), data.Floats("age", age),
		data.Ints("tokens", tokens, 2),
	}, more...)...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func line(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("line", x, 1) }

func regression(t *testing.T) train.Config {
	return train.Config{
		Model: line, Train: rows(t, 200, 1), Test: rows(t, 70, 2), Solver: solvers.SGD{LR: 0.1}, Loss: graph.MSE{},
		Settings: train.Settings{Epochs: 4, Batch: 16, EvalBatch: 30},
	}
}

// A regression learns, says its loss and no accuracy, and leaves a record that names the loss.
func TestRegression(t *testing.T) {
	c := regression(t)
	c.Dir, c.Patience, c.EMA = filepath.Join(t.TempDir(), "run"), 3, 0.5
	var err error
	if c.Schedule, err = schedules.Parse("ReduceLROnPlateau(factor=0.5, patience=5)"); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	logger := logrus.New()
	logger.Out = &log
	c.Observers = []runs.Observer{train.Log(logger, 0)}
	result, err := train.Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	last := result.Epochs[3]
	if !(last.TestLoss < 1e-2) || !last.NoClasses || last.Total != 70 || last.ValidationLoss == nil ||
		last.ValidationAccuracy != nil || last.EMATestLoss == nil || last.EMATestAccuracy != nil || *last.Guessing {
		t.Errorf("the last epoch is %+v", last)
	}
	w := result.Params.Lookup("line.weight").Value().Float32s()
	if !(math.Abs(float64(w[0]-2))+math.Abs(float64(w[1]+1)) < 0.2) {
		t.Errorf("weights %v, want about 2, -1, 0", w)
	}
	if result.End.Choice.Best != runs.ByLoss || result.End.TestLoss != last.TestLoss || result.End.BestEpoch != 0 {
		t.Errorf("the end is %+v", result.End)
	}
	said := fmt.Sprintf("test loss %.4f", last.TestLoss)
	if strings.Contains(log.String(), "accuracy") || !strings.Contains(log.String(), said) {
		t.Errorf("the log is\n%s", &log)
	}
	run, err := runs.Read(c.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := run.Record.Settings.Loss; got != "MSELoss()" {
		t.Errorf("the record has loss %q", got)
	}
	got := fmt.Sprint(run.Record.Train.XShape, run.Record.Train.Fields)
	if got != "[3] [{target [] false} {weight [] false} {age [] false} {tokens [2] true}]" {
		t.Errorf("the record has data %s", got)
	}
	c.Loss, c.Observers = graph.L1{}, nil
	if _, err := train.Resume(t.Context(), c, c.Dir); err == nil ||
		!strings.Contains(err.Error(), `loss is "L1Loss()" and was "MSELoss()"`) {
		t.Errorf("resumed with another loss: %v", err)
	}
}

// heads is a network of two inputs and two heads.
func heads(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.ReLU(b.Linear("hidden", x, 8))
	tokens := b.Linear("tokens", b.Input("numbers", 2), 8)
	b.Output("age", b.Linear("age", tokens, 1))
	return b.Linear("kind", h, 2)
}

// headsData has the sign of x₀ as the class, and tokens as numbers.
func headsData(t *testing.T, n int, seed uint64) *data.Tensors {
	plain := rows(t, n, seed)
	labels, numbers := make([]int32, n), make([]float32, 2*n)
	x, one := make([]float32, 3), make([]int32, 2)
	for i := range n {
		if _, err := plain.Read(i, x); err != nil {
			t.Fatal(err)
		}
		if x[0] > 0 {
			labels[i] = 1
		}
		if err := plain.ReadField(i, 3, nil, one); err != nil {
			t.Fatal(err)
		}
		numbers[2*i], numbers[2*i+1] = float32(one[0]), float32(one[1])
	}
	return rows(t, n, seed, data.Ints("labels", labels), data.Floats("numbers", numbers, 2))
}

func headsConfig(t *testing.T) train.Config {
	return train.Config{
		Model: heads, Train: headsData(t, 300, 3), Test: headsData(t, 90, 4), Solver: solvers.Default[solvers.Adam](),
		Loss: graph.Sum{
			{Loss: graph.CrossEntropy{Weights: []float64{1, 3}}},
			{Loss: graph.Huber{}, Output: "age", Factor: 0.5, SampleWeights: "weight"},
		},
		Settings: train.Settings{Epochs: 3, Batch: 16},
	}
}

// Two heads train together, the accuracy is that of the model's own result, and stops leave no trace in the bits.
func TestTwoHeads(t *testing.T) {
	c := headsConfig(t)
	c.Epochs = 15
	result, err := train.Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	first, last := result.Epochs[0], result.Epochs[14]
	if !(last.TestLoss < first.TestLoss/2) || !(last.TestAccuracy > 0.8) || last.NoClasses {
		t.Errorf("from %+v to %+v", first, last)
	}
	c.Epochs, c.Diagnostics, c.Accumulate = 2, true, 2
	check, err := train.CheckResume(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if check.Differences != nil {
		t.Errorf("resumed runs differ: %v", check.Differences)
	}
}

// The loss of an evaluation is that of all samples at once: class and sample weights count over all batches.
func TestEvaluationLossOfAnyBatch(t *testing.T) {
	set := headsData(t, 70, 6)
	for _, loss := range []graph.Loss{
		headsConfig(t).Loss,
		graph.CrossEntropy{Weights: []float64{0.2, 5}, LabelSmoothing: 0.1},
		graph.CrossEntropy{Ignore: []int32{0}},
		graph.Term{Loss: graph.CrossEntropy{Reduction: "sum"}, SampleWeights: "weight"},
		graph.Term{Loss: graph.MSE{}, Output: "age", SampleWeights: "weight"},
	} {
		var losses []float64
		first, err := train.NewEvaluator(heads, nil, set, 70, loss)
		if err != nil {
			t.Fatal(err)
		}
		for _, batch := range []int{70, 16, 1} {
			e, err := train.NewEvaluator(heads, first.Params(), set, batch, loss)
			if err != nil {
				t.Fatal(err)
			}
			result, err := e.Run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			losses = append(losses, result.Loss)
			if result.Total != 70 || !result.Classified {
				t.Errorf("%+v", result)
			}
		}
		if slices.ContainsFunc(losses, func(l float64) bool { return !(math.Abs(l-losses[0]) <= 1e-6*losses[0]) }) {
			t.Errorf("%v: losses %v in batches of 70, 16 and 1", loss, losses)
		}
	}
}

func TestLossSettings(t *testing.T) {
	for want, change := range map[string]func(c *train.Config){
		`best: got "accuracy" for samples without classes`: func(c *train.Config) { c.Best = runs.ByAccuracy },
		`it watches the accuracy`: func(c *train.Config) {
			c.Schedule = schedules.ReduceLROnPlateau{Mode: "max", Factor: 0.5}
		},
		`label smoothing: got 0.1 beside the loss MSELoss()`: func(c *train.Config) { c.LabelSmoothing = 0.1 },
		`loss: it has no name`:                               func(c *train.Config) { c.Loss = graph.LossFunc{} },
		`loss: got "L1Loss()" as the name of "MSELoss()"`:    func(c *train.Config) { c.Settings.Loss = "L1Loss()" },
		`take price, and the data has x, target, weight, age, tokens`: func(c *train.Config) {
			c.Loss = graph.Term{Loss: graph.MSE{}, Target: "price"}
		},
		`take labels, and the data has x, target`: func(c *train.Config) { c.Loss = nil },
		`take numbers, and the data has x`: func(c *train.Config) {
			c.Model = func(b *graph.Builder, _ *graph.Node) *graph.Node { return b.Linear("f", b.Input("numbers", 2), 1) }
		},
	} {
		c := regression(t)
		change(&c)
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want %q in it", err, want)
		}
	}
	c := headsConfig(t)
	c.Loss = nil
	c.Model = func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("f", x, 2) }
	records := make([]string, 2)
	for i, loss := range []graph.Loss{nil, graph.CrossEntropy{LabelSmoothing: 0.2}} {
		c.Loss, c.LabelSmoothing = loss, 0
		if loss == nil {
			c.LabelSmoothing = 0.2
		}
		record, err := c.Record(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		records[i] = record.JSON()
	}
	if records[0] != records[1] || strings.Contains(records[0], `"loss"`) {
		t.Errorf("plain cross-entropy has the records\n%s\n%s", records[0], records[1])
	}
}

// Each pixel may have a class: cross-entropy then has labels [N, H, W].
func TestPixelClasses(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	const n, size = 40, 25
	x, labels := make([]float32, n*size), make([]int32, n*size)
	for i := range x {
		x[i] = float32(r.NormFloat64())
		if x[i] > 0 {
			labels[i] = 1
		}
		if i%7 == 0 {
			labels[i] = -1 // nobody knows
		}
	}
	set, err := data.NewTensors(data.Floats("x", x, 1, 5, 5), data.Ints("labels", labels, 5, 5))
	if err != nil {
		t.Fatal(err)
	}
	for _, loss := range []graph.Loss{
		graph.CrossEntropy{Ignore: []int32{-1}}, graph.CrossEntropy{Ignore: []int32{-1}, Weights: []float64{1, 2}},
	} {
		result, err := train.Run(t.Context(), train.Config{
			Model: func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Conv2D("c", x, 2, 1) },
			Train: set, Test: set, Solver: solvers.SGD{LR: 1}, Loss: loss, Settings: train.Settings{Epochs: 10, Batch: 8},
		})
		if err != nil {
			t.Fatal(err)
		}
		first, last := result.Epochs[0].TestLoss, result.Epochs[9].TestLoss
		if !(last < 0.3 && last < first) || !result.Epochs[9].NoClasses {
			t.Errorf("%v: test loss from %v to %v", loss, first, last)
		}
	}
	_, err = train.Run(t.Context(), train.Config{
		Model: func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Conv2D("c", x, 2, 1) },
		Train: set, Test: set, Solver: solvers.SGD{LR: 1}, Loss: graph.CrossEntropy{},
	})
	if err == nil || !strings.Contains(err.Error(), "in the batch: want 0 to 1") {
		t.Errorf("a label that is no class: got error %v", err)
	}
}
