package graph

import (
	"fmt"

	"gorgonia.org/tensor"

	"anneal/internal/kernels/norm"
)

// LayerNorm draws layer normalization over the last axis of x, [..., C], or over its last axes, as Over says:
//
//	y = gamma·(x − mean)/√(var + eps) + beta
//
// mean and var, which is the biased variance, are those of the values on these axes, for each place on the axes before
// them. gamma and beta are learned, one of each for every place on the normalised axes. The first axis, that of the
// samples, is never normalised. Training and evaluation programs compute the same.
//
// The parameters are name.weight (gamma, initially 1) and name.bias (beta, initially 0), of the normalised axes' shape.
// The options are Over, PerChannel, Eps (default 1e-5), NoAffine and NoBeta.
//
// Ba, Kiros and Hinton, Layer Normalization, 2016, arXiv:1607.06450. Defaults and results are those of PyTorch's
// LayerNorm, whose normalized_shape is that of the last axes.
func (b *Builder) LayerNorm(name string, x *Node, opts ...LayerNormOption) *Node {
	return b.layerNorm("LayerNorm", name, x, 1e-5, opts)
}

// RMSNorm draws root-mean-square normalization over the last axis of x, or over its last axes, as Over says:
//
//	y = gamma·x/√(mean(x²) + eps)
//
// It is LayerNorm without the mean and without beta. The parameter is name.weight (gamma, initially 1). The options are
// those of LayerNorm. The default of eps is the distance from 1 to the next number of the parameters' type: 2⁻²³ in
// float32, and 2⁻⁵² in float64.
//
// Zhang and Sennrich, Root Mean Square Layer Normalization, 2019, arXiv:1910.07467. Defaults and results are those of
// PyTorch's RMSNorm.
func (b *Builder) RMSNorm(name string, x *Node, opts ...LayerNormOption) *Node {
	eps := 0x1p-23
	if b.params.dtype == tensor.Float64 {
		eps = 0x1p-52
	}
	return b.layerNorm("RMSNorm", name, x, eps, append([]LayerNormOption{NoBeta()}, opts...))
}

func (b *Builder) layerNorm(kind, name string, x *Node, eps float64, opts []LayerNormOption) *Node {
	if !b.openNamed(name, x) {
		return nil
	}
	c := layerNormConfig{sampleConfig: newSampleConfig([]SampleNormOption{Eps(eps)}), axes: 1}
	for _, o := range opts {
		o.layerNorm(&c)
	}
	shape := x.Shape()
	switch rank := len(shape); {
	case rank < 2:
		return b.Fail(fmt.Errorf("graph: %s: its input has shape %v, want at least two axes", name, shape))
	case c.axes < 1 || c.axes >= rank:
		return b.Fail(fmt.Errorf("graph: %s: over %d axes of shape %v: want 1 to %d", name, c.axes, shape, rank-1))
	}
	o := Op{Kind: kind, Name: name}
	settings := norm.Settings{RMS: kind == "RMSNorm"}
	if c.perChannel {
		s := perChannel(shape, 1)
		s.Settings = settings
		o.Settings = []Setting{{"per channel", true, false}}
		o.ONNX = groupNormONNX(s, c.sampleConfig)
		return b.drawSampleNorm(o, x, c.sampleConfig, tensor.Shape{s.c}, s)
	}
	normalized := shape[len(shape)-c.axes:].Clone()
	s := sampleNorm{Settings: settings, c: normalized.TotalSize(), elementwise: true}
	s.n = shape.TotalSize() / s.c
	o.Settings = []Setting{{"over", []int(normalized), nil}}
	o.ONNX = layerNormONNX(s, c.sampleConfig, normalized)
	return b.drawSampleNorm(o, x, c.sampleConfig, normalized, s)
}
