// Package predict runs trained networks on samples. It classifies them, and Predictor.Values returns what networks say
// that do something else.
//
// Load reads a network from a file of weights, which also says what it was trained with. Decode reads a picture, and a
// Predictor turns it into the sample that its network takes and returns the probability of each class. For a network
// trained on MNIST, Digit centres and scales the digit on the picture; for any other, Fit scales the picture to the
// samples' size.
package predict

import (
	"errors"
	"fmt"
	"image"
	"math"
	"math/bits"
	"slices"
	"sync"

	"anneal/graph"
	"anneal/internal/picture"
	"anneal/runs"
)

// Prediction is a network's answer for one sample.
type Prediction struct {
	Class         int       // the most probable one, the first of equal ones
	Name          string    // of the class, or its number if it has no name
	Probabilities []float64 // of each class: softmax(logits); their sum is 1
}

// Predictor runs a model in evaluation mode. Its methods may be called from several goroutines at once.
type Predictor struct {
	options Options
	tables  [][256]float32 // the normalised value of each byte, per channel

	mu     sync.Mutex // programs share memory: one runs at a time
	runner *graph.Runner
	padded []float32 // a batch with zeros after it
}

// New compiles model for a single sample, which also creates the parameters that params does not have yet. Larger
// batches are compiled when they first come, for the next power of two. Every run reads the parameters' memory, so they
// may be loaded after New, but nothing else may use or change them during a call.
func New(model graph.Model, params *graph.Params, o Options) (*Predictor, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	shape := append([]int{1}, o.XShape...)
	config := graph.Config{Mode: graph.Eval, Shape: shape, Fuse: true, Direct: true}
	runner, err := graph.NewRunner(model, params, config)
	if err != nil {
		return nil, fmt.Errorf("predict: the model on samples of shape %v: %w", o.XShape, err)
	}
	p := &Predictor{options: o, runner: runner, tables: make([][256]float32, o.Shape[0])}
	for c := range p.tables {
		for b := range p.tables[c] {
			p.tables[c][b] = (float32(b)/255 - float32(o.Means[c])) / float32(o.Stds[c])
		}
	}
	return p, nil
}

// Options returns what New was told, with the defaults of what it was not.
func (p *Predictor) Options() Options { return p.options }

// Classes returns how many classes the network tells apart.
func (p *Predictor) Classes() (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	program, err := p.runner.Program(1)
	if err != nil {
		return 0, fmt.Errorf("predict: %w", err)
	}
	return program.Classes(), nil
}

// Pixels turns a picture into the pixels of a sample, [C, H, W] from 0 to 255, as Options.Preprocess says.
func (p *Predictor) Pixels(img image.Image) ([]byte, error) {
	if p.options.Preprocess == runs.PreprocessDigit {
		digit, err := Digit(img)
		if err != nil {
			return nil, err
		}
		return digit[:], nil
	}
	background := byte(math.Round(255 * p.options.Background))
	if p.options.Preprocess == runs.PreprocessCrop {
		pixels, err := picture.Crop(img, p.options.Shape, background)
		if err != nil {
			return nil, fmt.Errorf("predict: %w", err)
		}
		return pixels, nil
	}
	return Fit(img, p.options.Shape, background)
}

// ClassifyPixels normalises samples, each [C, H, W] from 0 to 255, to (pixel/255 − mean)/std and predicts their
// classes.
func (p *Predictor) ClassifyPixels(samples ...[]byte) ([]Prediction, error) {
	if p.options.unnormalised {
		return nil, errNormalisation
	}
	plane := p.options.Shape[1] * p.options.Shape[2]
	size := p.options.Shape[0] * plane
	x := make([]float32, 0, len(samples)*size)
	for i, pixels := range samples {
		if len(pixels) != size {
			return nil, fmt.Errorf("predict: sample %d: got %d pixels, want %d for a network that takes %v",
				i, len(pixels), size, p.options.Shape)
		}
		for j, b := range pixels {
			x = append(x, p.tables[j/plane][b])
		}
	}
	return p.Predict(x)
}

// Classify predicts the classes of images as ClassifyPixels does. The network must take 1×28×28.
func (p *Predictor) Classify(images ...*Image) ([]Prediction, error) {
	if want := [3]int{1, Size, Size}; p.options.Shape != want {
		return nil, fmt.Errorf("predict: images of shape %v for a network that takes %v", want, p.options.Shape)
	}
	samples := make([][]byte, len(images))
	for i, img := range images {
		samples[i] = img[:]
	}
	return p.ClassifyPixels(samples...)
}

// Predict predicts the classes of normalised samples, x = [N, C, H, W] flat with any N. A sample for which the
// network's results are not finite is an error, and so is a network whose result is not logits, [N, classes].
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
			predictions = append(predictions, Prediction{class, runs.ClassName(p.options.ClassNames, class), probabilities})
		}
	}
	return predictions, nil
}

// run runs the n samples of batch through the smallest program that takes them; its other rows are zero.
func (p *Predictor) run(batch []float32, n int) (logits []float64, classes int, err error) {
	if rows := p.rows(n); rows > n {
		p.padded = append(p.padded[:0], batch...)
		p.padded = append(p.padded, make([]float32, (rows-n)*len(batch)/n)...)
		batch = p.padded
	}
	program, err := p.runner.Run(batch, nil)
	if err != nil {
		return nil, 0, err
	}
	if program.Classes() == 0 {
		return nil, 0, errors.New("the network's result is not logits [N, classes]: want Values")
	}
	return graph.Float64s(program.Logits()), program.Classes(), nil
}

// rows returns the batch size of the program that runs n samples.
func (p *Predictor) rows(n int) int { return min(1<<bits.Len(uint(n-1)), p.options.MaxBatch) }

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
