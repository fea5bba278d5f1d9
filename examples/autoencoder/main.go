// Command autoencoder learns to draw images of one bar from a code of 32 numbers that it makes of them. There are no
// labels: the loss compares its result with its input.
//
//	go run ./examples/autoencoder
//
// It prints the loss of each epoch, a new image beside what the network draws of it, and how far off that is.
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
	"anneal/models"
	"anneal/runs"
	"anneal/solvers"
	"anneal/train"
)

const side = 16

// bars makes n images of 16×16, each with a bar of any place, slope and width.
func bars(n int, seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 0))
	var x []float32
	for range n {
		angle, shift, width := math.Pi*r.Float64(), 4*r.NormFloat64(), 1.5+r.Float64()
		for i := range side * side {
			u, v := float64(i%side)-side/2, float64(i/side)-side/2
			d := math.Abs(u*math.Cos(angle)+v*math.Sin(angle)-shift) / width
			x = append(x, float32(math.Exp(-d*d)))
		}
	}
	return x
}

// distance returns the root of the mean square of the differences.
func distance(a, b []float32) float64 {
	sum := 0.0
	for i, v := range a {
		sum += math.Pow(float64(v-b[i]), 2)
	}
	return math.Sqrt(sum / float64(len(a)))
}

// run trains on some images and prints to w.
func run(ctx context.Context, w io.Writer, n, epochs int) error {
	training, err := data.NewTensors(data.Floats("x", bars(n, 1), 1, side, side))
	if err != nil {
		return err
	}
	test, err := data.NewTensors(data.Floats("x", bars(n/8, 2), 1, side, side))
	if err != nil {
		return err
	}
	solver := solvers.Default[solvers.Adam]()
	solver.LR = 0.003
	result, err := train.Run(ctx, train.Config{
		Model: models.Autoencoder, Train: training, Test: test, Solver: solver,
		Loss:     graph.Term{Loss: graph.MSE{}, Target: "x"},
		Settings: train.Settings{Epochs: epochs, Batch: 32},
		Observers: []runs.Observer{func(e runs.Event) error {
			if e, ok := e.(runs.Epoch); ok {
				fmt.Fprintf(w, "epoch %2d: training %.5f, test %.5f\n", e.Epoch, e.TrainLoss, e.TestLoss)
			}
			return nil
		}},
	})
	if err != nil {
		return err
	}
	image := bars(1, 3)
	one, err := graph.NewRunner(models.Autoencoder, result.Params,
		graph.Config{Mode: graph.Eval, Shape: []int{1, 1, side, side}, Direct: true})
	if err != nil {
		return err
	}
	p, err := one.Run(image, nil)
	if err != nil {
		return err
	}
	drawn := p.Output("").Float32s()
	for y := range side {
		for _, pixels := range [][]float32{image, drawn} {
			for _, v := range pixels[y*side : (y+1)*side] {
				shade := []rune(" ·░▒▓█")[int(5*min(max(v, 0), 1))]
				fmt.Fprintf(w, "%c%c", shade, shade)
			}
			fmt.Fprint(w, "   ")
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "what it draws is off by %.3f, an empty image by %.3f, the roots of the mean squares\n",
		distance(drawn, image), distance(make([]float32, len(image)), image))
	return nil
}

func main() {
	if err := run(context.Background(), os.Stdout, 4000, 20); err != nil {
		log.Fatal(err)
	}
}
