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

// textures makes n images of waves. A class is a direction and a length, from the class number first on.
func textures(n, classes, first int, seed uint64) (*data.Memory, error) {
	r := rand.New(rand.NewPCG(seed, 0))
	var x []float32
	var labels []int32
	for i := range n {
		class := i % classes
		angle, length := math.Pi*(float64(class)+float64(first)/2)/float64(classes), 3.5
		phase := 2 * math.Pi * r.Float64()
		for j := range side * side {
			u, v := float64(j%side), float64(j/side)
			wave := math.Sin(2*math.Pi*(u*math.Cos(angle)+v*math.Sin(angle))/length + phase)
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

// run trains on n images of the known textures, then on few of the new ones, and prints to w.
func run(ctx context.Context, w io.Writer, n, epochs int) error {
	solver := solvers.Default[solvers.AdamW]()
	solver.LR = 0.01
	known, scratch := train.Config{Model: net(8), Solver: solver}, train.Config{Model: net(4), Solver: solver}
	known.Epochs, scratch.Epochs, scratch.Batch = epochs, 60, 10
	for _, c := range []struct {
		config                 *train.Config
		images, classes, first int
	}{{&known, n, 8, 0}, {&scratch, 4 * 5, 4, 1}} {
		training, err := textures(c.images, c.classes, c.first, 1)
		if err != nil {
			return err
		}
		test, err := textures(600, c.classes, c.first, 2)
		if err != nil {
			return err
		}
		c.config.Train, c.config.Test = training, test
	}
	transfer := scratch
	dir, err := os.MkdirTemp("", "transfer")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	transfer.Init, transfer.Reinit = filepath.Join(dir, "known.safetensors"), []string{"fc.*"}
	transfer.Tuning = solvers.Tuning{Freeze: []string{"conv*", "bn*"}, FreezeStats: []string{"bn*"}}
	for _, c := range []struct {
		what   string
		config train.Config
	}{{"known textures", known}, {"new textures from scratch", scratch}, {"new textures with frozen layers", transfer}} {
		result, err := train.Run(ctx, c.config)
		if err != nil {
			return err
		}
		last := result.Epochs[len(result.Epochs)-1]
		fmt.Fprintf(w, "%s: %d training images, %.1f%% of the test images right\n",
			c.what, c.config.Train.Len(), 100*last.TestAccuracy)
		if c.config.Init == "" && c.config.Train.Classes() == 8 {
			if err := weights.Save(transfer.Init, result.Params); err != nil {
				return err
			}
		}
	}
	return nil
}

func main() {
	if err := run(context.Background(), os.Stdout, 4000, 8); err != nil {
		log.Fatal(err)
	}
}
