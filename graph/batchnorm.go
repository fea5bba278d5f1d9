package graph

import (
	"fmt"
	"math"
	"slices"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/internal/kernels"
	"anneal/internal/kernels/norm"
	"anneal/internal/kernels/pool"
)

// BatchNorm draws batch normalization over every axis but the channels': x is [N, C, H, W] or [N, C], and
//
//	y = gamma·(x − mean)/√(var + eps) + beta
//
// where gamma and beta are learned, one of each per channel. A training program takes mean and (biased) variance from
// the batch. On every run it also moves the running mean and variance: running = (1−momentum)·running +
// momentum·batch, with the unbiased variance. An evaluation program normalises by the running mean and variance and
// leaves them alone, and so does a training program where Config.FreezeStats says so; the gradient takes them as
// constants.
//
// The parameters are name.weight (gamma, initially 1) and name.bias (beta, initially 0), [C]. The buffers are
// name.running_mean (initially 0) and name.running_var (initially 1), [C], and name.num_batches_tracked. The options
// are Momentum, CumulativeAverage, Eps and NoAffine. Training on one value per channel (N = 1 on [N, C]) is an error:
// the variance of one value is 0, and its unbiased variance is not defined.
//
// Ioffe and Szegedy, Batch Normalization, 2015, arXiv:1502.03167, algorithms 1 and 2. Defaults and results are those of
// PyTorch's BatchNorm1d and BatchNorm2d.
func (b *Builder) BatchNorm(name string, x *Node, opts ...NormOption) *Node {
	if !b.openNamed(name, x, 2, 4) {
		return nil
	}
	c := normConfig{momentum: 0.1, affineConfig: affineConfig{eps: 1e-5, affine: true}}
	for _, o := range opts {
		o.norm(&c)
	}
	held := b.frozen.holds(name) || b.mode == Eval
	n, channels := x.Shape()[0], x.Shape()[1]
	spatial := x.Shape().TotalSize() / (n * channels)
	if err := c.check(held, n*spatial, x.Shape()); err != nil {
		return b.Fail(fmt.Errorf("graph: %s: %w", name, err))
	}
	shape := tensor.Shape{channels}
	children := []*Node{x}
	if c.affine {
		children = append(children,
			b.Param(name+".weight", NormWeight, shape, Constant(1), Fan{}),
			b.Param(name+".bias", NormBias, shape, Constant(0), Fan{}))
	}
	mean := b.Param(name+".running_mean", Buffer, shape, Constant(0), Fan{})
	variance := b.Param(name+".running_var", Buffer, shape, Constant(1), Fan{})
	batches, err := b.params.require(name+".num_batches_tracked", Counter, tensor.Shape{1}, nil, Fan{})
	if err != nil {
		return b.Fail(fmt.Errorf("graph: %w", err))
	}
	drawn := normLayer{
		name: "BatchNorm " + name, shape: x.Shape(), children: children,
		normConfig: c, held: held, mean: mean, variance: variance, batches: batches.value,
	}
	y := b.withType(
		func() *Node { return drawNorm[float32](b, drawn) },
		func() *Node { return drawNorm[float64](b, drawn) })
	return b.describe(y, Layer{Kind: "BatchNorm", Name: name, Eps: c.eps})
}

// check returns an error for settings that are out of range, and for too few values per channel to train on.
func (c *normConfig) check(held bool, values int, x tensor.Shape) error {
	switch {
	case !(c.momentum >= 0 && c.momentum <= 1):
		return fmt.Errorf("momentum %v: want 0 to 1", c.momentum)
	case !(c.eps > 0) || math.IsInf(c.eps, 0):
		return fmt.Errorf("eps %v: want a number greater than 0", c.eps)
	case !held && values < 2:
		return fmt.Errorf("its input has shape %v, one value per channel, which has no variance to train on: "+
			"use batches of at least 2", x)
	}
	return nil
}

// normLayer is a BatchNorm that is being drawn, alone or fused with the ReLU and the MaxPool2D that follow it.
type normLayer struct {
	normConfig
	name           string
	held           bool         // normalises by the running statistics
	shape          tensor.Shape // of x
	children       []*Node      // x and, if affine, gamma and beta
	mean, variance *Node        // the running statistics
	batches        *tensor.Dense
}

// normKernel computes batch normalization and the layers that are fused with it, in training and in evaluation
// programs.
type normKernel[T kernels.Float] interface {
	Forward(y, x, gamma, beta []T)
	ForwardEval(y, x, gamma, beta, mean, variance []T)
	Backward(dx, dgamma, dbeta, dy, x, y, gamma, beta []T)
	BackwardEval(dx, dgamma, dbeta, dy, x, y, gamma, beta, mean, variance []T)
	Mean() []float64
	Var() []float64
}

// normAlone makes a kernel for BatchNorm alone, whose gradient needs neither y nor beta, a normKernel.
type normAlone[T kernels.Float] struct{ *norm.BatchNorm[T] }

func (k normAlone[T]) Backward(dx, dgamma, dbeta, dy, x, _, gamma, _ []T) {
	k.BatchNorm.Backward(dx, dgamma, dbeta, dy, x, gamma)
}

func (k normAlone[T]) BackwardEval(dx, dgamma, dbeta, dy, x, _, gamma, _, mean, variance []T) {
	k.BatchNorm.BackwardEval(dx, dgamma, dbeta, dy, x, gamma, mean, variance)
}

