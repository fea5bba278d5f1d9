package main

import (
	"context"
	"math/rand/v2"

	"anneal/data"
	"anneal/data/source"
	"anneal/graph"
	"anneal/models"
)

// Pets tells 3 classes apart.
func Pets(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.ReLU(b.BatchNorm("bn", b.Conv2D("conv", x, 4, 3)))
	return b.Linear("fc", b.Flatten(b.GlobalAvgPool2D(h)), 3)
}

// stripes are pictures whose class is the channel that is bright.
func stripes(context.Context) (*data.Sets, error) {
	r := rand.New(rand.NewPCG(1, 1))
	pixels, labels := make([]byte, 60*3*8*8), make([]int32, 60)
	for i := range labels {
		labels[i] = int32(i % 3)
		for j := range 3 * 8 * 8 {
			if pixels[i*3*8*8+j] = byte(r.IntN(100)); j/64 == i%3 {
				pixels[i*3*8*8+j] += 150
			}
		}
	}
	set, err := data.NewImages([3]int{3, 8, 8}, 3, pixels, labels, data.Facts{ClassNames: []string{"cat", "dog", "fox"}})
	return &data.Sets{Train: set}, err
}

// slope learns a number.
var slope = models.Entry{
	Name: "slope", About: "a linear layer behind batch normalization, for numbers", Loss: graph.Huber{Delta: 1},
	Sized: func(size int) graph.Model {
		return func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Linear("fc", b.BatchNorm("bn", b.Flatten(x)), size)
		}
	},
}

// planes are numbers that lie on a plane over 4 others. The option length is how many there are.
var planes = source.Source{
	Name: "planes", About: "numbers to learn from 4 others", Options: []string{"length"},
	Load: func(_ context.Context, s source.Spec, _ *data.Facts) (*data.Sets, error) {
		n := max(40, s.Length)
		r := rand.New(rand.NewPCG(2, 2))
		x, y := make([]float32, n*4), make([]float32, n)
		for i := range x {
			x[i] = r.Float32()
			y[i/4] += float32(i%4) * x[i]
		}
		set, err := data.NewTensors(data.Floats("x", x, 4), data.Floats("target", y, 1))
		if err != nil {
			return nil, err
		}
		test, err := data.Limit(set, 10)
		return &data.Sets{Train: set, Test: test}, err
	},
}
