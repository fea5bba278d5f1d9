// Command customloss trains with a loss of its own: the pinball loss, max(q·(t − x), (q − 1)·(t − x)), whose minimum is
// the q-th quantile of the targets. The loss is drawn from Gorgonia's ops, which give it its gradient.
//
//	go run ./examples/customloss
//
// It prints for the 10 % and the 90 % quantile which share of the test targets lies below what the network says.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"

	"gorgonia.org/gorgonia"

	"anneal/data"
	"anneal/graph"
	"anneal/solvers"
	"anneal/train"
)

// pinball returns the loss whose minimum is the q-th quantile. It draws the pinball as |d|/2 + (q − ½)·d, d = t − x.
func pinball(q float32) graph.Loss {
	return graph.LossFunc{
		Name: fmt.Sprintf("pinball(%v)", q),
		Func: func(b *graph.Builder, r graph.Results) *graph.Node {
			d := b.Try(gorgonia.Sub(r.Target(), r.Result()))
			half := b.Try(gorgonia.Mul(gorgonia.NewConstant(float32(0.5)), b.Try(gorgonia.Abs(d))))
			tilt := b.Try(gorgonia.Mul(gorgonia.NewConstant(q-0.5), d))
			return b.Try(gorgonia.Mean(b.Try(gorgonia.Add(half, tilt))))
		},
	}
}

// noisy makes n pairs of which the target is x plus noise that grows with x.
func noisy(n int, seed uint64) (x, target []float32) {
	r := rand.New(rand.NewPCG(seed, 0))
	for range n {
		v := r.Float32()
		x, target = append(x, v), append(target, v+(0.2+v)*float32(r.NormFloat64()))
	}
	return x, target
}

func dataset(n int, seed uint64) (*data.Tensors, error) {
	x, target := noisy(n, seed)
	return data.NewTensors(data.Floats("x", x, 1), data.Floats("target", target))
}

// net draws the network: x and the result are [N, 1].
func net(b *graph.Builder, x *graph.Node) *graph.Node {
	return b.Linear("out", b.ReLU(b.Linear("hidden", x, 16)), 1)
}

// run trains on some samples and prints to w.
func run(ctx context.Context, w io.Writer, n, epochs int) error {
	training, err := dataset(n, 1)
	if err != nil {
		return err
	}
	test, err := dataset(n, 2)
	if err != nil {
		return err
	}
	for _, q := range []float32{0.1, 0.9} {
		result, err := train.Run(ctx, train.Config{
			Model: net, Train: training, Test: test, Solver: solvers.Default[solvers.Adam](), Loss: pinball(q),
			Settings: train.Settings{Epochs: epochs, Batch: 32},
		})
		if err != nil {
			return err
		}
		all, err := graph.NewRunner(net, result.Params, graph.Config{Mode: graph.Eval, Shape: []int{n, 1}})
		if err != nil {
			return err
		}
		x, target := noisy(n, 2)
		p, err := all.Run(x, nil)
		if err != nil {
			return err
		}
		below := 0
		for i, quantile := range p.Output("").Float32s() {
			if target[i] < quantile {
				below++
			}
		}
		fmt.Fprintf(w, "%v: %.1f%% of the targets lie below\n", pinball(q), 100*float64(below)/float64(n))
	}
	return nil
}

func main() {
	if err := run(context.Background(), os.Stdout, 4000, 15); err != nil {
		log.Fatal(err)
	}
}
