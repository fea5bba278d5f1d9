package graph

import (
	"fmt"

	"anneal/internal/kernels/loss"
	"anneal/internal/spec"
)

// CrossEntropy is the cross-entropy of softmax(logits) along axis 1 with the target distribution t, in nats:
//
//	−Σ_c w_c·((1 − s)·t_c + s/classes)·log softmax(logits)_c
//
// The output is [N, classes] or [N, classes, d1, ...], and the labels are [N] or [N, d1, ...]. A mean is Σ l / Σ w of
// the labels. With Soft, the target is the probability of each class, in the output's shape, and a mean is over the
// elements. It is PyTorch's CrossEntropyLoss, except that a label of -100 is an error unless Ignore has it: a wrong
// label would otherwise go unnoticed. The zero value is what Compile draws without a loss.
type CrossEntropy struct {
	Weights        []float64 // w, one per class; nil: all are 1
	Ignore         []int32   // labels of elements that do not count, PyTorch's ignore_index; nil: none
	LabelSmoothing float64   // s, 0 ≤ s < 1
	Soft           bool      // the target has probabilities
	Reduction      string    // "mean" or "sum" over the elements, or "none"; "": "mean"
}

func (l *CrossEntropy) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("weight", &l.Weights, nil), ignoreSetting(l.Ignore), reductionSetting(&l.Reduction),
		spec.Optional("label_smoothing", &l.LabelSmoothing, 0).AtLeast(0).Below(1), spec.Optional("soft", &l.Soft, false),
	}
}

// ignoreSetting declares labels that do not count.
func ignoreSetting(labels []int32) spec.Setting {
	var list []int
	for _, l := range labels {
		list = append(list, int(l))
	}
	return spec.Optional("ignore_index", &list, nil)
}

// String returns PyTorch's call.
func (l CrossEntropy) String() string { return spec.Format("CrossEntropyLoss", l.settings()...) }

// plain reports whether l has no setting but the smoothing.
func (l CrossEntropy) plain() bool {
	return l.Weights == nil && l.Ignore == nil && !l.Soft && (l.Reduction == "" || l.Reduction == "mean")
}

// Draw draws the loss.
func (l CrossEntropy) Draw(b *Builder, r Results) *Node {
	y := r.Result()
	if y != nil && y.Dims() == 2 && l.plain() && r.on.SampleWeights == "" {
		return b.CrossEntropy(y, r.Labels(), l.LabelSmoothing)
	}
	n, c := b.classesOf(l.String(), y, l.Weights)
	c.Ignore, c.Smoothing, c.Soft = l.Ignore, l.LabelSmoothing, l.Soft
	each := l.Reduction == noReduction
	if each {
		n, c.Inner = n*c.Inner, 1
	}
	return lossOp{
		name: "CrossEntropyLoss", settings: l.settings(), sum: l.Reduction == sumReduction, each: each,
		labels: !l.Soft, classes: c.Count, ignore: l.Ignore,
		float32: func() *loss.Plan[float32] { return loss.NewCrossEntropy[float32](n, c, reductions[l.Reduction]) },
		float64: func() *loss.Plan[float64] { return loss.NewCrossEntropy[float64](n, c, reductions[l.Reduction]) },
	}.draw(b, r)
}

// NLL is the negative of the output at the label, times the weight of the label's class: the negative log-likelihood of
// a model whose output has the logarithms of probabilities, such as of Builder.LogSoftMax. Shapes and the mean are
// those of CrossEntropy. It is PyTorch's NLLLoss.
type NLL struct {
	Weights   []float64 // one per class; nil: all are 1
	Ignore    []int32   // labels of elements that do not count
	Reduction string    // "mean" or "sum" over the elements, or "none"; "": "mean"
}

func (l *NLL) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("weight", &l.Weights, nil), ignoreSetting(l.Ignore), reductionSetting(&l.Reduction),
	}
}

// String returns PyTorch's call.
func (l NLL) String() string { return spec.Format("NLLLoss", l.settings()...) }

