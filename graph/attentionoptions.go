package graph

import (
	"errors"
	"fmt"

	"gorgonia.org/tensor"

	"anneal/internal/kernels/attention"
)

// AttentionOption is a setting of MultiHeadAttention.
type AttentionOption interface{ attention(*attentionConfig) }

// OnlyAttentionOption is a setting of MultiHeadAttention alone.
type OnlyAttentionOption func(*attentionConfig)

func (o OnlyAttentionOption) attention(c *attentionConfig) { o(c) }

func (o WeightOption) attention(c *attentionConfig) { o(&c.weightConfig) }

type attentionConfig struct {
	weightConfig
	causal            bool
	dropout           float64
	pairMask, keyMask *Node
	more              attention.More
}

// Causal lets query t see the keys 0 to t alone, as a network that predicts what follows needs it.
func Causal() OnlyAttentionOption { return func(c *attentionConfig) { c.causal = true } }

// PairMask adds mask to Q·Kᵀ/√(C/heads): [T, S], the same for every head, or [N·heads, T, S]. −Inf hides a key from a
// query. It is PyTorch's attn_mask of numbers. The gradient of mask is not computed.
func PairMask(mask *Node) OnlyAttentionOption { return func(c *attentionConfig) { c.pairMask = mask } }

// KeyMask hides keys from all queries of a sample, as those that only fill up a shorter sequence. mask is [N, S]:
// integers that are not 0 where a key is hidden, or numbers that are added, of which −Inf hides. It is PyTorch's
// key_padding_mask. The gradient of mask is not computed.
func KeyMask(mask *Node) OnlyAttentionOption { return func(c *attentionConfig) { c.keyMask = mask } }

// AttentionDropout drops weights after softmax with probability p, 0 ≤ p < 1, in training programs, and divides the
// others by 1−p: PyTorch's dropout of MultiheadAttention. Default 0.
func AttentionDropout(p float64) OnlyAttentionOption {
	return func(c *attentionConfig) { c.dropout = p }
}

// AddBiasKV adds to the projected keys of every sample one that is learned, name.bias_k, and to the values name.bias_v,
// both [1, 1, C] and initially sampled by XavierNormal. Every query sees it, whatever the masks. It is PyTorch's
// add_bias_kv=True.
func AddBiasKV() OnlyAttentionOption { return func(c *attentionConfig) { c.more.Bias = true } }

// AddZeroAttn adds to the projected keys and values of every sample one that is 0, which every query sees: PyTorch's
// add_zero_attn=True.
func AddZeroAttn() OnlyAttentionOption { return func(c *attentionConfig) { c.more.Zero = true } }

// check returns an error for inputs and settings that do not fit.
func (c *attentionConfig) check(b *Builder, q, k, v *Node, heads int) error {
	switch {
	case k == nil || v == nil:
		return errors.New("its keys or values are nil")
	case heads < 1 || q.Shape()[2]%heads != 0:
		return fmt.Errorf("%d heads: want a number that divides the %d channels of %v", heads, q.Shape()[2], q.Shape())
	case !(c.dropout >= 0 && c.dropout < 1):
		return fmt.Errorf("dropout probability %v: want 0 ≤ p < 1", c.dropout)
	case c.standardize || c.of != "" || c.node != nil:
		return errors.New("WeightOf, WeightNode and StandardizeWeight are for convolutions and Linear")
	}
	n, t := q.Shape()[0], q.Shape()[1]
	if s := k.Shape(); len(s) != 3 || s[0] != n {
		return fmt.Errorf("keys of shape %v: want [%d, S, K], as queries have shape %v", s, n, q.Shape())
	}
	if s := v.Shape(); len(s) != 3 || s[0] != n || s[1] != k.Shape()[1] {
		return fmt.Errorf("values of shape %v: want [%d, %d, V], as keys have shape %v", s, n, k.Shape()[1], k.Shape())
	}
	keys := k.Shape()[1]
	if c.pairMask != nil {
		all, each := tensor.Shape{t, keys}, tensor.Shape{n * heads, t, keys}
		if s := c.pairMask.Shape(); !s.Eq(all) && !s.Eq(each) {
			return fmt.Errorf("PairMask of shape %v: want %v or %v", s, all, each)
		}
		if b.dtypeOf(c.pairMask) == tensor.Int32 {
			return errors.New("PairMask of integers: want numbers, −Inf where a key is hidden")
		}
	}
	if c.keyMask != nil {
		if want := (tensor.Shape{n, keys}); !c.keyMask.Shape().Eq(want) {
			return fmt.Errorf("KeyMask of shape %v: want %v", c.keyMask.Shape(), want)
		}
	}
	return nil
}
