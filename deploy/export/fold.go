package export

import (
	"math"

	"anneal/graph"
)

// fold finds the BatchNorms that become part of the layer before them.
func (e *encoder) fold() {
	users := make(map[int]int)
	for _, l := range e.layers {
		for _, from := range l.Inputs {
			users[from]++
		}
	}
	for at, l := range e.layers {
		if l.Kind != "BatchNorm" || len(l.Inputs) != 1 || l.Inputs[0] < 0 {
			continue
		}
		from := l.Inputs[0]
		if kind := e.layers[from].Kind; (kind == "Conv2D" || kind == "Linear") && users[from] == 1 {
			e.norms[from], e.sources[at] = at, from
		}
	}
}

// foldNorm returns the weight and the bias of the layer called name with a BatchNorm in them. layer holds its weight
// and, if it has one, its bias; norm holds gamma, beta, mean and variance. Every product is rounded as graph's fused
// programs round it.
func foldNorm(name string, layer, norm []initializer, eps float64) []initializer {
	weight := initializer{name: layer[0].name, shape: layer[0].shape, data: make([]float32, len(layer[0].data))}
	gamma, beta, mean, variance := norm[0].data, norm[1].data, norm[2].data, norm[3].data
	bias := initializer{name: name + ".bias", shape: norm[1].shape, data: make([]float32, len(beta))}
	size := len(weight.data) / len(beta)
	for o := range beta {
		scale := float32(1 / math.Sqrt(float64(variance[o])+eps) * float64(gamma[o]))
		for i := o * size; i < (o+1)*size; i++ {
			weight.data[i] = layer[0].data[i] * scale
		}
		var before float32
		if len(layer) == 2 {
			before = layer[1].data[o]
		}
		bias.data[o] = beta[o] + (before-mean[o])*scale
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

// constants returns a layer's parameters as its ONNX operator takes them. A BatchNorm without gamma and beta gets ones
// and zeros.
func constants(l graph.Layer) []initializer {
	var tensors []initializer
	for _, p := range l.Params {
		tensors = append(tensors, initializer{name: p.Name(), shape: p.Value().Shape(), data: float32s(p)})
	}
	if l.Kind == "BatchNorm" && len(tensors) == 2 {
		shape := tensors[0].shape
		gamma, beta := make([]float32, shape[0]), make([]float32, shape[0])
		for i := range gamma {
			gamma[i] = 1
		}
		tensors = append([]initializer{
			{name: l.Name + ".weight", shape: shape, data: gamma}, {name: l.Name + ".bias", shape: shape, data: beta},
		}, tensors...)
	}
	return tensors
}

// float32s returns a parameter's values, rounded if they are float64.
func float32s(p *graph.Param) []float32 {
	wide, ok := p.Value().Data().([]float64)
	if !ok {
		return p.Value().Float32s()
	}
	v := make([]float32, len(wide))
	for i := range v {
		v[i] = float32(wide[i])
	}
	return v
}
