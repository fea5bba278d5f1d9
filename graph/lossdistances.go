package graph

import (
	"cmp"

	"anneal/internal/kernels/loss"
	"anneal/internal/spec"
)

// MSE is the mean squared error, (x − t)² for each number x of the output and its target t. Output and target have one
// shape. It is PyTorch's MSELoss.
type MSE struct {
	Reduction string // "mean" or "sum" over the elements, or "none"; "": "mean"
}

// L1 is the mean absolute error, |x − t|. Its gradient where x = t is 0. It is PyTorch's L1Loss.
type L1 struct {
	Reduction string // "mean" or "sum" over the elements, or "none"; "": "mean"
}

// Huber is (x − t)²/2 where |x − t| ≤ Delta, and Delta·(|x − t| − Delta/2) elsewhere, which outliers pull less than
// MSE. It is PyTorch's HuberLoss. Huber, 1964, Robust estimation of a location parameter.
type Huber struct {
	Delta     float64 // above 0; 0: 1
	Reduction string  // "mean" or "sum" over the elements, or "none"; "": "mean"
}

// SmoothL1 is (x − t)²/(2·Beta) where |x − t| < Beta, and |x − t| − Beta/2 elsewhere. It is PyTorch's SmoothL1Loss.
// Girshick, 2015, Fast R-CNN, arXiv:1504.08083, eq. 3.
type SmoothL1 struct {
	Beta      float64 // above 0; 0: 1
	Reduction string  // "mean" or "sum" over the elements, or "none"; "": "mean"
}

// KLDiv is the Kullback-Leibler divergence of the output's distributions, given by their logarithms x, from the
// target's, t·(log t − x). The target has probabilities, or with LogTarget their logarithms. It is PyTorch's KLDivLoss:
// "mean" divides by the number of elements, and "batchmean", which is the mathematical definition, by that of samples.
type KLDiv struct {
	LogTarget bool
	Reduction string // "mean", "sum", "batchmean" or "none"; "": "mean"
}

func (l *MSE) settings() []spec.Setting { return []spec.Setting{reductionSetting(&l.Reduction)} }

func (l *L1) settings() []spec.Setting { return []spec.Setting{reductionSetting(&l.Reduction)} }

func (l *Huber) settings() []spec.Setting {
	l.Delta = cmp.Or(l.Delta, 1)
	return []spec.Setting{reductionSetting(&l.Reduction), spec.Optional("delta", &l.Delta, 1).Above(0)}
}

func (l *SmoothL1) settings() []spec.Setting {
	l.Beta = cmp.Or(l.Beta, 1)
	return []spec.Setting{reductionSetting(&l.Reduction), spec.Optional("beta", &l.Beta, 1).Above(0)}
}

func (l *KLDiv) settings() []spec.Setting {
	return []spec.Setting{
		reductionSetting(&l.Reduction, "batchmean"), spec.Optional("log_target", &l.LogTarget, false),
	}
}

// String returns PyTorch's call.
func (l MSE) String() string { return spec.Format("MSELoss", l.settings()...) }

// String returns PyTorch's call.
func (l L1) String() string { return spec.Format("L1Loss", l.settings()...) }

// String returns PyTorch's call.
func (l Huber) String() string { return spec.Format("HuberLoss", l.settings()...) }

// String returns PyTorch's call.
func (l SmoothL1) String() string { return spec.Format("SmoothL1Loss", l.settings()...) }

// String returns PyTorch's call.
func (l KLDiv) String() string { return spec.Format("KLDivLoss", l.settings()...) }

// Draw draws the loss.
func (l MSE) Draw(b *Builder, r Results) *Node {
	return distance(b, r, "MSELoss", l.settings(), loss.Squared, 0, l.Reduction)
}

// Draw draws the loss.
func (l L1) Draw(b *Builder, r Results) *Node {
	return distance(b, r, "L1Loss", l.settings(), loss.Absolute, 0, l.Reduction)
}

// Draw draws the loss.
func (l Huber) Draw(b *Builder, r Results) *Node {
	settings := l.settings()
	return distance(b, r, "HuberLoss", settings, loss.Huber, l.Delta, l.Reduction)
}

// Draw draws the loss.
func (l SmoothL1) Draw(b *Builder, r Results) *Node {
	settings := l.settings()
	return distance(b, r, "SmoothL1Loss", settings, loss.SmoothL1, l.Beta, l.Reduction)
}

func distance(
	b *Builder, r Results, name string, settings []spec.Setting, d loss.Distance, threshold float64, reduction string,
) *Node {
	y := r.Result()
	if y == nil {
		return nil
	}
	n, channels, inner := layout(y)
	size, by, each := channels*inner, reductions[reduction], reduction == noReduction
	if each {
		n, size = n*size, 1
	}
	return lossOp{
		name: name, settings: settings, sum: reduction == sumReduction, each: each,
		float32: func() *loss.Plan[float32] { return loss.NewDistance[float32](d, threshold, n, size, by) },
		float64: func() *loss.Plan[float64] { return loss.NewDistance[float64](d, threshold, n, size, by) },
	}.draw(b, r)
}

// Draw draws the loss.
func (l KLDiv) Draw(b *Builder, r Results) *Node {
	y := r.Result()
	if y == nil {
		return nil
	}
	n, channels, inner := layout(y)
	size, by, each := channels*inner, reductions[l.Reduction], l.Reduction == noReduction
	if each {
		n, size = n*size, 1
	}
	return lossOp{
		name: "KLDivLoss", settings: l.settings(), sum: l.Reduction == sumReduction, each: each,
		float32: func() *loss.Plan[float32] { return loss.NewKLDiv[float32](n, size, l.LogTarget, by) },
		float64: func() *loss.Plan[float64] { return loss.NewKLDiv[float64](n, size, l.LogTarget, by) },
	}.draw(b, r)
}
