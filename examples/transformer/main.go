// Command transformer reads sequences of 12 tokens and says whether the first one comes again: a question that one
// layer of attention answers. Tokens are integers; an embedding turns them into vectors, and positions are learned.
//
//	go run ./examples/transformer
//
// It prints the accuracy of each epoch, and the answer for two sequences.
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

const (
	tokens = 16 // different ones
	length = 12
	width  = 32
)

// sequences makes n sequences. The first token of every second one comes again at one place.
func sequences(n int, seed uint64) (x, labels []int32) {
	r := rand.New(rand.NewPCG(seed, 0))
	for i := range n {
		first := r.Int32N(tokens)
		s := []int32{first}
		for len(s) < length {
			s = append(s, (first+1+r.Int32N(tokens-1))%tokens) // any but the first
		}
		if i%2 == 1 {
			s[1+r.IntN(length-1)] = first
		}
		x, labels = append(x, s...), append(labels, int32(i%2))
	}
	return x, labels
}

func dataset(n int, seed uint64) (*data.Tensors, error) {
	x, labels := sequences(n, seed)
	return data.NewTensors(data.Ints("x", x, length), data.Ints("labels", labels))
}

// net draws the network: x is [N, 12], and the result is the logits of no and yes, [N, 2].
func net(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.LearnedPositions("positions", b.Embedding("tokens", b.Ints(x), tokens, width))
	h = b.TransformerEncoderLayer("block", h, 4, 2*width, graph.NormFirst(), graph.TransformerDropout(0))
	return b.Linear("again", b.Mean(b.LayerNorm("norm", h), 1), 2)
}

// run trains on some sequences and prints to w.
func run(ctx context.Context, w io.Writer, n, epochs int) error {
	training, err := dataset(n, 1)
	if err != nil {
		return err
	}
	test, err := dataset(n/8, 2)
	if err != nil {
		return err
	}
	solver := solvers.Default[solvers.Adam]()
	solver.LR = 0.003
	result, err := train.Run(ctx, train.Config{
		Model: net, Train: training, Test: test, Solver: solver,
		Settings: train.Settings{Epochs: epochs, Batch: 64},
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
	two, err := graph.NewRunner(net, result.Params, graph.Config{Mode: graph.Eval, Shape: []int{2, length}})
	if err != nil {
		return err
	}
	x, _ := sequences(2, 3)
	numbers := make([]float32, len(x))
	for i, token := range x {
		numbers[i] = float32(token)
	}
	p, err := two.Run(numbers, nil)
	if err != nil {
		return err
	}
	logits := graph.Float64s(p.Logits())
	for i := range 2 {
		yes := 1 / (1 + math.Exp(logits[2*i]-logits[2*i+1]))
		fmt.Fprintf(w, "%v: the first token comes again with a probability of %.3f\n", x[i*length:(i+1)*length], yes)
	}
	return nil
}

func main() {
	if err := run(context.Background(), os.Stdout, 8000, 15); err != nil {
		log.Fatal(err)
	}
}
