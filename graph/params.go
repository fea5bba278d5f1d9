package graph

import (
	"fmt"
	"strings"

	"gorgonia.org/tensor"

	"anneal/internal/stream"
)

// Kind says what a parameter is to its layer.
type Kind int

const (
	Weight     Kind = iota // what a layer multiplies by
	Bias                   // what a layer adds
	NormWeight             // gamma, batch normalization's scale
	NormBias               // beta, batch normalization's shift
	Buffer                 // what the layer itself moves: a running mean or variance
	Counter                // a Buffer that counts in int64: num_batches_tracked
)

// Param is one named tensor of a model. It outlives the graphs that use it.
type Param struct {
	name  string
	kind  Kind
	value *tensor.Dense
}

// Name returns PyTorch's name for the parameter, such as conv1.weight or conv1_bn.running_mean.
func (p *Param) Name() string { return p.name }

// Layer returns the name of the parameter's layer: the parameter's name up to the last dot, such as conv1 for
// conv1.weight, or all of it if there is no dot.
func (p *Param) Layer() string {
	if i := strings.LastIndexByte(p.name, '.'); i > 0 {
		return p.name[:i]
	}
	return p.name
}

// Kind returns what the parameter is to its layer.
func (p *Param) Kind() Kind { return p.kind }

// Trainable reports whether training programs compute a gradient for the parameter.
func (p *Param) Trainable() bool { return p.kind < Buffer }

// Value returns the tensor itself, not a copy. A convolution's weights are [out, in/groups, kh, kw], a linear layer's
// are [out, in], a Counter is [1] in int64, and every other parameter of the Builder's layers is [channels].
func (p *Param) Value() *tensor.Dense { return p.value }

// Params is an ordered store of a model's parameters. The first program that needs a tensor creates it; every later
// one shares it.
type Params struct {
	seed   uint64
	dtype  tensor.Dtype
	list   []*Param
	byName map[string]*Param

	most    int64   // bytes; 0: as many as the machine has
	numbers float64 // in all parameters
}

// NewParams returns an empty store. Each parameter's initial values come from a separate random stream that depends
// on seed and on the parameter's name, so that adding a layer does not change how other layers start. dtype is
// tensor.Float32 or tensor.Float64; Compile returns an error for any other type.
func NewParams(seed uint64, dtype tensor.Dtype) *Params {
	return &Params{seed: seed, dtype: dtype, byName: make(map[string]*Param)}
}

// Seed returns the seed of initial values and dropout masks.
func (ps *Params) Seed() uint64 { return ps.seed }

// Dtype returns the type of every tensor except Counters.
func (ps *Params) Dtype() tensor.Dtype { return ps.dtype }

// Limit makes it an error if the parameters take more than so many bytes, before the first that does is allocated. 0
// stands for what holds without Limit: as much as the machine has, if it says.
func (ps *Params) Limit(bytes int64) { ps.most = bytes }

// All returns the parameters in the order in which the model first used them.
func (ps *Params) All() []*Param { return ps.list }

// Trainable returns the parameters that have gradients, in the same order.
func (ps *Params) Trainable() []*Param {
	var trainable []*Param
	for _, p := range ps.list {
		if p.Trainable() {
			trainable = append(trainable, p)
		}
	}
	return trainable
}

// Lookup returns the parameter of that name, or nil.
func (ps *Params) Lookup(name string) *Param { return ps.byName[name] }

// require returns the named parameter. It creates the parameter if no earlier program has.
func (ps *Params) require(name string, kind Kind, shape tensor.Shape, init Init, fan Fan) (*Param, error) {
	if p := ps.byName[name]; p != nil {
		if !p.value.Shape().Eq(shape) {
			return nil, fmt.Errorf("parameter %s has shape %v, but here the model gives it shape %v",
				name, p.value.Shape(), shape)
		}
		if p.kind != kind {
			return nil, fmt.Errorf("parameter %s already exists and has another kind", name)
		}
		return p, nil
	}
	numbers := ps.numbers + numbersIn(shape)
	asked, what := numbersIn(shape), "parameter %s of shape %v"
	if ps.most > 0 {
		asked, what = numbers, what+" with those before it"
	}
	if err := roomOf(ps.most, ps.dtype).check(asked, what, name, shape); err != nil {
		return nil, err
	}
	dtype := ps.dtype
	if kind == Counter {
		dtype = tensor.Int64
	}
	p := &Param{name: name, kind: kind, value: tensor.New(tensor.Of(dtype), tensor.WithShape(shape...))}
	if kind != Counter {
		var failure error
		fan.Shape, fan.err = shape.Clone(), &failure
		sample := init(stream.New(ps.seed, "init", name), fan)
		if failure != nil {
			return nil, fmt.Errorf("parameter %s: %w", name, failure)
		}
		switch v := p.value.Data().(type) {
		case []float32:
			for i := range v {
				v[i] = float32(sample())
			}
		case []float64:
			for i := range v {
				v[i] = sample()
			}
		}
	}
	ps.list = append(ps.list, p)
	ps.byName[name] = p
	ps.numbers = numbers
	return p, nil
}
