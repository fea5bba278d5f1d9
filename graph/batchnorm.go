package graph

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"
)

// BatchNorm draws batch normalization over every axis but the channels': x is [N, C], [N, C, L], [N, C, H, W] or [N, C,
// D, H, W], and
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
// are Momentum, MomentumSchedule, CumulativeAverage, Eps and NoAffine, and for small batches Renorm, Ghost and NoStats.
// Training on one value per channel (N = 1 on [N, C]) is an error: the variance of one value is 0, and its unbiased
// variance is not defined.
//
// Ioffe and Szegedy, Batch Normalization, 2015, arXiv:1502.03167, algorithms 1 and 2. Defaults and results are those of
// PyTorch's BatchNorm1d to BatchNorm3d.
func (b *Builder) BatchNorm(name string, x *Node, opts ...NormOption) *Node {
	if !b.openNamed(name, x, 2, 3, 4, 5) {
		return nil
	}
	c := normConfig{momentum: 0.1, affineConfig: affineConfig{eps: 1e-5, affine: true}}
	for _, o := range opts {
		o.norm(&c)
	}
	layer := normLayer{
		normConfig: c, b: b, name: "BatchNorm " + name, shape: x.Shape(), inputs: []*Node{x},
		held: !c.noStats && (b.frozen.holds(name) || b.mode == Eval),
	}
	if err := layer.check(); err != nil {
		return b.Fail(fmt.Errorf("graph: %s: %w", name, err))
	}
	shape := tensor.Shape{x.Shape()[1]}
	if c.affine {
		layer.inputs = append(layer.inputs,
			b.Param(name+".weight", NormWeight, shape, Constant(1), Fan{}),
			b.Param(name+".bias", NormBias, shape, Constant(0), Fan{}))
	}
	if !c.noStats {
		layer.drawRunning(name)
	}
	o := layer.alone(name)
	o.Settings = layer.settings()
	o.ONNX = layer.onnx(name)
	return b.Op(o)
}

// check returns an error for settings that are out of range, and for too few values per channel to train on.
func (n *normLayer) check() error {
	smallest := n.shape[0] // virtual batch
	if n.ghost > 0 {
		smallest /= n.virtualBatches()
	}
	switch {
	case !(n.momentum >= 0 && n.momentum <= 1):
		return fmt.Errorf("momentum %v: want 0 to 1", n.momentum)
	case !(n.eps > 0) || math.IsInf(n.eps, 0):
		return fmt.Errorf("eps %v: want a number greater than 0", n.eps)
	case n.ghost < 0:
		return fmt.Errorf("virtual batches of %d: want at least 1 sample", n.ghost)
	case n.renorm != nil && n.noStats:
		return fmt.Errorf("Renorm corrects towards running statistics, which NoStats leaves out: want one of the two")
	case !n.held && smallest*n.spatial() < 2:
		return fmt.Errorf("its input has shape %v, one value per channel, which has no variance to train on: "+
			"use batches of at least 2", n.shape)
	}
	if n.renorm != nil {
		return n.renorm.check()
	}
	return nil
}

// settings returns what a summary shows.
func (n *normLayer) settings() []Setting {
	s := []Setting{{"eps", n.eps, 1e-5}, {"ghost", n.ghost, 0}, {"running statistics", !n.noStats, true}}
	if n.renorm != nil {
		s = append(s, Setting{"", *n.renorm, nil})
	}
	return s
}

// onnx returns the ONNX form of an evaluation program.
func (n *normLayer) onnx(name string) func(to ONNX, in []string) (string, error) {
	channels := []int{n.shape[1]}
	return func(to ONNX, in []string) (string, error) {
		if n.noStats {
			return n.batchONNX(to, in), nil
		}
		if !n.affine {
			in = []string{
				in[0], to.Tensor(name+".weight", channels, ones(n.shape[1])),
				to.Tensor(name+".bias", channels, make([]float32, n.shape[1])), in[1], in[2],
			}
		}
		return to.Node("BatchNormalization", in, Attribute{"epsilon", float32(n.eps)}), nil
	}
}
