// Command imbalanced finds rare cases: 2 % of the samples are positive, and a plain loss would hardly look at them. It
// trains one network with a single logit twice, with the same seed: without and with a weight of positive targets
// (BCEWithLogits, pos_weight).
//
//	go run ./examples/imbalanced
//
// It prints precision and recall of the positives among test samples for both.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"

	"anneal/data"
	"anneal/graph"
	"anneal/solvers"
	"anneal/train"
)

// rare makes n samples of six numbers. Those of a positive one are larger by 1 on average.
func rare(n int, seed uint64) (*data.Tensors, []float32, []float32, error) {
	r := rand.New(rand.NewPCG(seed, 0))
	var x, target []float32
	for range n {
		positive := float32(0)
		if r.Float64() < 0.02 {
			positive = 1
		}
		for range 6 {
			x = append(x, positive+float32(r.NormFloat64()))
		}
		target = append(target, positive)
	}
	d, err := data.NewTensors(data.Floats("x", x, 6), data.Floats("target", target))
	return d, x, target, err
}

// net draws the network: x is [N, 6], and the result is one logit for each sample, [N, 1].
func net(b *graph.Builder, x *graph.Node) *graph.Node {
	return b.Linear("out", b.ReLU(b.Linear("hidden", x, 32)), 1)
}

// run trains on some samples and prints to w.
func run(ctx context.Context, w io.Writer, samples, epochs int) error {
	training, _, _, err := rare(samples, 1)
	if err != nil {
		return err
	}
	test, x, target, err := rare(samples, 2)
	if err != nil {
		return err
	}
	for _, loss := range []graph.Loss{graph.BCEWithLogits{}, graph.BCEWithLogits{PosWeight: []float64{49}}} {
		result, err := train.Run(ctx, train.Config{
			Model: net, Train: training, Test: test, Solver: solvers.Default[solvers.Adam](), Loss: loss,
			Settings: train.Settings{Epochs: epochs, Batch: 64},
		})
		if err != nil {
			return err
		}
		all, err := graph.NewRunner(net, result.Params, graph.Config{Mode: graph.Eval, Shape: []int{samples, 6}})
		if err != nil {
			return err
		}
		p, err := all.Run(x, nil)
		if err != nil {
			return err
		}
		var found, right, positive float64
		for i, logit := range p.Output("").Float32s() {
			if logit > 0 { // a probability above 1/2
				found++
				right += float64(target[i])
			}
			positive += float64(target[i])
		}
		fmt.Fprintf(w, "%v: %.0f of %.0f positives found, recall %.2f, precision %.2f\n",
			loss, right, positive, right/positive, right/max(found, 1))
	}
	return nil
}

func main() {
	if err := run(context.Background(), os.Stdout, 10_000, 10); err != nil {
		log.Fatal(err)
	}
}
