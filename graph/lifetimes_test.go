package graph_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
	"pgregory.net/rapid"

	"anneal/graph"
	"anneal/models"
)

// Results that share memory, which is filled with NaN as soon as no op needs it any more, are those of results that do
// not, to the bit: for every model, in every kind of program.
func TestSharedMemory(t *testing.T) {
	for _, m := range ofImages() {
		t.Run(m.Name, func(t *testing.T) { sameShared(t, classifier(m), 28) })
	}
}

// ofImages returns the networks of the registry that take images.
func ofImages() []models.Entry {
	return slices.DeleteFunc(models.All(), func(m models.Entry) bool { return m.Tokens })
}

// classifier returns the network with a linear layer of ten classes behind it if it has another loss.
func classifier(m models.Entry) graph.Model {
	if m.Loss == nil {
		return m.Draw
	}
	return func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.Linear("head", b.Flatten(m.Draw(b, x)), 10)
	}
}

// sameShared compares the programs of a model that takes images of this size.
func sameShared(t rapid.TB, model graph.Model, size int) {
	t.Helper()
	for _, cfg := range []graph.Config{
		{Mode: graph.Train, Fuse: true},
		{Mode: graph.Train, Watch: true},
		{Mode: graph.Eval, Fuse: true},
		{Mode: graph.Eval, Fuse: true, Direct: true},
		{Mode: graph.Eval, Gradients: true},
	} {
		cfg.Shape = tensor.Shape{3, 1, size, size}
		apart, shared := runShared(t, model, graph.Apart(cfg)), runShared(t, model, cfg)
		if !slices.Equal(apart, shared) {
			t.Errorf("%+v: other results where they share memory", cfg)
		}
	}
}

// runShared runs a program three times and returns its results, gradients and parameters in bits.
func runShared(t rapid.TB, model graph.Model, cfg graph.Config) (bits []uint64) {
	t.Helper()
	params := graph.NewParams(1, tensor.Float32)
	p, err := graph.Compile(model, params, cfg)
	if err != nil {
		t.Fatal(err)
	}
	ran, ops := graph.Poison(p)
	x := tensor.New(tensor.Of(tensor.Float32), tensor.WithShape(cfg.Shape...))
	r := rand.New(rand.NewPCG(1, 2))
	add := func(v gorgonia.Value) {
		for _, x := range graph.Float64s(v) {
			if x != x {
				t.Fatalf("%+v: NaN", cfg)
			}
			bits = append(bits, math.Float64bits(x))
		}
	}
	for step := range 3 {
		p.SetStep(uint64(step))
		for i := range x.Float32s() {
			x.Float32s()[i] = float32(r.NormFloat64())
		}
		before := len(ran())
		if err := p.Run(x, []int32{0, 1, 2}[:cfg.Shape[0]]); err != nil {
			t.Fatal(err)
		}
		if places := ran()[before:]; len(places) != ops || !slices.IsSorted(places) {
			t.Fatalf("ops ran in the order %v, which the lifetimes of their results do not follow", places)
		}
		bits = append(bits, math.Float64bits(p.Loss()))
		add(p.Logits())
		for _, w := range p.Watched() {
			add(w.Value())
		}
		for _, g := range p.Gradients() {
			v, err := g.Grad()
			if err != nil {
				t.Fatal(err)
			}
			add(v)
		}
	}
	for _, q := range params.All() {
		add(q.Value())
	}
	return bits
}

// ResNet-20's training step on 128 images of 3×32×32 takes the memory of its forward pass and a hundredth more: the
// gradients of activations are where activations were. Evaluation takes that of three activations of the first stage.
func TestPeakMemory(t *testing.T) {
	for _, c := range []struct {
		cfg         graph.Config
		apart, most float64 // megabytes
	}{
		{graph.Config{Mode: graph.Train, Fuse: true}, 471.0, 245},
		{graph.Config{Mode: graph.Eval, Fuse: true, Direct: true}, 148, 26},
	} {
		c.cfg.Shape = tensor.Shape{128, 3, 32, 32}
		var megabytes [2]float64
		for i, cfg := range []graph.Config{graph.Apart(c.cfg), c.cfg} {
			p, err := graph.Compile(models.ResNet20, graph.NewParams(1, tensor.Float32), cfg)
			if err != nil {
				t.Fatal(err)
			}
			megabytes[i] = float64(p.Memory()) / 1e6
		}
		if got := megabytes; math.Abs(got[0]-c.apart) > 0.1 || !(got[1] < c.most) {
			t.Errorf("%v: %.1f MB, and %.1f apart: want less than %v, and %v", c.cfg.Mode, got[1], got[0], c.most, c.apart)
		}
	}
}

// Once warm, a step of no model allocates a tensor: what it allocates is Gorgonia's bookkeeping, and as much for eight
// samples as for two.
func TestModelsAllocateNoTensor(t *testing.T) {
	for _, m := range ofImages() {
		var bytes [2]uint64 // in a step
		for i, samples := range []int{2, 8} {
			p, err := graph.Compile(classifier(m), graph.NewParams(1, tensor.Float32),
				graph.Config{Mode: graph.Train, Fuse: true, Shape: tensor.Shape{samples, 1, 28, 28}})
			if err != nil {
				t.Fatal(err)
			}
			const steps = 4
			x := tensor.New(tensor.Of(tensor.Float32), tensor.WithShape(samples, 1, 28, 28))
			var before, after runtime.MemStats
			for step := range 1 + steps {
				if step == 1 {
					runtime.ReadMemStats(&before)
				}
				if err := p.Run(x, make([]int32, samples)); err != nil {
					t.Fatal(err)
				}
			}
			runtime.ReadMemStats(&after)
			bytes[i] = (after.TotalAlloc - before.TotalAlloc) / steps
		}
		if bytes[0] > 32<<10 || bytes[1] > bytes[0]+4<<10 {
			t.Errorf("%s: %d bytes in a step of two samples, %d in one of eight", m.Name, bytes[0], bytes[1])
		}
	}
}

// The same as TestSharedMemory for networks that rapid draws.
func TestSharedMemoryOfAnyGraph(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.SliceOfN(rapid.Custom(drawStep), 1, 12).Draw(t, "steps")
		sameShared(t, func(b *graph.Builder, x *graph.Node) *graph.Node { return drawSteps(b, x, steps) }, 6)
	})
}

// step is one part of a network, on nodes that are drawn already.
type step struct{ Part, X, Y int }

func drawStep(t *rapid.T) step {
	n := rapid.IntRange(0, 1<<20)
	return step{n.Draw(t, "part"), n.Draw(t, "x"), n.Draw(t, "y")}
}

// drawSteps draws the steps, each of which takes and gives [N, 4, 6, 6], and a classifier on what none of them takes.
func drawSteps(b *graph.Builder, x *graph.Node, steps []step) *graph.Node {
	nodes := []*graph.Node{b.Conv2D("stem", x, 4, 3, graph.Padding(1))}
	used := make(map[*graph.Node]bool)
	for i, s := range steps {
		x, y := nodes[s.X%len(nodes)], nodes[s.Y%len(nodes)]
		used[x] = true
		n := parts[s.Part%len(parts)](b, fmt.Sprint("layer", i), x, y, used)
		if b.Err() != nil {
			return nil
		}
		delete(used, n) // n may be x
		nodes = append(nodes, n)
	}
	var ends []*graph.Node
	for _, n := range nodes {
		if !used[n] {
			ends = append(ends, n)
		}
	}
	end := ends[0]
	if len(ends) > 1 {
		end = b.Add(ends...)
	}
	return b.Linear("fc", b.Flatten(end), 3)
}
