package graph

import (
	"fmt"

	"gorgonia.org/tensor"
)

// GroupNorm draws group normalization: x is [N, C], [N, C, L], [N, C, H, W] or [N, C, D, H, W], its channels are split
// into groups of C/groups, and each sample's group is normalised over all of its values:
//
//	y = gamma·(x − mean)/√(var + eps) + beta
//
// var is the biased variance. gamma and beta are learned, one of each per channel. No sample depends on another, so
// that results do not depend on the batch size, and training and evaluation programs compute the same. groups must
// divide C; 1 normalises over all channels, and C is InstanceNorm.
//
// The parameters are name.weight (gamma, initially 1) and name.bias (beta, initially 0), [C]. The options are Eps
// (default 1e-5), NoAffine and NoBeta.
//
// Wu and He, Group Normalization, 2018, arXiv:1803.08494. Defaults and results are those of PyTorch's GroupNorm.
func (b *Builder) GroupNorm(name string, x *Node, groups int, opts ...SampleNormOption) *Node {
	if !b.openNamed(name, x, 2, 3, 4, 5) {
		return nil
	}
	channels := x.Shape()[1]
	if groups < 1 || channels%groups != 0 {
		return b.Fail(fmt.Errorf("graph: %s: %d groups of %d channels: want a divisor of %d",
			name, groups, channels, channels))
	}
	s := perChannel(x.Shape(), groups)
	if values := s.n * s.c / groups * s.spatial; values < 2 {
		return b.Fail(fmt.Errorf("graph: %s: its input has shape %v, one value per group, which has no variance",
			name, x.Shape()))
	}
	c := newSampleConfig(opts)
	if c.momentum != nil {
		return b.Fail(fmt.Errorf("graph: %s: TrackStats is for InstanceNorm", name))
	}
	return b.drawSampleNorm(Op{
		Kind: "GroupNorm", Name: name, Settings: []Setting{{"groups", groups, nil}},
		ONNX: groupNormONNX(s, c),
	}, x, c, tensor.Shape{channels}, s)
}

// InstanceNorm draws instance normalization: each channel of each sample of x, [N, C, L], [N, C, H, W] or [N, C, D, H,
// W], is normalised over its own values, of which there must be at least 2:
//
//	y = (x − mean)/√(var + eps)
//
// var is the biased variance. Training and evaluation programs compute the same without TrackStats. The options are Eps
// (default 1e-5), TrackStats and Affine, with which y is gamma·y + beta: the parameters are then name.weight (gamma,
// initially 1) and name.bias (beta, initially 0), [C].
//
// Ulyanov, Vedaldi and Lempitsky, Instance Normalization, 2016, arXiv:1607.08022. Defaults and results are those of
// PyTorch's InstanceNorm1d to InstanceNorm3d.
func (b *Builder) InstanceNorm(name string, x *Node, opts ...SampleNormOption) *Node {
	if !b.openNamed(name, x, 3, 4, 5) {
		return nil
	}
	c := newSampleConfig(append([]SampleNormOption{NoAffine()}, opts...))
	var running *normLayer
	if c.momentum != nil {
		var held *Node
		if running, held = b.instanceStats(name, x, c); running == nil || held != nil {
			return held
		}
	}
	s := perChannel(x.Shape(), x.Shape()[1])
	s.running = running
	if s.spatial < 2 {
		return b.Fail(fmt.Errorf("graph: %s: its input has shape %v, one value per channel, which has no variance",
			name, x.Shape()))
	}
	return b.drawSampleNorm(Op{
		Kind: "InstanceNorm", Name: name, Settings: []Setting{{"affine", c.affine, false}},
		ONNX: instanceNormONNX(s, c),
	}, x, c, tensor.Shape{s.c}, s)
}

// instanceStats draws the running statistics of an InstanceNorm. Where the layer normalises by them, instanceStats
// draws all of it and returns the result, held.
func (b *Builder) instanceStats(name string, x *Node, c sampleConfig) (running *normLayer, held *Node) {
	n := normLayer{
		normConfig: normConfig{momentum: *c.momentum, affineConfig: c.affineConfig}, b: b, name: "InstanceNorm " + name,
		shape: x.Shape(), inputs: []*Node{x}, held: b.frozen.holds(name) || b.mode == Eval,
	}
	if c.affine && !c.beta {
		b.Fail(fmt.Errorf("graph: %s: TrackStats and NoBeta: want one of the two", name))
	} else if err := n.check(); err != nil {
		b.Fail(fmt.Errorf("graph: %s: %w", name, err))
	}
	n.drawRunning(name)
	if b.err != nil {
		return nil, nil
	}
	if !n.held {
		return &n, nil
	}
	if c.affine {
		shape := tensor.Shape{x.Shape()[1]}
		n.inputs = append(n.inputs, b.Param(name+".weight", NormWeight, shape, Constant(1), Fan{}),
			b.Param(name+".bias", NormBias, shape, Constant(0), Fan{}))
	}
	o := n.alone(name)
	o.Kind, o.Settings, o.ONNX = "InstanceNorm", n.settings(), n.onnx(name)
	return &n, b.Op(o)
}
