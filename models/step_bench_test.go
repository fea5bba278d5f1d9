package models

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/solvers"
)

// convolutions returns a network of two 3×3 convolutions of 32 channels, each with the normalization that draw draws
// and a ReLU.
func convolutions(draw func(b *graph.Builder, name string, x *graph.Node) *graph.Node) graph.Model {
	return func(b *graph.Builder, x *graph.Node) *graph.Node {
		x = b.ReLU(draw(b, "norm1", b.Conv2D("conv1", x, 32, 3, graph.Padding(1), graph.NoBias())))
		x = b.ReLU(draw(b, "norm2", b.Conv2D("conv2", x, 32, 3, graph.Padding(1), graph.NoBias())))
		return b.Linear("fc", b.Flatten(b.GlobalAvgPool2D(x)), 10)
	}
}

// BenchmarkStep times a training step of the networks that normalizations are compared on, as mnist bench does. ns/op
// is the median, so that whatever else the machine does counts little.
func BenchmarkStep(b *testing.B) {
	shape := tensor.Shape{64, 32, 28, 28}
	overImage := func(b *graph.Builder, name string, x *graph.Node) *graph.Node {
		return b.LayerNorm(name, x, graph.Over(3))
	}
	for _, c := range []struct {
		name string
		draw graph.Model
	}{
		{"convolutions-batch", convolutions(Batch().Draw)},
		{"convolutions-group", convolutions(groupNorm{4}.Draw)},
		{"convolutions-layer", convolutions(overImage)},
		{"convolutions-layer-per-channel", convolutions(Layer().Draw)},
		{"convolutions-instance", convolutions(instanceNorm{}.Draw)},
	} {
		b.Run(c.name, func(b *testing.B) {
			params := graph.NewParams(1, tensor.Float32)
			p, err := graph.Compile(c.draw, params, graph.Config{Mode: graph.Train, Shape: shape, Fuse: true})
			if err != nil {
				b.Fatal(err)
			}
			solver, err := solvers.New(solvers.SGD{LR: 0.01, Momentum: 0.9}, params.Trainable(), solvers.Tuning{})
			if err != nil {
				b.Fatal(err)
			}
			x, labels := tensor.New(tensor.Of(tensor.Float32), tensor.WithShape(shape...)), make([]int32, shape[0])
			r := rand.New(rand.NewPCG(1, 1))
			pixels := x.Float32s()
			for i := range pixels {
				pixels[i] = float32(r.NormFloat64())
			}
			for i := range labels {
				labels[i] = r.Int32N(10)
			}
			var times []time.Duration
			b.ReportAllocs()
			for b.Loop() {
				start := time.Now()
				if err := p.Run(x, labels); err != nil {
					b.Fatal(err)
				}
				if err := solver.Step(p.Gradients()); err != nil {
					b.Fatal(err)
				}
				times = append(times, time.Since(start))
			}
			slices.Sort(times)
			median := float64(times[len(times)/2].Nanoseconds())
			b.ReportMetric(median, "ns/op")
			b.ReportMetric(float64(times[0].Nanoseconds()), "min-ns/op")
			b.ReportMetric(float64(p.FLOPs())/median, "GFLOP/s")
			count := 0
			for _, p := range params.Trainable() {
				count += p.Value().DataSize()
			}
			b.ReportMetric(float64(count), "parameters")
		})
	}
}
