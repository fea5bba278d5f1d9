// Command gru tells sequences apart: noisy tones of 20 to 40 steps, whose pitch rises, stays or falls. A GRU reads a
// sequence step by step, up to its own length, and a linear layer reads the last state.
//
//	go run ./examples/gru
//
// It prints the accuracy of each epoch, and what the network says of one tone of each kind.
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
	"anneal/metrics"
	"anneal/runs"
	"anneal/solvers"
	"anneal/train"
)

const longest = 40

var kinds = []string{"falls", "stays", "rises"}

// tones makes n sequences of up to 40 numbers, with zeros behind their ends.
func tones(n int, seed uint64) (x []float32, lengths, labels []int32) {
	r := rand.New(rand.NewPCG(seed, 0))
	for i := range n {
		kind, length, phase := i%3, 20+r.IntN(longest-19), 6*r.Float64()
		for t := range longest {
			v := 0.0
			if t < length {
				pitch := 0.6 + 0.4*float64(kind-1)*(float64(t)/float64(length)-0.5)
				phase += pitch
				v = math.Sin(phase) + 0.1*r.NormFloat64()
			}
			x = append(x, float32(v))
		}
		lengths, labels = append(lengths, int32(length)), append(labels, int32(kind))
	}
	return x, lengths, labels
}

func dataset(n int, seed uint64) (*data.Tensors, error) {
	x, lengths, labels := tones(n, seed)
	return data.NewTensors(
		data.Floats("x", x, longest, 1), data.Ints("lengths", lengths), data.Ints("labels", labels))
}

// net draws the network: x is [N, 40, 1], and the result is the logits of the kinds, [N, 3].
func net(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.GRU("gru", x, 32, graph.Lengths(b.IntInput("lengths")))
	return b.Linear("kind", h.Last, len(kinds))
}

// run trains on some tones and prints to w.
func run(ctx context.Context, w io.Writer, n, epochs int) error {
	training, err := dataset(n, 1)
	if err != nil {
		return err
	}
	test, err := dataset(n/4, 2)
	if err != nil {
		return err
	}
	solver := solvers.Default[solvers.Adam]()
	solver.LR = 0.01
	result, err := train.Run(ctx, train.Config{
		Model: net, Train: training, Test: test, Solver: solver,
		Settings: train.Settings{Epochs: epochs, Batch: 32},
		Observers: []runs.Observer{func(e runs.Event) error {
			if e, ok := e.(runs.Epoch); ok {
				fmt.Fprintf(w, "epoch %2d: loss %.4f, %.1f%% right\n", e.Epoch, e.TestLoss, 100*e.TestAccuracy)
			}
			return nil
		}},
	})
	if err != nil {
		return err
	}
	x, lengths, _ := tones(3, 3)
	three, err := graph.NewRunner(net, result.Params, graph.Config{Mode: graph.Eval, Shape: []int{3, longest, 1}})
	if err != nil {
		return err
	}
	p, err := three.Run(x, nil, graph.Named{Name: "lengths", Ints: lengths})
	if err != nil {
		return err
	}
	logits := graph.Float64s(p.Logits())
	for i, kind := range kinds {
		says := kinds[metrics.Argmax(logits[3*i:3*i+3])]
		fmt.Fprintf(w, "a tone of %d steps that %s: the network says that it %s\n", lengths[i], kind, says)
	}
	return nil
}

func main() {
	if err := run(context.Background(), os.Stdout, 3000, 10); err != nil {
		log.Fatal(err)
	}
}
