package graph

import (
	"slices"

	"gorgonia.org/gorgonia"
)

func (r *torchRun) drawLoss() (*Node, error) {
	b := r.b
	classes := r.Kind == "cross_entropy" || r.Kind == "nll_loss"
	rank := 1
	if classes {
		rank = 2
	}
	x, back := r.batched("input", rank)
	reduction := r.text("reduction")
	if reduction == "" {
		reduction = "mean"
	}
	list := func(name string) []float64 {
		if r.has(name) {
			return r.Tensors[name].Data
		}
		return nil
	}
	var ignore []int32
	if classes {
		ignore = []int32{int32(r.whole("ignore_index", -100))}
	}
	weights, each := list("weight"), (*Node)(nil)
	if shape := r.Tensors["weight"].Shape; !classes && weights != nil {
		channels := 1
		if s := x.Shape(); len(s) > 1 {
			channels = s[1]
		}
		if len(weights) != 1 && (len(weights) != channels || len(x.Shape()) != 2) {
			if !slices.Equal(shape, x.Shape()) {
				return nil, unlike("weights that are broadcast")
			}
			each, weights = r.constant("weight", shape...), nil
		}
	}
	through := reduction
	if each != nil {
		through = noReduction
	}
	loss := map[string]Loss{
		"cross_entropy": CrossEntropy{
			Weights: weights, Ignore: ignore, LabelSmoothing: r.number("label_smoothing", 0), Reduction: through,
			Soft: r.Tensors["target"].Type == "float",
		},
		"nll_loss":       NLL{weights, ignore, through},
		"mse_loss":       MSE{through},
		"l1_loss":        L1{through},
		"huber_loss":     Huber{r.number("delta", 1), through},
		"smooth_l1_loss": SmoothL1{r.number("beta", 1), through},
		"kl_div":         KLDiv{r.is("log_target"), through},

		"binary_cross_entropy_with_logits": BCEWithLogits{weights, list("pos_weight"), through},
	}[r.Kind]
	if r.Kind == "smooth_l1_loss" && r.number("beta", 1) == 0 {
		loss = L1{through}
	}
	if l, ok := loss.(CrossEntropy); ok && l.Soft {
		l.Ignore = nil
		loss = l
	}
	y := loss.Draw(b, Results{b: b, outputs: map[string]*Node{"": x}})
	for _, f := range b.feeds {
		if ints, ok := f.value.Data().([]int32); ok {
			for i, v := range r.Tensors["target"].Data {
				ints[i] = int32(v)
			}
		} else {
			setFloats(f.value, r.Tensors["target"].Data)
			r.nodes["target"] = f.node
		}
	}
	if each != nil {
		y = b.Mul(y, each)
		if reduction != noReduction {
			y = b.Try(gorgonia.Sum(y))
		}
		if reduction == "mean" {
			y = b.Scale(b.Reshape(y, 1), 1/float64(x.Shape().TotalSize()))
		}
		return y, nil
	}
	if y == nil || y.IsScalar() {
		return y, nil
	}
	return back(y), nil
}
