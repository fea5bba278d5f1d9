// Package predict runs trained networks on samples: pictures, rows of tables, or tensors.
//
// Load reads a network from a file of weights, which also says what it was trained with. Decode reads a picture, and a
// Predictor turns it into the sample that its network takes and returns the probability of each class. For a network
// trained on MNIST, Digit centres and scales the digit on the picture; for any other, Fit scales the picture to the
// samples' size. Predictor.Rows reads a table, and Predictor.JSON samples of any kind. Predictor.Answer returns what
// networks of any task say, and Predictor.Inside what their layers compute. Predictor.Values also runs those of several
// inputs. Predictor.Layers lists what a network is made of.
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

// maxRun is the most memory, in bytes, that a batch may take with what the network computes of it. A batch of more than
// one sample is smaller than Options.MaxBatch if it must.
const maxRun = 4 << 30

// Predictor runs a model in evaluation mode. Its methods may be called from several goroutines at once.
type Predictor struct {
	options Options
	tables  [][256]float32 // the normalised value of each byte, per channel
	model   graph.Model
	params  *graph.Params

	mu     sync.Mutex // programs share memory: one runs at a time
	runner *graph.Runner
	inside *graph.Runner // see Inside; nil before its first call
}

// New compiles model for a single sample, which also creates the parameters that params does not have yet. Larger
// batches are compiled when they first come, for the next power of two. Every run reads the parameters' memory, so they
// may be loaded after New, but nothing else may use or change them during a call.
func New(model graph.Model, params *graph.Params, o Options) (p *Predictor, err error) {
	defer guard(&err)
	if err := o.complete(); err != nil {
		return nil, err
	}
	shape := append([]int{1}, o.XShape...)
	config := graph.Config{Mode: graph.Eval, Shape: shape, Fuse: true, Direct: true}
	runner, err := graph.NewRunner(model, params, config)
	if err != nil {
		return nil, fmt.Errorf("predict: the model on samples of shape %v: %w", o.XShape, err)
	}
	program, err := runner.Program(1)
	switch {
	case err != nil:
		return nil, fmt.Errorf("predict: %w", err)
	case o.Task == "":
		o.Task = Classes
	}
	if program.Classes() == 0 && o.Task == Classes {
		o.Task = Numbers
	}
	o.MaxBatch = min(o.MaxBatch, max(1, int(maxRun/program.Bytes())))
	p = &Predictor{options: o, model: model, params: params, runner: runner}
	if o.pixels() {
		p.tables = make([][256]float32, o.Shape[0])
	}
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
func (p *Predictor) Pixels(img image.Image) (pixels []byte, err error) {
	defer guard(&err)
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

// Normalise returns the sample of pixels, [C, H, W] from 0 to 255: (pixel/255 − mean)/std.
func (p *Predictor) Normalise(pixels []byte) ([]float32, error) {
	switch size := p.options.size(); {
	case p.options.unnormalised:
		return nil, errNormalisation
	case p.tables == nil:
		return nil, fmt.Errorf("predict: %w", p.options.takes("pixels"))
	case len(pixels) != size:
		return nil, fmt.Errorf("predict: got %d pixels, want %d for a network that takes %v",
			len(pixels), size, p.options.Shape)
	}
	plane := p.options.Shape[1] * p.options.Shape[2]
	x := make([]float32, len(pixels))
	for i, b := range pixels {
		x[i] = p.tables[i/plane][b]
	}
	return x, nil
}

// ClassifyPixels predicts the classes of samples, each [C, H, W] from 0 to 255, as Normalise makes them.
func (p *Predictor) ClassifyPixels(samples ...[]byte) ([]Prediction, error) {
	x := make([]float32, 0, len(samples)*p.options.size())
	for i, pixels := range samples {
		one, err := p.Normalise(pixels)
		if err != nil {
			return nil, fmt.Errorf("predict: sample %d: %w", i, err)
		}
		x = append(x, one...)
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
	size := p.options.size()
	if len(x)%size != 0 {
		return nil, fmt.Errorf("predict: %d numbers: want a multiple of %d, the size of a sample of shape %v",
			len(x), size, p.options.Shape)
	}
	predictions := make([]Prediction, 0, len(x)/size)
	err := p.run(x, nil, func(program *graph.Program, n, rows int) error {
		classes := program.Classes()
		if classes == 0 {
			return errors.New("the network's result is not logits [N, classes]: want Answer or Values")
		}
		for row := range slices.Chunk(graph.Float64s(program.Logits())[:n*classes], classes) {
			prediction, err := p.class(row)
			if err != nil {
				return fmt.Errorf("sample %d: %w", len(predictions), err)
			}
			predictions = append(predictions, prediction)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return predictions, nil
}

// run runs the samples of x, [N, ...] flat, and the network's other inputs for them, in batches. It calls use with the
// program that has the results of n samples; its batch has rows samples, of which the others are zero. A panic is an
// error.
func (p *Predictor) run(
	x []float32, inputs []graph.Named, use func(program *graph.Program, n, rows int) error,
) (err error) {
	defer guard(&err)
	n := len(x) / p.options.size()
	p.mu.Lock()
	defer p.mu.Unlock()
	for from := 0; from < n; from += p.options.MaxBatch {
		to := min(from+p.options.MaxBatch, n)
		rows := p.rows(to - from)
		batch := make([]graph.Named, len(inputs))
		for i, in := range inputs {
			batch[i] = graph.Named{
				Name: in.Name, Floats: part(in.Floats, from, to, n, rows), Float64s: part(in.Float64s, from, to, n, rows),
				Ints: part(in.Ints, from, to, n, rows),
			}
		}
		program, err := p.runner.Run(part(x, from, to, n, rows), nil, batch...)
		if err == nil {
			err = use(program, to-from, rows)
		}
		if err != nil {
			return fmt.Errorf("predict: %w", err)
		}
	}
	return nil
}

// guard makes a panic of a decoder, or of code that is not ours, an error of the deferring function.
func guard(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("predict: panic: %v", r)
	}
}

// rows returns the batch size of the program that runs n samples, the smallest one that takes them.
func (p *Predictor) rows(n int) int { return min(1<<bits.Len(uint(n-1)), p.options.MaxBatch) }
