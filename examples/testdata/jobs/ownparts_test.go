package jobs

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/graph/gradcheck"
	"anneal/graph/kernel"
	"anneal/runs"
	"anneal/solvers"
	"anneal/train"
)

// signSGD is w = w − lr·sign(g).
type signSGD struct{ LR float64 }

func (s signSGD) String() string         { return fmt.Sprintf("SignSGD(lr=%v)", s.LR) }
func (s signSGD) Validate() error        { return nil }
func (s signSGD) Traits() solvers.Traits { return solvers.Traits{LR: s.LR} }

func (s signSGD) Buffers(float64, []int) solvers.Buffers { return solvers.Buffers{} }

func (s signSGD) Rules() (solvers.Rule[float32], solvers.Rule[float64]) {
	return &sign[float32]{}, &sign[float64]{}
}

type sign[T graph.Float] struct{ rate T }

func (r *sign[T]) Prepare(h *solvers.Hyper) { r.rate = T(h.Rate) }

func (r *sign[T]) Apply(w, g []T, _ solvers.State[T]) {
	for i, v := range g {
		if v != 0 {
			w[i] -= r.rate * T(math.Copysign(1, float64(v)))
		}
	}
}

// halving divides the rate by two at every count.
type halving struct{}

func (halving) At(base float64, count int) float64 { return math.Ldexp(base, -count) }
func (halving) Validate() error                    { return nil }
func (halving) String() string                     { return "halving" }

// dimming makes images darker.
type dimming struct{}

func (dimming) Apply(dst, src []float32, _ data.Frame, r *rand.Rand) {
	f := 0.7 + 0.3*r.Float32()
	for i, v := range src {
		dst[i] = f * v
	}
}
func (dimming) Validate() error { return nil }
func (dimming) String() string  { return "dimming" }

// cube is x³, an op of its own.
func cube(b *graph.Builder, x *graph.Node) *graph.Node {
	return b.Op(graph.Op{
		Kind: "Cube", Inputs: []*graph.Node{x}, Shape: x.Shape(), Reads: []int{0},
		Float32: func() graph.Plan[float32] { return cubePlan[float32](x.Shape().TotalSize()) },
		Float64: func() graph.Plan[float64] { return cubePlan[float64](x.Shape().TotalSize()) },
	})
}

func cubePlan[T graph.Float](n int) graph.Plan[T] {
	square := make([]T, n)
	return graph.Plan[T]{
		Forward: func(c *graph.Call[T]) error {
			kernel.Mul(square, c.X[0], c.X[0])
			kernel.Mul(c.Y, square, c.X[0])
			return nil
		},
		Backward: func(c *graph.Call[T]) error {
			for i, x := range c.X[0] {
				c.DX[0][i] = 3 * x * x * c.DY[i]
			}
			return nil
		},
	}
}

// Job: custom parts, a solver, a schedule, an augmentation, a loss, an op and an observer, and separate validation
// samples. The run is recorded, stopped and resumed.
func TestOwnParts(t *testing.T) {
	checkGradients(t, cube, tensor.Shape{2, 3}, gradcheck.Options{})
	model := func(b *graph.Builder, x *graph.Node) *graph.Node {
		h := b.ReLU(b.Linear("fc1", b.Flatten(x), 32))
		return b.Linear("fc2", b.Add(h, cube(b, b.Scale(h, 0.1))), 6)
	}
	small := func(b *graph.Builder, r graph.Results) *graph.Node {
		small := b.Try(gorgonia.Mean(b.Try(gorgonia.Square(r.Result()))))
		weight := gorgonia.NewConstant(float32(1e-4))
		return b.Try(gorgonia.Add(b.CrossEntropy(r.Result(), r.Labels(), 0), b.Try(gorgonia.Mul(weight, small))))
	}
	loss := graph.LossFunc{Name: "cross-entropy of small logits", Func: small}
	var rates []float64
	c := train.Config{
		Model: model, Train: spots(t, 600, 1), Test: spots(t, 200, 2), Validation: spots(t, 100, 3), Loss: loss,
		Solver: signSGD{LR: 0.002}, Schedule: halving{}, Augment: data.Compose{dimming{}},
		Dir: filepath.Join(t.TempDir(), "run"),
		Observers: []runs.Observer{func(e runs.Event) error {
			if e, ok := e.(runs.Epoch); ok {
				rates = append(rates, e.LR[0])
			}
			return nil
		}},
	}
	trained(t, c, 3)
	c.Epochs = 4
	r, err := train.Resume(t.Context(), c, c.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if e := r.Epochs[3]; !(e.TestAccuracy > 0.9) || e.ValidationLoss == nil {
		t.Errorf("the last epoch is %+v", e)
	}
	if fmt.Sprint(rates) != "[0.002 0.001 0.0005 0.00025]" {
		t.Errorf("rates %v", rates)
	}
	record, err := runs.ReadRecord(c.Dir)
	if err != nil || record.Solver != "SignSGD(lr=0.002)" || record.Loss != loss.Name ||
		record.Schedule != "halving" {
		t.Errorf("the record is %+v, %v", record, err)
	}
}
