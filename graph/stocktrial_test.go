package graph

import (
	"math/rand/v2"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// trial is an op, with settings, that the tests of stock ops put between layers. Names of Gorgonia's functions begin
// with a capital letter and no dot, ours with "b.".
type trial struct {
	op       string // the function
	settings string // what else the page says
	ranks    []int  // of the input; nil: any
	positive bool   // the input must be greater than 0
	draw     func(b *Builder, x *Node) *Node
	modal    bool // training and evaluation differ
	alone    bool // it is not checked in pairs
}

func (t trial) name() string {
	if t.settings == "" {
		return t.op
	}
	return t.op + " " + t.settings
}

// takes reports whether the op takes a tensor of this rank.
func (t trial) takes(rank int) bool {
	for _, r := range t.ranks {
		if r == rank {
			return true
		}
	}
	return len(t.ranks) == 0
}

// own returns a parameter of this shape for a stock op, with a name that no other has.
func own(b *Builder, shape ...int) *Node {
	name := "own" + string(rune('a'+len(b.drawn)))
	return b.Param(name+".weight", Weight, tensor.Shape(shape), between(0.5, 1.5), Fan{})
}

// between samples from low to high.
func between(low, high float64) Init {
	return func(r *rand.Rand, _ Fan) func() float64 {
		return func() float64 { return low + (high-low)*r.Float64() }
	}
}

func number(b *Builder, x float64) *Node {
	if b.params.dtype == tensor.Float32 {
		return gorgonia.NewConstant(float32(x))
	}
	return gorgonia.NewConstant(x)
}

type (
	oneNode  = func(*Node) (*Node, error)
	twoNodes = func(a, b *Node) (*Node, error)
)
