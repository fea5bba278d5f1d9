package graph

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

var layerBenchmarks = []struct {
	name  string
	shape tensor.Shape
	draw  Model
}{
	{
		"conv3x3-16-32-28",
		tensor.Shape{32, 16, 28, 28},
		func(b *Builder, x *Node) *Node { return b.Conv2D("c", x, 32, 3, Padding(1)) },
	},
	{
		"conv3x3-32-64-14",
		tensor.Shape{32, 32, 14, 14},
		func(b *Builder, x *Node) *Node { return b.Conv2D("c", x, 64, 3, Padding(1)) },
	},
	{
		"conv3x3-64-128-14-stride2",
		tensor.Shape{32, 64, 14, 14},
		func(b *Builder, x *Node) *Node { return b.Conv2D("c", x, 128, 3, Padding(1), Stride(2)) },
	},
	{
		"conv3x3-128-128-7",
		tensor.Shape{32, 128, 7, 7},
		func(b *Builder, x *Node) *Node { return b.Conv2D("c", x, 128, 3, Padding(1)) },
	},
	{
		"conv1x1-64-256-14",
		tensor.Shape{32, 64, 14, 14},
		func(b *Builder, x *Node) *Node { return b.Conv2D("c", x, 256, 1) },
	},
	{
		"depthwise3x3-32-28",
		tensor.Shape{32, 32, 28, 28},
		func(b *Builder, x *Node) *Node { return b.Conv2D("c", x, 32, 3, Padding(1), Groups(32)) },
	},
	{
		"linear-784-300-100-10",
		tensor.Shape{64, 784},
		func(b *Builder, x *Node) *Node { return b.Linear("3", b.Linear("2", b.Linear("1", x, 300), 100), 10) },
	},
	{"gru-28-64-28steps", tensor.Shape{64, 28, 28}, func(b *Builder, x *Node) *Node { return b.GRU("g", x, 64).Y }},
	{"lstm-28-64-28steps", tensor.Shape{64, 28, 28}, func(b *Builder, x *Node) *Node { return b.LSTM("l", x, 64).Y }},
	{"linear-1024-1024", tensor.Shape{256, 1024}, func(b *Builder, x *Node) *Node { return b.Linear("1", x, 1024) }},
	{
		"attention-49-64-4heads",
		tensor.Shape{64, 49, 64},
		func(b *Builder, x *Node) *Node { return b.MultiHeadAttention("a", x, x, x, 4) },
	},
	{
		"encoder-49-64-4heads",
		tensor.Shape{64, 49, 64},
		func(b *Builder, x *Node) *Node {
			return b.TransformerEncoderLayer("e", x, 4, 128, WithGELU(), TransformerDropout(0))
		},
	},
	{"gelu-64-49-128", tensor.Shape{64, 49, 128}, func(b *Builder, x *Node) *Node { return b.GELU(x) }},
}

// Each layer forward and backward, the gradients of its input, weight and bias, on a TapeMachine. ns/op is the
// median, so that whatever else the machine does counts little.
func BenchmarkLayer(b *testing.B) {
	for _, c := range layerBenchmarks {
		b.Run(c.name, func(b *testing.B) {
			machine, flops := layerMachine(b, c.shape, c.draw)
			var times []time.Duration
			for b.Loop() {
				start := time.Now()
				if err := machine.RunAll(); err != nil {
					b.Fatal(err)
				}
				machine.Reset()
				times = append(times, time.Since(start))
			}
			slices.Sort(times)
			median := float64(times[len(times)/2].Nanoseconds())
			b.ReportMetric(median, "ns/op")
			b.ReportMetric(float64(times[0].Nanoseconds()), "min-ns/op")
			b.ReportMetric(float64(flops)/median, "GFLOP/s")
		})
	}
}

// layerMachine runs a layer and its gradients. Its input is a parameter, so that it has a gradient too.
func layerMachine(b *testing.B, shape tensor.Shape, draw Model) (gorgonia.VM, int64) {
	builder := newBuilder(NewParams(1, tensor.Float32), Train, new(uint64))
	x := builder.Param("input", Weight, shape, KaimingNormal, Fan{In: 2})
	y := draw(builder, x)
	if builder.err != nil {
		b.Fatal(builder.err)
	}
	gradient := tensor.New(tensor.Of(tensor.Float32), tensor.WithShape(y.Shape().Clone()...))
	r := rand.New(rand.NewPCG(1, 1))
	for i, dy := 0, gradient.Float32s(); i < len(dy); i++ {
		dy[i] = float32(r.NormFloat64())
	}
	dy := gorgonia.NodeFromAny(builder.g, gradient, gorgonia.WithName("dy"))
	var wrt gorgonia.Nodes
	for _, p := range builder.params.list {
		wrt = append(wrt, builder.drawn[p])
	}
	grads, err := gorgonia.Backpropagate(gorgonia.Nodes{y}, gorgonia.Nodes{dy}, wrt)
	if err != nil {
		b.Fatal(err)
	}
	outputs := append(gorgonia.Nodes{y}, grads...)
	program, locations, err := gorgonia.CompileFunction(builder.g, gorgonia.Nodes{dy}, outputs)
	if err != nil {
		b.Fatal(err)
	}
	var flops int64
	for _, n := range upstream(outputs...) {
		if o, ok := n.Op().(*op); ok {
			flops += o.flops
		}
	}
	return gorgonia.NewTapeMachine(builder.g, gorgonia.WithPrecompiled(program, locations)), flops
}
