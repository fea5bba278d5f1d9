package graph

import (
	"fmt"
	"maps"
	"slices"

	"gorgonia.org/tensor"
)

// Runner runs a model on batches of any size. It compiles a program for each size, when a batch of that size first
// comes, and keeps it; the programs share the parameters. Like theirs, its methods must not be called by two goroutines
// at once.
//
// A Runner counts the batches that it has run, from 0, and Dropout samples other masks for each of them; see SetStep.
type Runner struct {
	model    Model
	params   *Params
	config   Config
	programs map[int]sized // by batch size
	step     uint64
}

// sized is a program with the tensor that batches are copied to.
type sized struct {
	*Program
	x *tensor.Dense
}

// NewRunner compiles model as Compile does, hence creates its parameters and finds what is wrong with it. cfg.Shape is
// that of a batch of any size, such as the one that comes most often.
func NewRunner(model Model, params *Params, cfg Config) (*Runner, error) {
	r := &Runner{model: model, params: params, config: cfg, programs: make(map[int]sized)}
	p, err := Compile(model, params, cfg)
	if err != nil {
		return nil, err
	}
	r.keep(p)
	return r, nil
}

// Program returns the program for batches of n samples, and compiles it if there is none yet.
func (r *Runner) Program(n int) (*Program, error) {
	if s, ok := r.programs[n]; ok {
		return s.Program, nil
	}
	cfg := r.config
	cfg.Shape = cfg.Shape.Clone()
	cfg.Shape[0] = n
	p, err := Compile(r.model, r.params, cfg)
	if err != nil {
		return nil, err
	}
	r.keep(p)
	return p, nil
}

// Sizes returns the batch sizes that have a program, in ascending order.
func (r *Runner) Sizes() []int { return slices.Sorted(maps.Keys(r.programs)) }

// keep adds a program. Batches are copied to the value that its input was compiled with.
func (r *Runner) keep(p *Program) {
	r.programs[p.shape[0]] = sized{p, p.x.Value().(*tensor.Dense)}
}

// Run runs the model on a batch, x = [N, ...] flat with any N of at least 1, and returns the program that has the
// results: Loss, Logits and, for training, Gradients. They last until a batch of as many samples is run. x is copied,
// and converted if the parameters are of type float64. labels and named are as Program.Run takes them. A length of x
// that no number of samples has is an error, and so is whatever Compile and Program.Run refuse.
func (r *Runner) Run(x []float32, labels []int32, named ...Named) (*Program, error) {
	sample := tensor.Shape(r.config.Shape[1:])
	n := len(x) / sample.TotalSize()
	if n*sample.TotalSize() != len(x) {
		return nil, fmt.Errorf("graph: a batch of %d numbers: want a multiple of %d, the size of a sample of shape %v",
			len(x), sample.TotalSize(), sample)
	}
	p, err := r.Program(n)
	if err != nil {
		return nil, err
	}
	own := r.programs[n].x
	switch own.Dtype() {
	case tensor.Float32:
		copy(own.Float32s(), x)
	case tensor.Float64:
		wide := own.Float64s()
		for i, v := range x {
			wide[i] = float64(v)
		}
	}
	return p, r.run(p, own, labels, named)
}

// RunTensor is Run on a tensor, [N, ...] in the parameters' type, which is bound and not copied.
func (r *Runner) RunTensor(x *tensor.Dense, labels []int32, named ...Named) (*Program, error) {
	n := 0
	if x.Dims() > 0 {
		n = x.Shape()[0]
	}
	p, err := r.Program(n)
	if err != nil {
		return nil, err
	}
	return p, r.run(p, x, labels, named)
}

func (r *Runner) run(p *Program, x *tensor.Dense, labels []int32, named []Named) error {
	p.SetStep(r.step)
	r.step++
	return p.Run(x, labels, named...)
}

// SetStep sets the count of batches to step. The same seed, layer and step give the same dropout mask, so a run that
// resumes after 1000 batches, or draws the masks of batch 1000 again, calls SetStep(1000).
func (r *Runner) SetStep(step uint64) { r.step = step }
