//go:build unix

package graph

import (
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"

	"gorgonia.org/tensor"
)

// BenchmarkNorms compares a training step of two 3×3 convolutions of 32 channels on 64 images of 28×28, each with a
// normalization and a ReLU, by the processor's time. The normalizations take turns, so that whatever else the machine
// does concerns all of them. The metrics are each one's median, and its ratio to that with BatchNorm.
func BenchmarkNorms(b *testing.B) {
	norms := []struct {
		name string
		draw func(b *Builder, name string, x *Node) *Node
	}{
		{"batch", func(b *Builder, name string, x *Node) *Node { return b.BatchNorm(name, x) }},
		{"group", func(b *Builder, name string, x *Node) *Node { return b.GroupNorm(name, x, 4) }},
		{"instance", func(b *Builder, name string, x *Node) *Node { return b.InstanceNorm(name, x, Affine()) }},
		{"layer", func(b *Builder, name string, x *Node) *Node { return b.LayerNorm(name, x, Over(3)) }},
		{"layer-per-channel", func(b *Builder, name string, x *Node) *Node { return b.LayerNorm(name, x, PerChannel()) }},
		{"none", func(_ *Builder, _ string, x *Node) *Node { return x }},
	}
	programs, times := make([]*Program, len(norms)), make([][]float64, len(norms))
	for i, n := range norms {
		var err error
		if programs[i], err = Compile(func(b *Builder, x *Node) *Node {
			h := b.ReLU(n.draw(b, "n1", b.Conv2D("c1", x, 32, 3, Padding(1), NoBias())))
			h = b.ReLU(n.draw(b, "n2", b.Conv2D("c2", h, 32, 3, Padding(1), NoBias())))
			return b.Linear("fc", b.Flatten(b.GlobalAvgPool2D(h)), 10)
		}, NewParams(1, tensor.Float32), Config{Mode: Train, Shape: tensor.Shape{64, 32, 28, 28}, Fuse: true}); err != nil {
			b.Fatal(err)
		}
	}
	x, labels := zeros(tensor.Float32, tensor.Shape{64, 32, 28, 28}), make([]int32, 64)
	r := rand.New(rand.NewPCG(1, 1))
	for i, v := 0, x.Float32s(); i < len(v); i++ {
		v[i] = float32(r.NormFloat64())
	}
	for b.Loop() {
		for i, p := range programs {
			start := processorTime(b)
			if err := p.Run(x, labels); err != nil {
				b.Fatal(err)
			}
			times[i] = append(times[i], float64(processorTime(b)-start)/1e6)
		}
	}
	median := func(i int) float64 { slices.Sort(times[i]); return times[i][len(times[i])/2] }
	for i, n := range norms {
		b.ReportMetric(median(i), n.name+"-ms")
		b.ReportMetric(median(i)/median(0), n.name+"-ratio")
	}
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
