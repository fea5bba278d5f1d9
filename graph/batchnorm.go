package graph

import (
	"fmt"
	"math"
	"slices"

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
	inputs := []*Node{x}
	if c.affine {
		inputs = append(inputs,
			b.Param(name+".weight", NormWeight, shape, Constant(1), Fan{}),
			b.Param(name+".bias", NormBias, shape, Constant(0), Fan{}))
	}
	mean := b.Param(name+".running_mean", Buffer, shape, Constant(0), Fan{})
	variance := b.Param(name+".running_var", Buffer, shape, Constant(1), Fan{})
	batches, err := b.params.require(name+".num_batches_tracked", Counter, tensor.Shape{1}, nil, Fan{})
	if err != nil {
		return b.Fail(fmt.Errorf("graph: %w", err))
	}
	layer := normLayer{
		normConfig: c, b: b, name: "BatchNorm " + name, held: held, shape: x.Shape(), inputs: inputs,
		mean: mean, variance: variance, batches: batches.value,
	}
	o := layer.alone(name)
	o.Settings = []Setting{{"eps", c.eps, 1e-5}}
	o.ONNX = func(to ONNX, in []string) (string, error) {
		if len(in) == 3 {
			ones := make([]float32, channels)
			zeros := make([]float32, channels)
			for i := range ones {
				ones[i] = 1
			}
			in = slices.Insert(in, 1, to.Tensor(name+".weight", shape, ones), to.Tensor(name+".bias", shape, zeros))
		}
		return to.Node("BatchNormalization", in, Attribute{"epsilon", float32(c.eps)}), nil
	}
	return b.Op(o)
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
	b              *Builder
	name           string
	held           bool         // normalises by the running statistics
	shape          tensor.Shape // of x
	inputs         []*Node      // x and, if affine, gamma and beta
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

// alone returns the op of n alone. ReLU and MaxPool2D may be fused with it.
func (n normLayer) alone(name string) Op {
	channels, spatial := n.shape[1], n.spatial()
	o := n.op("BatchNorm", n.shape,
		func() normKernel[float32] {
			return normAlone[float32]{norm.NewBatchNorm[float32](n.shape[0], channels, spatial, n.eps)}
		},
		func() normKernel[float64] {
			return normAlone[float64]{norm.NewBatchNorm[float64](n.shape[0], channels, spatial, n.eps)}
		})
	o.Name, o.norm = name, &n
	o.Fuse = func(next Op) *Op {
		if next.Kind != "ReLU" {
			return nil
		}
		whole := pool.Shape{N: n.shape[0], C: channels, H: spatial, W: 1, KH: 1, KW: 1, StrideH: 1, StrideW: 1}
		relu := n.pooled(n.name+" ReLU", n.shape, whole)
		relu.Fuse = func(next Op) *Op {
			if next.maxPool == nil {
				return nil
			}
			both := n.pooled(n.name+" ReLU MaxPool2D", next.Shape, *next.maxPool)
			return &both
		}
		return &relu
	}
	return o
}

// pooled returns the op of n with ReLU and MaxPool2D.
func (n normLayer) pooled(kind string, shape tensor.Shape, s pool.Shape) Op {
	return n.op(kind, shape,
		func() normKernel[float32] { return norm.NewReLUPool[float32](s, n.eps) },
		func() normKernel[float64] { return norm.NewReLUPool[float64](s, n.eps) })
}

// op returns the op that a kernel computes. One that normalises by the running statistics takes them too.
func (n normLayer) op(
	kind string, shape tensor.Shape, f32 func() normKernel[float32], f64 func() normKernel[float64],
) Op {
	o := Op{
		Kind: kind, Inputs: slices.Clone(n.inputs), Shape: shape,
		Float32:   func() Plan[float32] { return normPlan(n, f32()) },
		Float64:   func() Plan[float64] { return normPlan(n, f64()) },
		gradients: []string{"dx", "dgamma", "dbeta"},
	}
	if n.held {
		o.Inputs = append(o.Inputs, n.mean, n.variance)
	}
	return o
}

// spatial returns the number of values per channel in one sample.
func (n *normLayer) spatial() int { return n.shape.TotalSize() / (n.shape[0] * n.shape[1]) }

func normPlan[T Float](n normLayer, k normKernel[T]) Plan[T] {
	gammaBeta := func(tensors [][]T) (gamma, beta []T) {
		if n.affine {
			gamma, beta = tensors[1], tensors[2]
		}
		return gamma, beta
	}
	if n.held {
		return Plan[T]{
			Forward: func(c *Call[T]) error {
				gamma, beta := gammaBeta(c.X)
				mean, variance := c.X[len(c.X)-2], c.X[len(c.X)-1]
				k.ForwardEval(c.Y, c.X[0], gamma, beta, mean, variance)
				return nil
			},
			Backward: func(c *Call[T]) error {
				gamma, beta := gammaBeta(c.X)
				dgamma, dbeta := gammaBeta(c.DX)
				mean, variance := c.X[len(c.X)-2], c.X[len(c.X)-1]
				k.BackwardEval(c.DX[0], dgamma, dbeta, c.DY, c.X[0], c.Y, gamma, beta, mean, variance)
				return nil
			},
		}
	}
	return Plan[T]{
		Forward: func(c *Call[T]) error {
			gamma, beta := gammaBeta(c.X)
			k.Forward(c.Y, c.X[0], gamma, beta)
			if !n.b.still {
				moveRunning[T](n, k.Mean(), k.Var())
			}
			return nil
		},
		Backward: func(c *Call[T]) error {
			gamma, beta := gammaBeta(c.X)
			dgamma, dbeta := gammaBeta(c.DX)
			k.Backward(c.DX[0], dgamma, dbeta, c.DY, c.X[0], c.Y, gamma, beta)
			return nil
		},
		Statistics: func() (mean, variance []float64) { return k.Mean(), k.Var() },
	}
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
