// Package gradcheck checks the gradients of models and layers by central differences:
//
//	err := gradcheck.Check(func(b *graph.Builder, x *graph.Node) *graph.Node {
//		return b.GroupNorm("norm", x, 2)
//	}, tensor.Shape{3, 4, 5, 5}, gradcheck.Options{})
//
// It runs a model in float64, where the method is exact to about nine digits.
package gradcheck

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gorgonia.org/tensor"

	"anneal/graph"
)

// Options say how Check checks. The zero value is the usual way.
type Options struct {
	// Step is how far each number is moved to either side. 0: 1e-5.
	Step float64
	// Tolerance is the largest allowed difference between a gradient and the central difference, absolute for gradients
	// below 1 and relative to larger ones. 0: 1e-6.
	Tolerance float64
	// Seed is that of the random numbers: the input, the parameters, and the weights of the result.
	Seed uint64
	// Input has the input's values, for a model that does not take any numbers. nil: the standard normal distribution.
	Input []float64
	// FixedInput leaves out the input's gradient, as of a model that takes places in a table.
	FixedInput bool
	// Named has the values of the model's inputs beside x, whose gradients are not checked.
	Named []graph.Named
	// Set changes the parameters' values before the check. All trainable ones have numbers of the standard normal
	// distribution then, and buffers are as a batch has left them. nil: they stay so.
	Set func(params *graph.Params)
}

// Check compares the gradients of Σ r·y, where y is the model's result of any shape and r are random numbers, with
// central differences:
//
//	∂f/∂p ≈ (f(p + step) − f(p − step)) / (2·step)
//
// p is each element of the input, which has this shape, and of each trainable parameter. Check does so in a training
// and in an evaluation program, unfused and fused. The error names the first element whose gradient differs, and both
// values. Parameters' buffers are set back before each run, and dropout draws the same mask.
//
// A function with corners, such as ReLU, has no gradient at them. If a random number is closer to a corner than step,
// another seed helps.
func Check(model graph.Model, shape tensor.Shape, o Options) error {
	if o.Step == 0 {
		o.Step = 1e-5
	}
	if o.Tolerance == 0 {
		o.Tolerance = 1e-6
	}
	c := &check{Options: o, model: model, shape: shape, params: graph.NewParams(o.Seed, tensor.Float64)}
	if err := c.prepare(); err != nil {
		return fmt.Errorf("gradcheck: %w", err)
	}
	for _, mode := range []graph.Mode{graph.Train, graph.Eval} {
		for _, fuse := range []bool{false, true} {
			if err := c.run(graph.Config{Mode: mode, Shape: shape, Fuse: fuse, Gradients: true}); err != nil {
				how := "not fused"
				if fuse {
					how = "fused"
				}
				return fmt.Errorf("gradcheck: %v, %s: %w", mode, how, err)
			}
		}
	}
	return nil
}

// check is one call of Check.
type check struct {
	Options
	model  graph.Model
	shape  tensor.Shape
	params *graph.Params
	input  *tensor.Dense // the program's
	shift  float64       // see probe
}

// prepare makes the parameters and sets their values.
func (c *check) prepare() error {
	rng := rand.New(rand.NewPCG(c.Seed, 1))
	c.input = tensor.New(tensor.Of(tensor.Float64), tensor.WithShape(c.shape.Clone()...))
	p, err := graph.Compile(c.probed, c.params, graph.Config{Mode: graph.Train, Shape: c.shape})
	if err != nil {
		return err
	}
	for _, param := range c.params.Trainable() {
		normal(param.Value().Float64s(), rng)
	}
	normal(c.input.Float64s(), rng)
	input := c.input.Float64s()
	if x := c.params.Lookup(inputName); x != nil {
		input = x.Value().Float64s()
	}
	if c.Input != nil {
		if len(c.Input) != len(input) {
			return fmt.Errorf("an input of %d numbers: want %d, for shape %v", len(c.Input), len(input), c.shape)
		}
		copy(input, c.Input)
	}
	if err := p.Run(c.input, nil, c.Named...); err != nil { // moves the buffers off their start
		return err
	}
	if c.Set != nil {
		c.Set(c.params)
	}
	return nil
}

func normal(v []float64, rng *rand.Rand) {
	for i := range v {
		v[i] = rng.NormFloat64()
	}
}

// run checks one program.
func (c *check) run(cfg graph.Config) error {
	p, err := graph.Compile(c.probed, c.params, cfg)
	if err != nil {
		return err
	}
	restore := c.params.Snapshot()
	defer restore()
	c.shift = 0
	if err := p.Run(c.input, nil, c.Named...); err != nil {
		return err
	}
	c.shift = p.Logits().Float64s()[0]
	restore()
	if err := p.Run(c.input, nil, c.Named...); err != nil {
		return err
	}
	scale := -2 * float64(c.shape[0]) // from the loss to Σ r·y
	gradients := make(map[string][]float64)
	for _, v := range p.Gradients() {
		g, err := v.Grad()
		if err != nil {
			return err
		}
		gradients[v.(*graph.Gradient).Param().Name()] = append([]float64(nil), graph.Floats[float64](g)...)
	}
	at := func(element *float64, value float64) (float64, error) {
		restore()
		*element = value
		err := p.Run(c.input, nil, c.Named...)
		return p.Logits().Float64s()[0], err
	}
	for _, param := range c.params.Trainable() {
		values, name := param.Value().Float64s(), param.Name()
		if name == inputName {
			name = "x"
		}
		for i, value := range values {
			above, err := at(&values[i], value+c.Step)
			if err != nil {
				return err
			}
			below, err := at(&values[i], value-c.Step)
			if err != nil {
				return err
			}
			got, want := scale*gradients[param.Name()][i], (above-below)/(2*c.Step)
			if diff := math.Abs(got - want); !(diff <= c.Tolerance*max(1, math.Abs(want))) {
				return fmt.Errorf("the gradient of %s[%d], at %v, is %v, and by central differences %v", name, i, value, got, want)
			}
		}
	}
	return nil
}
