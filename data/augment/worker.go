package augment

import (
	"math/rand/v2"

	"anneal/internal/kernels/resample"
)

// Worker applies augmentations to one image after another. It allocates nothing once it is warm. A Worker is for one
// goroutine at a time, and what it computes does not depend on what it did before.
type Worker struct {
	steps  Compose
	canvas canvas
}

// NewWorker returns a Worker for images of f.
func NewWorker(steps Compose, f Frame) *Worker {
	return &Worker{steps: steps, canvas: canvas{Frame: f, spare: make([]float32, f.C*f.H*f.W)}}
}

// Separate makes every affine part resample by itself, which is what a program did before parts were multiplied.
func (w *Worker) Separate() { w.canvas.separate = true }

// Merges reports whether c has more than one RandomAffine, so that it matters whether they resample once.
func (c Compose) Merges() bool {
	n := 0
	for _, a := range c {
		if _, ok := a.(RandomAffine); ok {
			n++
		}
	}
	return n > 1
}

// Apply changes x, [C, H, W]. All randomness comes from r.
func (w *Worker) Apply(x []float32, r *rand.Rand) {
	w.canvas.x, w.canvas.random, w.canvas.chain = x, r, w.canvas.chain[:0]
	w.canvas.apply(w.steps)
	w.canvas.flush()
}

// canvas is an image that is being changed.
type canvas struct {
	Frame
	x, spare []float32
	random   *rand.Rand
	separate bool
	chain    []link
	columns  []float64 // of the resampling
	bordered resample.Bordered
	fills    []float32    // per channel
	planes   [3][]float32 // of blurs and displacements
	weights  []float64    // of a blur
	padded   []float64    // a row of a blur
}

// part is an augmentation of this package. It draws from c.random, and either appends to the chain or flushes it and
// changes c.x.
type part interface{ draw(c *canvas) }

func (c *canvas) apply(steps Compose) {
	for _, step := range steps {
		switch p := step.(type) {
		// Not any part: a type outside this package that embeds one of these has an Apply of its own.
		case RandomAffine, RandomHorizontalFlip, RandomVerticalFlip, RandomCrop, RandomResizedCrop, RandomPerspective,
			ElasticTransform, ColorJitter, RandomGrayscale, GaussianBlur, RandomErasing, GaussianNoise,
			RandomApply, RandomChoice, RandAugment, TrivialAugmentWide, MixUp, CutMix:
			p.(part).draw(c)
		default:
			step.Apply(c.x, c.keep(), c.Frame, c.random)
		}
	}
}

// keep flushes the chain and returns a copy of the image as it is.
func (c *canvas) keep() []float32 {
	c.flush()
	if c.spare == nil {
		c.spare = make([]float32, len(c.x))
	}
	copy(c.spare, c.x)
	return c.spare
}

// plane returns plane number i of the scratch, with room for n numbers.
func (c *canvas) plane(i, n int) []float32 {
	if len(c.planes[i]) < n {
		c.planes[i] = make([]float32, n)
	}
	return c.planes[i][:n]
}

// alone applies one part.
func alone(p part, dst, src []float32, f Frame, r *rand.Rand) {
	copy(dst, src)
	c := canvas{Frame: f, x: dst, random: r}
	p.draw(&c)
	c.flush()
}
