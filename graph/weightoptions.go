package graph

import (
	"fmt"

	"gorgonia.org/tensor"
)

// weightConfig has the settings that convolutions and Linear share.
type weightConfig struct {
	bias       bool
	initWeight Init
	initBias   Init
	of         string // the layer whose weight it is, "": the layer's own
	node       *Node  // the weight, nil: a parameter

	standardize bool // see StandardizeWeight
}

// WeightOption is a setting of both convolutions and Linear.
type WeightOption func(*weightConfig)

func (o WeightOption) conv(c *convConfig)     { o(&c.weightConfig) }
func (o WeightOption) linear(c *weightConfig) { o(c) }

// NoBias leaves out the bias. A BatchNorm that follows makes it superfluous, since its beta does the same.
func NoBias() WeightOption { return func(c *weightConfig) { c.bias = false } }

// InitWeight samples the initial weights with init. Default DefaultInit.
func InitWeight(init Init) WeightOption { return func(c *weightConfig) { c.initWeight = init } }

// InitBias samples the initial biases with init. Default DefaultInit.
func InitBias(init Init) WeightOption { return func(c *weightConfig) { c.initBias = init } }

// WeightOf makes the layer use the weight of another one, which is drawn before it and has a weight of the same shape.
// The layer then has no parameter of its own except the bias, and the gradients of both layers move the one weight. A
// Linear of as many outputs as an embedding has rows can share the embedding's, and a ConvTranspose2D that turns a
// Conv2D around the convolution's.
//
// Press and Wolf, Using the Output Embedding to Improve Language Models, 2017, arXiv:1608.05859.
func WeightOf(layer string) WeightOption {
	return func(c *weightConfig) { c.of, c.node = layer, nil }
}

// WeightNode makes the layer use w as its weight, in the shape of its own: a parameter of the model, or what the model
// computes of one, such as b.Transpose(w, 1, 0).
func WeightNode(w *Node) WeightOption { return func(c *weightConfig) { c.of, c.node = "", w } }

// weights draws a layer's weight, of this shape, and its bias if it has one.
func (b *Builder) weights(name string, c *weightConfig, shape tensor.Shape, out int, fan Fan) []*Node {
	nodes := []*Node{b.weight(name, c, shape, fan)}
	if c.standardize {
		nodes[0] = b.standardized(name, nodes[0])
	}
	if c.bias {
		nodes = append(nodes, b.Param(name+".bias", Bias, tensor.Shape{out}, c.initBias, fan))
	}
	return nodes
}

func (b *Builder) weight(name string, c *weightConfig, shape tensor.Shape, fan Fan) *Node {
	w := c.node
	if c.of != "" {
		p := b.params.Lookup(c.of + ".weight")
		if p == nil || b.drawn[p] == nil {
			return b.Fail(fmt.Errorf("graph: %s: no layer %q with a weight is drawn before it", name, c.of))
		}
		w = b.drawn[p]
	}
	switch {
	case w == nil:
		return b.Param(name+".weight", Weight, shape, c.initWeight, fan)
	case !w.Shape().Eq(shape):
		return b.Fail(fmt.Errorf("graph: %s: its shared weight has shape %v: want %v", name, w.Shape(), shape))
	}
	return w
}
