package graph

import (
	"fmt"

	"gorgonia.org/tensor"

	"anneal/internal/kernels/attention"
	"anneal/internal/stream"
)

// MultiHeadAttention draws scaled dot-product attention of several heads. q is [N, T, C], the queries of each sample; k
// and v are [N, S, K] and [N, S, V], its keys and values, and for self-attention all three are one node. The result is
// [N, T, C]:
//
//	concat over heads of softmax(Q·Kᵀ/√(C/heads) + mask)·V, times out_proj.weightᵀ, plus out_proj.bias
//	Q, K, V = q, k, v times the rows of in_proj_weightᵀ, plus in_proj_bias; each head has C/heads of their columns
//
// The parameters are name.in_proj_weight, [3·C, C], name.in_proj_bias, [3·C], name.out_proj.weight, [C, C], and
// name.out_proj.bias, [C]. Where K or V is not C, name.q_proj_weight, [C, C], name.k_proj_weight, [C, K], and
// name.v_proj_weight, [C, V], take the place of in_proj_weight: PyTorch's kdim and vdim. At first in_proj_weight is
// sampled by XavierUniform, out_proj.weight by DefaultInit, and the biases are 0. The options are Causal, PairMask,
// KeyMask, AddBiasKV, AddZeroAttn, AttentionDropout (default 0), NoBias, InitWeight and InitBias. heads must divide C.
//
// Vaswani et al., Attention Is All You Need, 2017, arXiv:1706.03762, section 3.2. Names, defaults and results are those
// of PyTorch's MultiheadAttention with batch_first. A query that sees no key gets 0 in place of the sum of values, as
// in PyTorch's scaled_dot_product_attention.
func (b *Builder) MultiHeadAttention(name string, q, k, v *Node, heads int, opts ...AttentionOption) *Node {
	if !b.openNamed(name, q, 3) {
		return nil
	}
	c := attentionConfig{weightConfig: weightConfig{bias: true, initBias: Constant(0)}}
	for _, o := range opts {
		o.attention(&c)
	}
	if err := c.check(b, q, k, v, heads); err != nil {
		return b.Fail(fmt.Errorf("graph: %s: %w", name, err))
	}
	a := attentionLayer{
		attentionConfig: c, name: name, width: q.Shape()[2],
		Shape: attention.Shape{
			N: q.Shape()[0], Heads: heads, Queries: q.Shape()[1], Keys: k.Shape()[1], Dim: q.Shape()[2] / heads,
			Causal: c.causal,
		},
	}
	if b.mode == Eval {
		a.dropout = 0
	}
	a.draw(b, q, k, v)
	if b.err != nil {
		return nil
	}
	for _, mask := range a.masks() {
		if b.learned(a.inputs[mask]) {
			return b.Fail(fmt.Errorf("graph: %s: a mask depends on a parameter: want constants and inputs alone", name))
		}
	}
	return b.Op(Op{
		Kind: "MultiHeadAttention", Name: name, Inputs: a.inputs, Shape: q.Shape(), Reads: a.reads(), FLOPs: a.flops(),
		Float32:  func() Plan[float32] { return attentionPlan[float32](b, a) },
		Float64:  func() Plan[float64] { return attentionPlan[float64](b, a) },
		Settings: []Setting{{"heads", heads, nil}, {"causal", c.causal, false}},
		fixed:    a.masks(),
		ONNX:     a.onnx,
	})
}

// attentionLayer is a MultiHeadAttention that is being drawn.
type attentionLayer struct {
	attention.Shape
	attentionConfig
	name  string
	width int // C

	inputs    []*Node // the query, the key and the value, each once, then the parameters and the masks
	sequences int     // how many the first are
	takes     attention.Inputs
	weights   map[string]int // places of the parameters, by their names after the layer's
	pairs     int            // places of the masks; 0: there is none
	keys      int
	hides     bool      // the mask of keys is of integers
	randomKey [3]uint64 // of dropout
}

// draw draws the parameters and lists the inputs.
func (a *attentionLayer) draw(b *Builder, q, k, v *Node) {
	c := a.width
	if kdim, vdim := k.Shape()[2], v.Shape()[2]; kdim != c || vdim != c {
		a.takes.Widths = [2]int{kdim, vdim}
	}
	a.takes.More = a.more
	a.inputs = []*Node{q}
	for i, n := range []*Node{k, v} {
		if n != a.inputs[len(a.inputs)-1] || a.takes.Apart() {
			a.inputs = append(a.inputs, n)
		}
		a.takes.Of[i+1] = len(a.inputs) - 1
	}
	a.sequences, a.weights = len(a.inputs), make(map[string]int)
	initIn, initOut := XavierUniform, DefaultInit
	if a.initWeight != nil {
		initIn, initOut = a.initWeight, a.initWeight
	}
	param := func(name string, kind Kind, init Init, fan Fan, shape ...int) {
		a.weights[name] = len(a.inputs)
		a.inputs = append(a.inputs, b.Param(a.name+"."+name, kind, shape, init, fan))
	}
	in, out := Fan{In: c, Out: 3 * c}, Fan{In: c, Out: c}
	if w := a.takes.Widths; a.takes.Apart() {
		param("q_proj_weight", Weight, initIn, out, c, c)
		param("k_proj_weight", Weight, initIn, Fan{In: w[0], Out: c}, c, w[0])
		param("v_proj_weight", Weight, initIn, Fan{In: w[1], Out: c}, c, w[1])
	} else {
		param("in_proj_weight", Weight, initIn, in, 3*c, c)
	}
	if a.bias {
		param("in_proj_bias", Bias, a.initBias, in, 3*c)
	}
	if a.more.Bias {
		param("bias_k", Bias, XavierNormal, Fan{In: c, Out: c}, 1, 1, c)
		param("bias_v", Bias, XavierNormal, Fan{In: c, Out: c}, 1, 1, c)
	}
	param("out_proj.weight", Weight, initOut, out, c, c)
	if a.bias {
		param("out_proj.bias", Bias, a.initBias, out, c)
	}
	if a.pairMask != nil {
		a.pairs = len(a.inputs)
		a.inputs = append(a.inputs, a.pairMask)
	}
	if a.keyMask != nil {
		a.keys = len(a.inputs)
		a.inputs = append(a.inputs, a.keyMask)
		a.hides = b.dtypeOf(a.keyMask) == tensor.Int32
	}
	source := stream.New(b.params.seed, "attention", a.name)
	for i := range a.randomKey {
		a.randomKey[i] = source.Uint64()
	}
}

// masks returns the places of the masks.
func (a *attentionLayer) masks() []int {
	var places []int
	for _, i := range []int{a.pairs, a.keys} {
		if i > 0 {
			places = append(places, i)
		}
	}
	return places
}

// reads lists what the gradient needs: all but the masks. Result is among it so that Forward runs first.
func (a *attentionLayer) reads() []int {
	reads := []int{Result}
	for i := range len(a.inputs) - len(a.masks()) {
		reads = append(reads, i)
	}
	return reads
}

// flops counts the products: four projections, scores, and sums of values.
func (a *attentionLayer) flops() int64 {
	queries, keys := int64(a.N*a.Queries), int64(a.N*a.Keys)
	width := int64(a.width)
	kdim, vdim := width, width
	if a.takes.Apart() {
		kdim, vdim = int64(a.takes.Widths[0]), int64(a.takes.Widths[1])
	}
	seen := int64(a.Keys + a.more.Count())
	return 4*queries*width*width + 2*keys*width*(kdim+vdim) + 4*queries*seen*width
}
