package train

import (
	"math"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/internal/percentile"
	"anneal/metrics"
	"anneal/runs"
)

// measureLayer measures a layer as the last run of its program left it.
func measureLayer(l *graph.Watched) runs.LayerDiagnostics {
	d := runs.LayerDiagnostics{Layer: l.Name, Kind: l.Kind}
	switch z := l.Value().Data().(type) {
	case []float32:
		measureResult(&d, l, z)
	case []float64:
		measureResult(&d, l, z)
	}
	squares, any := 0.0, false
	for _, w := range watchedWeights(l) {
		any = true
		for _, v := range graph.Float64s(w) {
			squares += v * v
		}
	}
	if any {
		d.WeightNorm = metrics.Finite(math.Sqrt(squares))
	}
	if mean, variance := l.Statistics(); mean != nil {
		d.MeanGap, d.VarGap = statisticsGaps(l, mean, variance)
	}
	return d
}

// measureResult measures a layer's result z and what goes with it.
func measureResult[T float32 | float64](d *runs.LayerDiagnostics, l *graph.Watched, z []T) {
	d.PreActivation = percentile.Of(z)
	if dz := l.Gradient(); dz != nil {
		reached := make([]T, 0, len(z))
		for _, v := range graph.Floats[T](dz) {
			if v != 0 {
				reached = append(reached, v)
			}
		}
		d.GradientZeros = metrics.Finite(1 - float64(len(reached))/float64(len(z)))
		d.Gradient = percentile.Of(reached)
	}
	if y := l.Rectified(); y != nil {
		d.Dead = metrics.Finite(deadShare(graph.Floats[T](y), y.Shape()))
	}
}

// deadShare returns the share of channels of y, [N, C, ...], that have nothing but zeros.
func deadShare[T float32 | float64](y []T, shape tensor.Shape) float64 {
	channels := shape[1]
	size := len(y) / (shape[0] * channels)
	alive := make([]bool, channels)
	for plane := range len(y) / size {
		c := plane % channels
		for _, v := range y[plane*size:][:size] {
			if v != 0 {
				alive[c] = true
				break
			}
		}
	}
	count := 0
	for _, a := range alive {
		if !a {
			count++
		}
	}
	return float64(count) / float64(channels)
}

// statisticsGaps compares a batch's mean and biased variance with the running statistics.
func statisticsGaps(l *graph.Watched, mean, variance []float64) (meanGap, varGap *float64) {
	values := float64(l.Shape.TotalSize() / len(mean))
	var runningMean, runningVar []float64
	for _, p := range l.Params {
		switch p.Name() {
		case l.Name + ".running_mean":
			runningMean = graph.Float64s(p.Value())
		case l.Name + ".running_var":
			runningVar = graph.Float64s(p.Value())
		}
	}
	if runningMean == nil || runningVar == nil {
		return nil, nil
	}
	eps, _ := l.Setting("eps").(float64)
	means, vars := 0.0, 0.0
	for c := range mean {
		running := runningVar[c] + eps
		d := (mean[c] - runningMean[c]) / math.Sqrt(running)
		r := math.Log((variance[c]*values/(values-1) + eps) / running)
		means += d * d
		vars += r * r
	}
	return metrics.Finite(math.Sqrt(means / float64(len(mean)))), metrics.Finite(math.Sqrt(vars / float64(len(mean))))
}
