// Command regression fits prices to a table of eight columns: float targets, the mean squared error, and no classes.
//
//	go run ./examples/regression
//
// It prints the loss of each epoch, how far the prices of the test rows are off, and the price of one row.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand/v2"
	"os"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/solvers"
	"anneal/train"
)

const columns = 8

// table makes n rows of standardised columns. A price depends on three of them, not linearly, and has noise of 0.1.
func table(n int, seed uint64) (x, price []float32) {
	r := rand.New(rand.NewPCG(seed, 0))
	for range n {
		row := make([]float64, columns)
		for c := range row {
			row[c] = r.NormFloat64()
			x = append(x, float32(row[c]))
		}
		price = append(price, float32(math.Sin(2*row[0])+row[1]*row[2]+0.1*r.NormFloat64()))
	}
	return x, price
}

func dataset(n int, seed uint64) (*data.Tensors, error) {
	x, price := table(n, seed)
	return data.NewTensors(data.Floats("x", x, columns), data.Floats("target", price))
}

// net draws the network: x is [N, 8], and the result is [N, 1].
func net(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.ReLU(b.Linear("fc1", x, 64))
	h = b.ReLU(b.Linear("fc2", h, 64))
	return b.Linear("price", h, 1)
}

// run trains on some rows and prints to w.
func run(ctx context.Context, w io.Writer, rows, epochs int) error {
	training, err := dataset(rows, 1)
	if err != nil {
		return err
	}
	test, err := dataset(rows/4, 2)
	if err != nil {
		return err
	}
	result, err := train.Run(ctx, train.Config{
		Model: net, Train: training, Test: test, Solver: solvers.Default[solvers.Adam](), Loss: graph.MSE{},
		Settings: train.Settings{Epochs: epochs, Batch: 32},
		Observers: []runs.Observer{func(e runs.Event) error {
			if e, ok := e.(runs.Epoch); ok {
				fmt.Fprintf(w, "epoch %2d: training %.4f, test %.4f\n", e.Epoch, e.TrainLoss, e.TestLoss)
			}
			return nil
		}},
	})
	if err != nil {
		return err
	}
	last := result.Epochs[len(result.Epochs)-1].TestLoss
	fmt.Fprintf(w, "prices are off by %.3f, the root of the mean square\n", math.Sqrt(last))

	one, err := graph.NewRunner(net, result.Params, graph.Config{Mode: graph.Eval, Shape: []int{1, columns}, Direct: true})
	if err != nil {
		return err
	}
	x, price := table(1, 3)
	p, err := one.Run(x, nil)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "a row of price %.2f: the network says %.2f\n", price[0], p.Output("").Float32s()[0])
	return nil
}

func main() {
	if err := run(context.Background(), os.Stdout, 4000, 20); err != nil {
		log.Fatal(err)
	}
}
