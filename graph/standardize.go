package graph

import (
	"fmt"
	"math"
)

// StandardizeWeight is weight standardization: the layer computes with
//
//	weight' = (weight − mean)/√(var + 1e-5)
//
// in place of its weight, where mean and the biased variance are those of the weights of one output channel. The
// parameter keeps its name and its values. It is for Conv2D and Linear before a GroupNorm, which with it does as well
// on small batches as BatchNorm does on large ones.
//
// Qiao, Wang, Liu, Shen and Yuille, Micro-Batch Training with Batch-Channel Normalization and Weight Standardization,
// 2019, arXiv:1903.10520.
func StandardizeWeight() WeightOption { return func(c *weightConfig) { c.standardize = true } }

const standardizeEps = 1e-5

// standardized draws a layer's weight, [out, ...], as StandardizeWeight says.
func (b *Builder) standardized(name string, w *Node) *Node {
	if b.err != nil {
		return nil
	}
	shape := w.Shape()
	s := sampleNorm{n: shape[0], c: 1, spatial: shape.TotalSize() / shape[0], groups: 1}
	if s.spatial < 2 {
		return b.Fail(fmt.Errorf("graph: %s: its weight has shape %v, one value per output, which has no variance",
			name, shape))
	}
	s.Eps = standardizeEps
	return b.Op(Op{
		Kind: "WeightStandardization", Inputs: []*Node{w}, Shape: shape, Reads: []int{0, Result},
		Float32: func() Plan[float32] { return samplePlan[float32](s) },
		Float64: func() Plan[float64] { return samplePlan[float64](s) },
		ONNX: func(to ONNX, in []string) (string, error) {
			values, _, ok := to.Values(in[0])
			if !ok {
				return "", fmt.Errorf("layer %s: its standardized weight is computed from inputs", name)
			}
			return to.Tensor(name+".standardized_weight", shape, standardize(values, s.spatial)), nil
		},
	})
}

// standardize returns the standardized rows of w, of so many values each.
func standardize(w []float32, size int) []float32 {
	out := make([]float32, 0, len(w))
	for from := 0; from < len(w); from += size {
		row := w[from:][:size]
		var mean, variance float64
		for _, v := range row {
			mean += float64(v) / float64(size)
		}
		for _, v := range row {
			variance += (float64(v) - mean) * (float64(v) - mean) / float64(size)
		}
		for _, v := range row {
			out = append(out, float32((float64(v)-mean)/math.Sqrt(variance+standardizeEps)))
		}
	}
	return out
}
