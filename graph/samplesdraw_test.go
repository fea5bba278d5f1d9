package graph

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gorgonia.org/gorgonia"
)

// number returns the setting of that name, or unset where it has none.
func (r *torchRun) number(name string, unset float64) float64 {
	if v, ok := r.Args[name].(float64); ok {
		return v
	}
	return unset
}

func (r *torchRun) whole(name string, unset int) int { return int(r.number(name, float64(unset))) }

func (r *torchRun) is(name string) bool { return r.Args[name] == true }

func (r *torchRun) text(name string) string {
	text, _ := r.Args[name].(string)
	return text
}

// list returns a setting that is a list of whole numbers, or one of them.
func (r *torchRun) list(name string) []int {
	switch v := r.Args[name].(type) {
	case float64:
		return []int{int(v)}
	case []any:
		list := make([]int, len(v))
		for i, n := range v {
			if f, ok := n.(float64); ok {
				list[i] = int(f)
			}
		}
		return list
	}
	return nil
}

// pair returns the setting of that name, for each of two axes: one number stands for both.
func (r *torchRun) pair(name string, unset int) [2]int {
	switch l := r.list(name); len(l) {
	case 1:
		return [2]int{l[0], l[0]}
	case 2:
		return [2]int(l)
	}
	return [2]int{unset, unset}
}

// batched draws the input with axes of 1 in front, so that it has rank axes, and returns how to take them away.
func (r *torchRun) batched(name string, rank int) (*Node, func(*Node) *Node) {
	shape := slices.Clone(r.Tensors[name].Shape)
	missing := max(rank-len(shape), 0)
	for range missing {
		shape = slices.Insert(shape, 0, 1)
	}
	return r.input(name, shape...), func(y *Node) *Node {
		if y == nil || missing == 0 || y.Dims() <= missing {
			return y
		}
		return r.b.Reshape(y, y.Shape()[missing:]...)
	}
}

// axis returns an axis of the input, counted from 0.
func (r *torchRun) axis(name string, unset int) int {
	at := r.whole(name, unset)
	if rank := max(1, len(r.Tensors["input"].Shape)); at < 0 {
		at += rank
	}
	return at
}

// draw draws the sample's layer, and returns its results.
func (r *torchRun) draw() ([]*Node, error) {
	one := func(n *Node) ([]*Node, error) { return []*Node{n}, nil }
	b := r.b
	switch kind := r.Kind; kind {
	case "conv1d", "conv2d", "conv_transpose1d", "conv_transpose2d":
		return one(r.drawConv())
	case "max_pool1d", "max_pool2d", "avg_pool1d", "avg_pool2d":
		return one(r.drawPool())
	case "batch_norm", "instance_norm", "layer_norm", "group_norm", "rms_norm":
		n, err := r.drawNorm()
		return []*Node{n}, err
	case "linear":
		x, back := r.batched("input", 2)
		opts := []LinearOption{}
		if !r.has("bias") {
			opts = append(opts, NoBias())
		}
		return one(back(b.Linear("layer", x, r.Tensors["weight"].Shape[0], opts...)))
	case "embedding":
		n, err := r.drawEmbedding()
		return []*Node{n}, err
	case "softmax":
		return one(b.SoftMax(r.input("input"), r.axis("dim", 0)))
	case "log_softmax":
		return one(b.LogSoftMax(r.input("input"), r.axis("dim", 0)))
	case "pad":
		return one(r.drawPad())
	case "interpolate", "upsample_nearest", "upsample_bilinear":
		n, err := r.drawUpsample()
		return []*Node{n}, err
	case "cat":
		return one(r.drawConcat())
	case "split":
		axis, sizes := r.whole("dim", 0), r.list("sizes")
		return b.Split(r.input("input"), axis, sizes...), nil
	case "rnn", "gru", "lstm":
		return r.drawRecurrent()
	case "multiheadattention", "multi_head_attention_forward":
		n, err := r.drawAttention()
		return []*Node{n}, err
	case "encoder_layer":
		n, err := r.drawEncoder()
		return []*Node{n}, err
	}
	switch {
	case r.Family == "loss":
		n, err := r.drawLoss()
		return []*Node{n}, err
	case r.Family == "activation":
		return one(r.drawActivation())
	case strings.HasPrefix(r.Kind, "adaptive"):
		return one(r.drawAdaptive())
	}
	return nil, fmt.Errorf("unknown kind")
}

// constant draws a mask, where true is −Inf.
func (r *torchRun) constant(name string, shape ...int) *Node {
	v := r.Tensors[name]
	d := zeros(r.b.params.dtype, shape)
	values := slices.Clone([]float64(v.Data))
	if v.Type == "bool" {
		for i, hidden := range values {
			values[i] = 0
			if hidden != 0 {
				values[i] = math.Inf(-1)
			}
		}
	}
	setFloats(d, values)
	return gorgonia.NodeFromAny(r.b.g, d, gorgonia.WithName(name))
}
