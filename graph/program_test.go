package graph

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// convNet has one layer of nearly every kind.
func convNet(b *Builder, x *Node) *Node {
	h := b.MaxPool2D(b.ReLU(b.BatchNorm("bn1", b.Conv2D("conv1", x, 4, 3))), 2)
	h = b.GlobalAvgPool2D(b.ReLU(b.Conv2D("conv2", h, 6, 3, Padding(1))))
	h = b.Dropout("drop", b.ReLU(b.Linear("fc1", b.Flatten(h), 8)), 0.25)
	return b.Linear("fc2", h, 5)
}

func compile(t testing.TB, model Model, params *Params, mode Mode, shape ...int) *Program {
	t.Helper()
	p, err := Compile(model, params, Config{Mode: mode, Shape: shape})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func run(t testing.TB, p *Program, x *tensor.Dense, labels []int32) {
	t.Helper()
	if err := p.Run(x, labels); err != nil {
		t.Fatal(err)
	}
}

// batch draws n images of 1×10×10 and their labels.
func batch(n int, seed uint64) (*tensor.Dense, []int32) {
	rng := rand.New(rand.NewPCG(seed, 1))
	x := make([]float32, n*100)
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	labels := make([]int32, n)
	for i := range labels {
		labels[i] = rng.Int32N(5)
	}
	return tensor.New(tensor.WithShape(n, 1, 10, 10), tensor.WithBacking(x)), labels
}

// snapshot copies every parameter's numbers.
func snapshot(params *Params) map[string][]float64 {
	all := map[string][]float64{}
	for _, p := range params.All() {
		if p.kind == Counter {
			all[p.name] = []float64{float64(p.value.Int64s()[0])}
			continue
		}
		all[p.name] = slices.Clone(floats(p.value))
	}
	return all
}

// Programs of other batch sizes and modes share the parameters' memory.
func TestProgramsShareParameters(t *testing.T) {
	params := NewParams(1, tensor.Float32)
	train := compile(t, convNet, params, Train, 8, 1, 10, 10)
	count := len(params.All())
	small := compile(t, convNet, params, Eval, 2, 1, 10, 10)
	large := compile(t, convNet, params, Eval, 8, 1, 10, 10)
	if len(params.All()) != count {
		t.Fatalf("%d parameters after the evaluation programs, %d before", len(params.All()), count)
	}
	x, labels := batch(8, 1)
	run(t, train, x, labels)
	for _, v := range train.Gradients() {
		g := v.(*Gradient)
		dw, err := g.Grad()
		if err != nil {
			t.Fatal(err)
		}
		w, d := g.Param().Value().Float32s(), Floats[float32](dw)
		for i := range w {
			w[i] -= 0.1 * d[i]
		}
	}
	run(t, large, x, labels)
	two := tensor.New(tensor.WithShape(2, 1, 10, 10), tensor.WithBacking(x.Float32s()[:200]))
	run(t, small, two, labels[:2])
	near(t, "logits of two", floats(small.Logits()), floats(large.Logits())[:10], 1e-6)
}

// Evaluation moves nothing; training moves the running statistics and, without a solver, nothing else.
func TestEvaluationLeavesEverythingAlone(t *testing.T) {
	params := NewParams(1, tensor.Float32)
	train := compile(t, convNet, params, Train, 8, 1, 10, 10)
	eval := compile(t, convNet, params, Eval, 8, 1, 10, 10)
	x, labels := batch(8, 2)
	before := snapshot(params)
	run(t, eval, x, labels)
	after := snapshot(params)
	for name, v := range before {
		if !slices.Equal(v, after[name]) {
			t.Errorf("evaluation moved %s", name)
		}
	}
	run(t, train, x, labels)
	for name, v := range snapshot(params) {
		moved := !slices.Equal(v, before[name])
		if isBuffer := !params.Lookup(name).Trainable(); moved != isBuffer {
			t.Errorf("a training run moved %s: %v", name, moved)
		}
	}
}

// The same seed and step give the same bits; another step gives another dropout mask; the labels are checked.
func TestRunIsAFunctionOfSeedAndStep(t *testing.T) {
	x, labels := batch(8, 3)
	losses := make([]float64, 0, 4)
	for _, step := range []uint64{5, 5, 6} {
		p := compile(t, convNet, NewParams(9, tensor.Float32), Train, 8, 1, 10, 10)
		p.SetStep(step)
		run(t, p, x, labels)
		losses = append(losses, p.Loss())
	}
	if losses[0] != losses[1] || losses[0] == losses[2] {
		t.Errorf("losses at steps 5, 5, 6: %v", losses)
	}
	p := compile(t, convNet, NewParams(9, tensor.Float32), Eval, 8, 1, 10, 10)
	for _, bad := range []int32{-1, 5} {
		labels[3] = bad
		if err := p.Run(x, labels); err == nil {
			t.Errorf("label %d of 5 classes was accepted", bad)
		}
	}
	labels[3] = 0
	run(t, p, x, labels) // an error leaves the program usable
	if err := p.Run(x, labels[:7]); err == nil {
		t.Error("7 labels for 8 samples were accepted")
	}
	if err := p.Run(tensor.New(tensor.Of(tensor.Float32), tensor.WithShape(8, 1, 10, 9)), labels); err == nil {
		t.Error("an input of another shape was accepted")
	}
}

// NaN in, NaN out: nothing panics in the machine's goroutine.
func TestNaNReachesTheLoss(t *testing.T) {
	x, labels := batch(8, 3)
	for i := range x.Float32s() {
		x.Float32s()[i] = float32(math.NaN())
	}
	p := compile(t, convNet, NewParams(9, tensor.Float32), Train, 8, 1, 10, 10)
	run(t, p, x, labels)
	if !math.IsNaN(p.Loss()) {
		t.Errorf("loss %v of a batch of NaN", p.Loss())
	}
}

// Stock ops may stand in a model, also as its last op and beside ours.
func TestStockOpsInAModel(t *testing.T) {
	model := func(b *Builder, x *Node) *Node {
		h := b.Flatten(x)
		return b.Try(gorgonia.Add(b.Linear("a", h, 5), b.Try(gorgonia.Tanh(b.Linear("b", h, 5)))))
	}
	p := compile(t, model, NewParams(9, tensor.Float32), Train, 8, 1, 10, 10)
	x, labels := batch(8, 4)
	run(t, p, x, labels)
	first, logits := p.Loss(), slices.Clone(floats(p.Logits()))
	run(t, p, x, labels)
	if p.Loss() != first || !slices.Equal(floats(p.Logits()), logits) {
		t.Errorf("a second run differs: loss %v, then %v", first, p.Loss())
	}
	if len(p.Gradients()) != 4 {
		t.Fatalf("%d gradients", len(p.Gradients()))
	}
}

// Once warm, a step allocates no tensor: what is left is Gorgonia's own bookkeeping.
func TestTrainingStepAllocatesNoTensor(t *testing.T) {
	p := compile(t, convNet, NewParams(9, tensor.Float32), Train, 64, 1, 10, 10)
	x, labels := batch(64, 5)
	run(t, p, x, labels)
	const steps = 10
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range steps {
		run(t, p, x, labels)
	}
	runtime.ReadMemStats(&after)
	if bytes := (after.TotalAlloc - before.TotalAlloc) / steps; bytes > 16<<10 {
		t.Errorf("%d bytes in %d allocations a step: the smallest activation alone has %d bytes", bytes,
			(after.Mallocs-before.Mallocs)/steps, 4*64*8)
	}
}
