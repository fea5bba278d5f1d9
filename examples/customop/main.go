// Command customop trains with an op of its own: the activation x + sin²(x), which suits what repeats (Ziyin et al.,
// 2020, arXiv:2006.08195, eq. 3, with a = 1). An op is its forward and its backward pass on slices; kernel.Loop shares
// them over the processors.
//
//	go run ./examples/customop
//
// It checks the op's gradient against central differences, trains one network with it and one with ReLU on a wave, and
// prints how far both are off where the training samples end and the wave goes on.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand/v2"
	"os"

	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/graph/gradcheck"
	"anneal/graph/kernel"
	"anneal/solvers"
	"anneal/train"
)

// snake draws y = x + sin²(x), of x's shape.
func snake(b *graph.Builder, x *graph.Node) *graph.Node {
	return b.Op(graph.Op{
		Kind: "Snake", Inputs: []*graph.Node{x}, Shape: x.Shape(), Reads: []int{0},
		Float32: func() graph.Plan[float32] { return snakePlan[float32](x.Shape().TotalSize()) },
		Float64: func() graph.Plan[float64] { return snakePlan[float64](x.Shape().TotalSize()) },
	})
}

func snakePlan[T graph.Float](n int) graph.Plan[T] {
	var c *graph.Call[T]
	forward := kernel.NewLoop(n, 1, func(from, to int) {
		for i := from; i < to; i++ {
			s := math.Sin(float64(c.X[0][i]))
			c.Y[i] = c.X[0][i] + T(s*s)
		}
	})
	backward := kernel.NewLoop(n, 1, func(from, to int) {
		for i := from; i < to; i++ {
			c.DX[0][i] = c.DY[i] * T(1+math.Sin(2*float64(c.X[0][i])))
		}
	})
	return graph.Plan[T]{
		Forward:  func(call *graph.Call[T]) error { c = call; forward.Run(); return nil },
		Backward: func(call *graph.Call[T]) error { c = call; backward.Run(); return nil },
	}
}

// net returns a network of x, [N, 1], with this activation; the result is [N, 1].
func net(activation func(*graph.Builder, *graph.Node) *graph.Node) graph.Model {
	return func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.Linear("out", activation(b, b.Linear("hidden", x, 64)), 1)
	}
}

// wave makes n samples of sin(2x) + x/4 with x between from and to.
func wave(n int, from, to float64, seed uint64) (*data.Tensors, error) {
	r := rand.New(rand.NewPCG(seed, 0))
	var x, target []float32
	for range n {
		v := from + (to-from)*r.Float64()
		x, target = append(x, float32(v)), append(target, float32(math.Sin(2*v)+v/4))
	}
	return data.NewTensors(data.Floats("x", x, 1), data.Floats("target", target))
}

// run checks the op, trains on n samples and prints to w.
func run(ctx context.Context, w io.Writer, n, epochs int) error {
	if err := gradcheck.Check(snake, tensor.Shape{3, 5}, gradcheck.Options{}); err != nil {
		return err
	}
	fmt.Fprintln(w, "the gradient of x + sin²(x) is that of central differences")
	training, err := wave(n, -6, 6, 1)
	if err != nil {
		return err
	}
	beyond, err := wave(n/4, 6, 9, 2)
	if err != nil {
		return err
	}
	solver := solvers.Default[solvers.Adam]()
	solver.LR = 0.01
	for _, a := range []struct {
		name string
		draw func(*graph.Builder, *graph.Node) *graph.Node
	}{{"x + sin²(x)", snake}, {"ReLU", (*graph.Builder).ReLU}} {
		result, err := train.Run(ctx, train.Config{
			Model: net(a.draw), Train: training, Test: beyond, Solver: solver, Loss: graph.MSE{},
			Settings: train.Settings{Epochs: epochs, Batch: 64},
		})
		if err != nil {
			return err
		}
		last := result.Epochs[len(result.Epochs)-1]
		fmt.Fprintf(w, "%s: off by %.3f where it was trained, %.3f beyond\n",
			a.name, math.Sqrt(last.TrainLoss), math.Sqrt(last.TestLoss))
	}
	return nil
}

func main() {
	if err := run(context.Background(), os.Stdout, 4000, 40); err != nil {
		log.Fatal(err)
	}
}