// drawNorm draws n alone, or folded into the product before it. ReLU and MaxPool2D may be fused with it.
func drawNorm[T kernels.Float](b *Builder, n normLayer) *Node {
	x := n.children[0]
	if o := b.fusable(x); b.mode == Eval && o != nil && o.fused.norm != nil {
		return b.fuse(x, o.fused.norm(n))
	}
	channels := n.shape[1]
	y := normOp[T](b, n, n.name, n.shape, normAlone[T]{norm.NewBatchNorm[T](n.shape[0], channels, n.spatial(), n.eps)})
	y.fused.relu = func() *Node {
		whole := pool.Shape{N: n.shape[0], C: channels, H: n.spatial(), W: 1, KH: 1, KW: 1, StrideH: 1, StrideW: 1}
		y := normOp[T](b, n, n.name+" ReLU", n.shape, norm.NewReLUPool[T](whole, n.eps))
		y.fused.pool = func(s pool.Shape) *Node {
			oh, ow := s.Out()
			y := normOp[T](b, n, n.name+" ReLU MaxPool2D", tensor.Shape{s.N, s.C, oh, ow}, norm.NewReLUPool[T](s, n.eps))
			return b.apply(y, n.inputs()...)
		}
		return b.apply(y, n.inputs()...)
	}
	return b.apply(y, n.inputs()...)
}

// spatial returns the number of values per channel in one sample.
func (n *normLayer) spatial() int { return n.shape.TotalSize() / (n.shape[0] * n.shape[1]) }

// inputs returns the op's children. An op that normalises by the running statistics takes them too.
func (n *normLayer) inputs() []*Node {
	if !n.held {
		return n.children
	}
	return append(slices.Clone(n.children), n.mean, n.variance)
}

// normOp returns the op that runs k, with a result of this shape.
func normOp[T kernels.Float](b *Builder, n normLayer, name string, shape tensor.Shape, k normKernel[T]) *op {
	y := newOp[T](b, name, shape)
	gammaBeta := func(in []gorgonia.Value) (gamma, beta []T) {
		if n.affine {
			gamma, beta = Floats[T](in[1]), Floats[T](in[2])
		}
		return gamma, beta
	}
	statistics := func(in []gorgonia.Value) (mean, variance []T) {
		return Floats[T](in[len(in)-2]), Floats[T](in[len(in)-1])
	}
	if !n.held {
		y.run = func(out gorgonia.Value, in []gorgonia.Value) error {
			gamma, beta := gammaBeta(in)
			k.Forward(Floats[T](out), Floats[T](in[0]), gamma, beta)
			if !b.still {
				moveRunning[T](n, k.Mean(), k.Var())
			}
			return nil
		}
		y.statistics = func() (mean, variance []float64) { return k.Mean(), k.Var() }
	} else {
		y.fixed = 2
		y.run = func(out gorgonia.Value, in []gorgonia.Value) error {
			gamma, beta := gammaBeta(in)
			mean, variance := statistics(in)
			k.ForwardEval(Floats[T](out), Floats[T](in[0]), gamma, beta, mean, variance)
			return nil
		}
	}
	y.grad = func(in gorgonia.Nodes, out, dy *Node) (gorgonia.Nodes, error) {
		dx := newOp[T](b, name+" dx", in[0].Shape())
		var dgamma, dbeta []T
		dx.run = func(out gorgonia.Value, v []gorgonia.Value) error {
			dy, y, in := Floats[T](v[0]), Floats[T](v[1]), v[2:]
			gamma, beta := gammaBeta(in)
			if !n.held {
				k.Backward(Floats[T](out), dgamma, dbeta, dy, Floats[T](in[0]), y, gamma, beta)
				return nil
			}
			mean, variance := statistics(in)
			k.BackwardEval(Floats[T](out), dgamma, dbeta, dy, Floats[T](in[0]), y, gamma, beta, mean, variance)
			return nil
		}
		grads := make(gorgonia.Nodes, len(in))
		grads[0] = b.apply(dx, append([]*Node{dy, out}, in...)...)
		if n.affine {
			gamma, beta := newOp[T](b, name+" dgamma", in[1].Shape()), newOp[T](b, name+" dbeta", in[2].Shape())
			dgamma, dbeta = Floats[T](gamma.output()), Floats[T](beta.output())
			grads[1], grads[2] = b.expose(gamma, grads[0]), b.expose(beta, grads[0])
		}
		return grads, b.err
	}
	return y
}

// moveRunning moves the running mean and variance towards one batch's mean and biased variance.
func moveRunning[T kernels.Float](n normLayer, mean, variance []float64) {
	count := n.batches.Int64s()
	count[0]++
	share := n.momentum
	if n.cumulative {
		share = 1 / float64(count[0])
	}
	values := float64(n.shape[0] * n.spatial())
	unbiased := values / (values - 1)
	runningMean, runningVar := Floats[T](n.mean.Value()), Floats[T](n.variance.Value())
	for c := range mean {
		runningMean[c] = T((1-share)*float64(runningMean[c]) + share*mean[c])
		runningVar[c] = T((1-share)*float64(runningVar[c]) + share*unbiased*variance[c])
	}
}
