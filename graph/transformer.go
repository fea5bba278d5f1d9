package graph

import "fmt"

// TransformerOption is a setting of TransformerEncoderLayer.
type TransformerOption func(*transformerConfig)

type transformerConfig struct {
	normFirst, gelu bool
	noBias          bool
	dropout, eps    float64
	attention       []AttentionOption
}

// NormFirst normalises what attention and the linear layers get, in place of the sums after them. Training is then
// steadier, and the model needs a LayerNorm behind its last layer.
//
// Xiong et al., On Layer Normalization in the Transformer Architecture, 2020, arXiv:2002.04745.
func NormFirst() TransformerOption { return func(c *transformerConfig) { c.normFirst = true } }

// WithGELU puts GELU between the linear layers. Default: ReLU.
func WithGELU() TransformerOption { return func(c *transformerConfig) { c.gelu = true } }

// TransformerDropout sets the probability, 0 ≤ p < 1, of all dropout in the layer. Default 0.1.
func TransformerDropout(p float64) TransformerOption {
	return func(c *transformerConfig) { c.dropout = p }
}

// TransformerEps sets eps of both LayerNorms. Default 1e-5.
func TransformerEps(eps float64) TransformerOption { return func(c *transformerConfig) { c.eps = eps } }

// TransformerNoBias leaves out every bias of the layer, LayerNorm's beta included: PyTorch's bias=False.
func TransformerNoBias() TransformerOption { return func(c *transformerConfig) { c.noBias = true } }

// Attend gives options to the attention: Causal, PairMask or KeyMask.
func Attend(opts ...AttentionOption) TransformerOption {
	return func(c *transformerConfig) { c.attention = append(c.attention, opts...) }
}

// TransformerEncoderLayer draws self-attention of several heads and two linear layers, the first of which has width
// outputs, each with a shortcut. x and the result are [N, T, C]:
//
//	x = norm1(x + dropout1(self_attn(x)))
//	x = norm2(x + dropout2(linear2(dropout(relu(linear1(x))))))
//
// and with NormFirst
//
//	x = x + dropout1(self_attn(norm1(x)))
//	x = x + dropout2(linear2(dropout(relu(linear1(norm2(x))))))
//
// The layers are named name.self_attn, name.linear1, name.linear2, name.norm1 and name.norm2, with the parameters of
// MultiHeadAttention, Linear and LayerNorm. The options are NormFirst, WithGELU, TransformerDropout (default 0.1),
// TransformerEps, TransformerNoBias and Attend. heads must divide C.
//
// Vaswani et al., Attention Is All You Need, 2017, arXiv:1706.03762, section 3.1. Names, defaults and results are those
// of PyTorch's TransformerEncoderLayer with batch_first, whose default of width is 2048.
func (b *Builder) TransformerEncoderLayer(name string, x *Node, heads, width int, opts ...TransformerOption) *Node {
	if b.err != nil {
		return nil
	}
	c := transformerConfig{dropout: 0.1, eps: 1e-5}
	for _, o := range opts {
		o(&c)
	}
	if x == nil || x.Dims() != 3 {
		var shape any = "nil"
		if x != nil {
			shape = fmt.Sprintf("of shape %v", x.Shape())
		}
		return b.Fail(fmt.Errorf("graph: %s: its input is %v, want [N, T, C]", name, shape))
	}
	norms, linear := []LayerNormOption{Eps(c.eps)}, []LinearOption(nil)
	if c.noBias {
		norms, linear = append(norms, NoBeta()), append(linear, NoBias())
		c.attention = append(c.attention, NoBias())
	}
	norm := func(which string, h *Node) *Node { return b.LayerNorm(name+"."+which, h, norms...) }
	attend := func(h *Node) *Node {
		options := append([]AttentionOption{AttentionDropout(c.dropout)}, c.attention...)
		h = b.MultiHeadAttention(name+".self_attn", h, h, h, heads, options...)
		return b.Dropout(name+".dropout1", h, c.dropout)
	}
	feed := func(h *Node) *Node {
		h = b.Linear(name+".linear1", h, width, linear...)
		if c.gelu {
			h = b.GELU(h)
		} else {
			h = b.ReLU(h)
		}
		h = b.Linear(name+".linear2", b.Dropout(name+".dropout", h, c.dropout), x.Shape()[2], linear...)
		return b.Dropout(name+".dropout2", h, c.dropout)
	}
	if c.normFirst {
		h := b.Add(x, attend(norm("norm1", x)))
		return b.Add(h, feed(norm("norm2", h)))
	}
	h := norm("norm1", b.Add(x, attend(x)))
	return norm("norm2", b.Add(h, feed(h)))
}
