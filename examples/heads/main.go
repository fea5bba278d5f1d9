// Command heads trains a network of two inputs and two heads: a picture and a row of a table go in, and a kind (three
// classes) and an age (a number) come out. The loss is a weighted sum of one loss for each head.
//
//	go run ./examples/heads
//
// It prints the loss and the accuracy of the kinds for each epoch, and both answers for one sample.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"slices"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/solvers"
	"anneal/train"
)

// samples makes n samples. The kind is the row of the 1×6×6 picture that is bright; the age is the sum of the three
// numbers of the table, one more for the last kind.
func samples(n int, seed uint64) (pictures, table, ages []float32, kinds []int32) {
	r := rand.New(rand.NewPCG(seed, 0))
	for range n {
		kind := r.IntN(3)
		for pixel := range 36 {
			v := float32(0.5 * r.NormFloat64())
			if pixel/12 == kind {
				v++
			}
			pictures = append(pictures, v)
		}
		age := float32(kind / 2)
		for range 3 {
			v := r.Float32()
			table, age = append(table, v), age+v
		}
		kinds, ages = append(kinds, int32(kind)), append(ages, age)
	}
	return pictures, table, ages, kinds
}

func dataset(n int, seed uint64) (*data.Tensors, error) {
	pictures, table, ages, kinds := samples(n, seed)
	return data.NewTensors(
		data.Floats("x", pictures, 1, 6, 6), data.Floats("table", table, 3), // inputs
		data.Ints("labels", kinds), data.Floats("age", ages)) // targets
}

// net draws the network. x is the picture, [N, 1, 6, 6]; the model's own result is the logits of the kinds.
func net(b *graph.Builder, x *graph.Node) *graph.Node {
	picture := b.ReLU(b.Linear("picture", b.Flatten(b.ReLU(b.Conv2D("conv", x, 8, 3))), 16))
	row := b.ReLU(b.Linear("row", b.Input("table", 3), 16))
	kind := b.Linear("kind", picture, 3)
	b.Output("age", b.Linear("age", b.Concat(1, picture, row), 1))
	return kind
}

// run trains on some samples and prints to w.
func run(ctx context.Context, w io.Writer, n, epochs int) error {
	training, err := dataset(n, 1)
	if err != nil {
		return err
	}
	test, err := dataset(n/4, 2)
	if err != nil {
		return err
	}
	result, err := train.Run(ctx, train.Config{
		Model: net, Train: training, Test: test, Solver: solvers.Default[solvers.Adam](),
		Loss: graph.Sum{
			{Loss: graph.CrossEntropy{}},
			{Loss: graph.Huber{}, Output: "age", Factor: 2},
		},
		Settings: train.Settings{Epochs: epochs, Batch: 32},
		Observers: []runs.Observer{func(e runs.Event) error {
			if e, ok := e.(runs.Epoch); ok {
				fmt.Fprintf(w, "epoch %2d: loss %.4f, kinds right %.1f%%\n", e.Epoch, e.TestLoss, 100*e.TestAccuracy)
			}
			return nil
		}},
	})
	if err != nil {
		return err
	}
	one, err := graph.NewRunner(net, result.Params, graph.Config{Mode: graph.Eval, Shape: []int{1, 1, 6, 6}, Direct: true})
	if err != nil {
		return err
	}
	pictures, table, ages, kinds := samples(1, 3)
	p, err := one.Run(pictures, nil, graph.Named{Name: "table", Floats: table})
	if err != nil {
		return err
	}
	logits, age := p.Output("").Float32s(), p.Output("age").Float32s()[0]
	fmt.Fprintf(w, "kind %d of age %.2f: the network says kind %d of age %.2f\n",
		kinds[0], ages[0], slices.Index(logits, slices.Max(logits)), age)
	return nil
}

func main() {
	if err := run(context.Background(), os.Stdout, 4000, 15); err != nil {
		log.Fatal(err)
	}
}
