// Command transfer uses what a network has learned: it trains on many images of eight textures, and then tells four
// new ones apart, of which there are only 5 images each. The layers of the first training are frozen, and their
// BatchNorms hold their statistics; a new last layer learns.
//
//	go run ./examples/transfer
//
// It prints the accuracy on the new textures from scratch and with the frozen layers.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"

	"anneal/data"
	"anneal/graph"
	"anneal/solvers"
	"anneal/train"
	"anneal/weights"
)

const side = 12

// textures makes n images of waves in noise. A class is a direction of the waves; turned by a half, the directions of
// all classes are new ones.
func textures(n, classes int, turned float64, seed uint64) (*data.Memory, error) {
	r := rand.New(rand.NewPCG(seed, 0))
	var x []float32
	var labels []int32
	for i := range n {
		class := i % classes
		angle, phase := math.Pi*(float64(class)+turned)/float64(classes), 2*math.Pi*r.Float64()
		for j := range side * side {
			u, v := float64(j%side), float64(j/side)
			wave := math.Sin(2*math.Pi*(u*math.Cos(angle)+v*math.Sin(angle))/3.5 + phase)
			x = append(x, float32(wave+2*r.NormFloat64()))
		}
		labels = append(labels, int32(class))
	}
	return data.NewMemory([3]int{1, side, side}, classes, x, labels)
}

// net returns the network of x, [N, 1, 12, 12]; the result is the logits, [N, classes].
func net(classes int) graph.Model {
	return func(b *graph.Builder, x *graph.Node) *graph.Node {
		h := b.ReLU(b.BatchNorm("bn1", b.Conv2D("conv1", x, 16, 5, graph.Padding(2))))
		h = b.ReLU(b.BatchNorm("bn2", b.Conv2D("conv2", b.MaxPool2D(h, 2), 32, 3, graph.Padding(1))))
		return b.Linear("fc", b.Flatten(b.GlobalAvgPool2D(h)), classes)
	}
}

// config returns the settings of a run on n textures of so many classes, and 600 others to test on.
func config(n, classes int, turned float64) (c train.Config, err error) {
	solver := solvers.Default[solvers.AdamW]()
	solver.LR = 0.01
	c.Model, c.Solver = net(classes), solver
	if c.Train, err = textures(n, classes, turned, 1); err != nil {
		return c, err
	}
	c.Test, err = textures(600, classes, turned, 2)
	return c, err
}

// trained does a run, prints its accuracy to w, and returns the parameters.
func trained(ctx context.Context, w io.Writer, what string, c train.Config) (*graph.Params, error) {
	result, err := train.Run(ctx, c)
	if err != nil {
		return nil, err
	}
	last := result.Epochs[len(result.Epochs)-1]
	fmt.Fprintf(w, "%s: %d training images, %.1f%% of the test images right\n",
		what, c.Train.Len(), 100*last.TestAccuracy)
	return result.Params, nil
}

// run trains on n images of the known textures, then on few of the new ones, and prints to w.
func run(ctx context.Context, w io.Writer, n, epochs int) error {
	known, err := config(n, 8, 0)
	if err != nil {
		return err
	}
	known.Epochs = epochs
	params, err := trained(ctx, w, "known textures", known)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "transfer")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "known.safetensors")
	if err := weights.Save(file, params); err != nil {
		return err
	}

	few, err := config(4*5, 4, 0.5)
	if err != nil {
		return err
	}
	few.Epochs, few.Batch = 60, 10
	if _, err := trained(ctx, w, "new textures from scratch", few); err != nil {
		return err
	}
	few.Init, few.Reinit = file, []string{"fc.*"}
	few.Tuning = solvers.Tuning{Freeze: []string{"conv*", "bn*"}, FreezeStats: []string{"bn*"}}
	_, err = trained(ctx, w, "new textures with frozen layers", few)
	return err
}

func main() {
	if err := run(context.Background(), os.Stdout, 4000, 8); err != nil {
		log.Fatal(err)
	}
}
