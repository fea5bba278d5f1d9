// Command customloop trains without package train: it has a compiled program, the batches of a loader, a solver, a
// schedule, and a loop of its own. Begin here to do things in another order.
//
//	go run ./examples/customloop
//
// It tells the arms of two spirals apart and prints loss and accuracy of the test points every few epochs.
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
	"anneal/metrics"
	"anneal/schedules"
	"anneal/solvers"
)

const batch = 64

// spirals makes n points of two spirals, [n, 2], with the number of their arm.
func spirals(n int, seed uint64) (x []float32, labels []int32) {
	r := rand.New(rand.NewPCG(seed, 0))
	for i := range n {
		turn := 3 * math.Pi * math.Sqrt(r.Float64())
		angle := turn + math.Pi*float64(i%2)
		x = append(x, float32(turn*math.Cos(angle)/5+0.03*r.NormFloat64()),
			float32(turn*math.Sin(angle)/5+0.03*r.NormFloat64()))
		labels = append(labels, int32(i%2))
	}
	return x, labels
}

// net draws the network: x is [N, 2], and the result is the logits of the arms, [N, 2].
func net(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.ReLU(b.BatchNorm("bn1", b.Linear("fc1", x, 64)))
	h = b.ReLU(b.BatchNorm("bn2", b.Linear("fc2", h, 64)))
	return b.Linear("arm", h, 2)
}

// run trains on n points and prints to w.
func run(ctx context.Context, w io.Writer, n, epochs int) error {
	points, arms := spirals(n, 1)
	set, err := data.NewTensors(data.Floats("x", points, 2), data.Ints("labels", arms))
	if err != nil {
		return err
	}
	loader, err := data.NewLoader(set, data.Options{Batch: batch, Shuffle: true, Seed: 1, DropLast: true})
	if err != nil {
		return err
	}
	params := graph.NewParams(1, tensor.Float32) // both programs read and write these
	p, err := graph.Compile(net, params, graph.Config{Mode: graph.Train, Shape: tensor.Shape{batch, 2}, Fuse: true})
	if err != nil {
		return err
	}
	testPoints, testArms := spirals(1000, 2)
	test, err := graph.NewRunner(net, params, graph.Config{Mode: graph.Eval, Shape: tensor.Shape{1000, 2}, Fuse: true})
	if err != nil {
		return err
	}
	solver, err := solvers.New(solvers.Default[solvers.AdamW](), params.Trainable(), solvers.Tuning{})
	if err != nil {
		return err
	}
	schedule := schedules.CosineAnnealingLR{TMax: epochs}
	for epoch := range epochs {
		if err := solver.SetRate(0, schedule.At(0.01, epoch)); err != nil {
			return err
		}
		for b, err := range loader.Epoch(ctx, epoch, 0) {
			if err != nil {
				return err
			}
			x := tensor.New(tensor.WithShape(batch, 2), tensor.WithBacking(b.X))
			if err := p.Run(x, b.Labels); err != nil { // forward, loss and backward
				return err
			}
			if loss := p.Loss(); math.IsNaN(loss) || math.IsInf(loss, 0) {
				return fmt.Errorf("epoch %d: loss %v", epoch+1, loss)
			}
			if err := solver.Step(p.Gradients()); err != nil {
				return err
			}
		}
		if (epoch+1)%5 > 0 {
			continue
		}
		e, err := test.Run(testPoints, testArms)
		if err != nil {
			return err
		}
		right, logits := 0, graph.Float64s(e.Logits())
		for i, arm := range testArms {
			if metrics.Argmax(logits[2*i:2*i+2]) == int(arm) {
				right++
			}
		}
		fmt.Fprintf(w, "epoch %2d: test loss %.4f, %.1f%% right\n", epoch+1, e.Loss(), float64(right)/10)
	}
	return ctx.Err()
}

func main() {
	if err := run(context.Background(), os.Stdout, 4000, 30); err != nil {
		log.Fatal(err)
	}
}
