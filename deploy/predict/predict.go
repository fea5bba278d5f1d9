// Package predict classifies samples with trained networks.
//
// Decode reads a picture, Digit turns it into the 28×28 image that a network trained on MNIST takes, and a Predictor
// returns the probability of each class.
package predict

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"sync"

	"anneal/graph"
)

// Options say what a network was trained on. The zero value is MNIST.
type Options struct {
	Shape     [3]int  // of a sample: C, H, W. All 0: 1, 28, 28
	Mean, Std float64 // of the training pixels as numbers in [0, 1]; Std > 0. Both 0: 0.1307 and 0.3081
	MaxBatch  int     // the most samples in one run of the network, ≥ 1. 0: 64
}

// Prediction is a network's answer for one sample.
type Prediction struct {
	Class         int       // the most probable one, the first of equal ones
	Probabilities []float64 // of each class: softmax(logits); their sum is 1
}

// Predictor runs a model in evaluation mode. Its methods may be called from several goroutines at once.
type Predictor struct {
	options Options
	table   [256]float32 // the normalised value of each grey

	mu     sync.Mutex // programs share memory: one runs at a time
	runner *graph.Runner
	padded []float32 // a batch with zeros after it
}

// New compiles model for a single sample, which also creates the parameters that params does not have yet. Larger
// batches are compiled when they first come, for the next power of two. Every run reads the parameters' memory, so they
// may be loaded after New, but nothing else may use or change them during a call.
func New(model graph.Model, params *graph.Params, o Options) (*Predictor, error) {
	if o.Shape == [3]int{} {
		o.Shape = [3]int{1, Size, Size}
	}
	if o.Mean == 0 && o.Std == 0 {
		o.Mean, o.Std = 0.1307, 0.3081
	}
	if o.MaxBatch == 0 {
		o.MaxBatch = 64
	}
	switch {
	case slices.Min(o.Shape[:]) < 1:
		return nil, fmt.Errorf("predict: Shape: got %v, want C, H and W of at least 1", o.Shape)
	case !(o.Std > 0) || math.IsInf(o.Std, 0) || math.IsNaN(o.Mean) || math.IsInf(o.Mean, 0):
		return nil, fmt.Errorf("predict: Mean and Std: got %g and %g, want finite numbers and Std above 0",
			o.Mean, o.Std)
	case o.MaxBatch < 1:
		return nil, fmt.Errorf("predict: MaxBatch: got %d, want at least 1", o.MaxBatch)
	}
	shape := []int{1, o.Shape[0], o.Shape[1], o.Shape[2]}
	config := graph.Config{Mode: graph.Eval, Shape: shape, Fuse: true, Direct: true}
	runner, err := graph.NewRunner(model, params, config)
	if err != nil {
		return nil, fmt.Errorf("predict: the model on samples of shape %v: %w", o.Shape, err)
	}
	p := &Predictor{options: o, runner: runner}
	for b := range p.table {
		p.table[b] = (float32(b)/255 - float32(o.Mean)) / float32(o.Std)
	}
	return p, nil
}

// Classify normalises images to (pixel/255 − Mean)/Std and predicts their classes. The network must take 1×28×28.
func (p *Predictor) Classify(images ...*Image) ([]Prediction, error) {
	if want := [3]int{1, Size, Size}; p.options.Shape != want {
		return nil, fmt.Errorf("predict: images of shape %v for a network that takes %v", want, p.options.Shape)
	}
	x := make([]float32, 0, len(images)*Size*Size)
	for _, img := range images {
		for _, b := range img {
			x = append(x, p.table[b])
		}
	}
	return p.Predict(x)
}

// Predict predicts the classes of normalised samples, x = [N, C, H, W] flat with any N. A sample for which the
// network's results are not finite is an error.
func (p *Predictor) Predict(x []float32) ([]Prediction, error) {
	size := p.options.Shape[0] * p.options.Shape[1] * p.options.Shape[2]
	if len(x)%size != 0 {
		return nil, fmt.Errorf("predict: %d numbers: want a multiple of %d, the size of a sample of shape %v",
			len(x), size, p.options.Shape)
	}
	predictions := make([]Prediction, 0, len(x)/size)
	p.mu.Lock()
	defer p.mu.Unlock()
	for batch := range slices.Chunk(x, p.options.MaxBatch*size) {
		n := len(batch) / size
		logits, classes, err := p.run(batch, n)
		if err != nil {
			return nil, fmt.Errorf("predict: %w", err)
		}
		for row := range slices.Chunk(logits[:n*classes], classes) {
			probabilities, err := softmax(row)
			if err != nil {
				return nil, fmt.Errorf("predict: sample %d: %w", len(predictions), err)
			}
			class := slices.Index(row, slices.Max(row))
			predictions = append(predictions, Prediction{class, probabilities})
		}
	}
	return predictions, nil
}

// run runs the n samples of batch through the smallest program that takes them; its other rows are zero.
func (p *Predictor) run(batch []float32, n int) (logits []float64, classes int, err error) {
	rows := min(1<<bits.Len(uint(n-1)), p.options.MaxBatch)
	if rows > n {
		p.padded = append(p.padded[:0], batch...)
		p.padded = append(p.padded, make([]float32, (rows-n)*len(batch)/n)...)
		batch = p.padded
	}
	program, err := p.runner.Run(batch, nil)
	if err != nil {
		return nil, 0, err
	}
	return graph.Float64s(program.Logits()), program.Classes(), nil
}

// softmax returns exp(logits)/Σ exp(logits), computed from the largest logit down.
func softmax(logits []float64) ([]float64, error) {
	largest := slices.Max(logits)
	probabilities := make([]float64, len(logits))
	sum := 0.0
	for i, l := range logits {
		probabilities[i] = math.Exp(l - largest)
		sum += probabilities[i]
	}
	if math.IsNaN(sum) {
		return nil, fmt.Errorf("logits %v: want finite numbers", logits)
	}
	for i := range probabilities {
		probabilities[i] /= sum
	}
	return probabilities, nil
}