// Draw draws the loss.
func (l NLL) Draw(b *Builder, r Results) *Node {
	n, c := b.classesOf(l.String(), r.Result(), l.Weights)
	c.Ignore = l.Ignore
	each := l.Reduction == noReduction
	if each {
		n, c.Inner = n*c.Inner, 1
	}
	return lossOp{
		name: "NLLLoss", settings: l.settings(), sum: l.Reduction == sumReduction, each: each,
		labels: true, classes: c.Count, ignore: l.Ignore,
		float32: func() *loss.Plan[float32] { return loss.NewNLL[float32](n, c, reductions[l.Reduction]) },
		float64: func() *loss.Plan[float64] { return loss.NewNLL[float64](n, c, reductions[l.Reduction]) },
	}.draw(b, r)
}

// classesOf returns the number of samples and the layout of y, which a loss of classes is on.
func (b *Builder) classesOf(what string, y *Node, weights []float64) (n int, c loss.Classes) {
	switch {
	case b.err != nil || y == nil:
	case y.Dims() < 2:
		b.Fail(fmt.Errorf("graph: %s on an output of shape %v: want [N, classes, ...]", what, y.Shape()))
	case weights != nil && len(weights) != y.Shape()[1]:
		b.Fail(fmt.Errorf("graph: %s: got %d weights, want %d, one per class", what, len(weights), y.Shape()[1]))
	default:
		n, c.Count, c.Inner = layout(y)
		c.Weights = weights
	}
	return n, c
}

// BCEWithLogits is the cross-entropy of the sigmoid of each number x of the output with its target t, 0 to 1, for one
// question of yes or no, or several at once:
//
//	w·((1 − t)·x + (1 + (p − 1)·t)·log(1 + e⁻ˣ))
//
// The output is [N], [N, C] or [N, C, d1, ...], and so is the target. It is PyTorch's BCEWithLogitsLoss, of which the
// mean is over the elements whatever their w.
type BCEWithLogits struct {
	Weights   []float64 // w, one for each place of axis 1, or one for all; nil: 1
	PosWeight []float64 // p, likewise: what a positive target counts against a negative one
	Reduction string    // "mean" or "sum" over the elements, or "none"; "": "mean"
}

func (l *BCEWithLogits) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("weight", &l.Weights, nil), reductionSetting(&l.Reduction),
		spec.Optional("pos_weight", &l.PosWeight, nil),
	}
}

// String returns PyTorch's call.
func (l BCEWithLogits) String() string { return spec.Format("BCEWithLogitsLoss", l.settings()...) }

// Draw draws the loss.
func (l BCEWithLogits) Draw(b *Builder, r Results) *Node {
	y := r.Result()
	if y == nil {
		return nil
	}
	n, c, inner := layout(y)
	w, p := l.Weights, l.PosWeight
	for _, list := range []*[]float64{&w, &p} {
		switch given := *list; {
		case len(given) == 1:
			*list = make([]float64, c)
			for i := range *list {
				(*list)[i] = given[0]
			}
		case given != nil && len(given) != c:
			return b.Fail(fmt.Errorf("graph: %v: got %d weights, want 1 or %d, one for each place of axis 1", l, len(given), c))
		}
	}
	if l.Reduction == noReduction {
		return lossOp{
			name: "BCEWithLogitsLoss", settings: l.settings(), each: true,
			float32: func() *loss.Plan[float32] { return loss.NewBinaryEach[float32](n, c, inner, p, w) },
			float64: func() *loss.Plan[float64] { return loss.NewBinaryEach[float64](n, c, inner, p, w) },
		}.draw(b, r)
	}
	return lossOp{
		name: "BCEWithLogitsLoss", settings: l.settings(), sum: l.Reduction == sumReduction,
		float32: func() *loss.Plan[float32] { return loss.NewBinary[float32](n, c, inner, p, w, reductions[l.Reduction]) },
		float64: func() *loss.Plan[float64] { return loss.NewBinary[float64](n, c, inner, p, w, reductions[l.Reduction]) },
	}.draw(b, r)
}
