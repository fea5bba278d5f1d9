package export

import (
	"math"
	"slices"

	"anneal/graph"
)

// fold finds the layers that normalise by running statistics and become part of the layer before them: BatchNorms, and
// InstanceNorms that have such.
func (e *encoder) fold() {
	users := make(map[int]int)
	for _, l := range e.layers {
		for _, from := range l.Inputs {
			users[from]++
		}
	}
	for at, l := range e.layers {
		users[at] += len(l.Outputs)
	}
	for at, l := range e.layers {
		running := func(p *graph.Param) bool { return p.Kind() == graph.Buffer }
		norm := l.Kind == "BatchNorm" || l.Kind == "InstanceNorm"
		if !norm || len(l.Inputs) != 1 || l.Inputs[0] < 0 || !slices.ContainsFunc(l.Params, running) {
			continue
		}
		from := l.Inputs[0]
		before := e.layers[from]
		product := before.Kind == "Conv2D" || before.Kind == "Linear" && len(before.Shape) == 2
		if product && users[from] == 1 && e.owns(from) {
			e.norms[from], e.sources[at] = at, from
		}
	}
}

// owns reports whether layer number at has a weight that is a parameter and no other layer's.
func (e *encoder) owns(at int) bool {
	params := e.layers[at].Params
	if len(params) != len(e.layers[at].Takes)-1 {
		return false
	}
	for other, l := range e.layers {
		if other != at && slices.ContainsFunc(l.Params, func(p *graph.Param) bool { return slices.Contains(params, p) }) {
			return false
		}
	}
	return true
}

// foldNorm returns the weight and the bias of l, a Conv2D or Linear, with a BatchNorm in them. Every product is rounded
// as graph's fused programs round it.
func foldNorm(l, norm graph.Layer) []initializer {
	w := l.Params[0]
	weight := initializer{name: w.Name(), shape: w.Value().Shape(), data: float32s(w)}
	n := len(norm.Params)
	mean, variance := float32s(norm.Params[n-2]), float32s(norm.Params[n-1])
	gamma, beta := slices.Repeat([]float32{1}, len(mean)), make([]float32, len(mean))
	if n == 4 {
		gamma, beta = float32s(norm.Params[0]), float32s(norm.Params[1])
	}
	before := make([]float32, len(mean))
	if len(l.Params) == 2 {
		before = float32s(l.Params[1])
	}
	eps := norm.Setting("eps").(float64)
	bias := initializer{name: l.Name + ".bias", shape: []int{len(mean)}, data: make([]float32, len(mean))}
	size := len(weight.data) / len(beta)
	for o := range beta {
		scale := float32(1 / math.Sqrt(float64(variance[o])+eps) * float64(gamma[o]))
		for i := o * size; i < (o+1)*size; i++ {
			weight.data[i] *= scale
		}
		bias.data[o] = beta[o] + (before[o]-mean[o])*scale
	}
	return []initializer{weight, bias}
}

// initializer is a constant tensor of the file.
type initializer struct {
	name  string
	shape []int
	data  []float32

	indexes []int // a list of whole numbers, in place of data
}

// float32s returns a copy of a parameter's values, rounded if they are float64.
func float32s(p *graph.Param) []float32 {
	wide, ok := p.Value().Data().([]float64)
	if !ok {
		return slices.Clone(p.Value().Float32s())
	}
	v := make([]float32, len(wide))
	for i := range v {
		v[i] = float32(wide[i])
	}
	return v
}
