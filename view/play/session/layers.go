package session

import (
	"math"
	"slices"

	"anneal/graph"
	"anneal/metrics"
)

// Layer is what a layer computes for the first training samples, in the mode of training.
type Layer struct {
	Name string `json:"name"`
	// Values counts the pre-activations, what goes into the activation, in Bins bins from −Range to Range. The first and
	// the last bin also count what is beyond.
	Values []int    `json:"values"`
	Mean   *float64 `json:"mean"`
	Std    *float64 `json:"std"`
	// Gradients counts log₁₀ of the sizes of ∂loss/∂pre-activation, in as many bins from Lowest to Highest. Zeros is the
	// share of those that are 0, which no bin counts, and Gradient the root of the mean square of all.
	Gradients []int    `json:"gradients"`
	Zeros     float64  `json:"zeros"`
	Gradient  *float64 `json:"gradient"`
	// Dead is the share of units that the ReLU makes 0 for each sample. It is nil without a ReLU.
	Dead *float64 `json:"dead"`
}

// The bins of a Layer's histograms.
const (
	Bins    = 25
	Range   = 4.0
	Lowest  = -10.0
	Highest = 0.0
)

// layers looks inside.
func (s *Session) layers(f *Frame) error {
	n, part := watchedSamples, s.sets.train
	if s.watched == nil {
		s.watched = spread(part, n, s.sets.width)
	}
	w := s.watched
	if _, err := s.inside.Run(w.x, w.labels, named(w)...); err != nil {
		return err
	}
	p, err := s.inside.Program(n)
	if err != nil {
		return err
	}
	watched := p.Watched()
	for i, l := range watched {
		normalised := i+1 < len(watched) && s.settings.Norm != "none" && l.Kind == "Linear" && l.Name != "out"
		if normalised {
			continue // the layer that follows is what the activation takes
		}
		f.Layers = append(f.Layers, measure(l))
	}
	return nil
}

// named returns the target of a part for a program.
func named(p *part) []graph.Named {
	if p.target == nil {
		return nil
	}
	return []graph.Named{{Name: "target", Floats: p.target}}
}

// spread returns n samples of a part, evenly spread over it.
func spread(p part, n, width int) *part {
	some, all := new(part), len(p.x)/width
	for i := range n {
		at := i * all / n
		some.x = append(some.x, p.x[at*width:(at+1)*width]...)
		if p.labels != nil {
			some.labels = append(some.labels, p.labels[at])
		} else {
			some.target = append(some.target, p.target[at])
		}
	}
	return some
}

// measure describes what the last run computed in a layer.
func measure(l *graph.Watched) Layer {
	d := Layer{Name: l.Name, Values: make([]int, Bins), Gradients: make([]int, Bins)}
	sum, squares, z := 0.0, 0.0, graph.Floats[float32](l.Value())
	for _, v := range z {
		sum, squares = sum+float64(v), squares+float64(v)*float64(v)
		d.Values[bin(float64(v), -Range, Range)]++
	}
	n := float64(len(z))
	d.Mean, d.Std = metrics.Finite(sum/n), metrics.Finite(math.Sqrt(max(0, squares/n-sum/n*sum/n)))
	if dz := l.Gradient(); dz != nil {
		zeros, squares := 0, 0.0
		for _, v := range graph.Floats[float32](dz) {
			if v == 0 {
				zeros++
				continue
			}
			squares += float64(v) * float64(v)
			d.Gradients[bin(math.Log10(math.Abs(float64(v))), Lowest, Highest)]++
		}
		d.Zeros, d.Gradient = float64(zeros)/n, metrics.Finite(math.Sqrt(squares/n))
	}
	if y := l.Rectified(); y != nil {
		units := y.Shape()[1]
		alive := make([]bool, units)
		for i, v := range graph.Floats[float32](y) {
			alive[i%units] = alive[i%units] || v != 0
		}
		alive = slices.DeleteFunc(alive, func(a bool) bool { return a })
		dead := float64(len(alive)) / float64(units)
		d.Dead = &dead
	}
	return d
}

// bin returns the bin of v of those from low to high. NaN is in the first.
func bin(v, low, high float64) int {
	place := (v - low) / (high - low) * Bins
	if !(place > 0) {
		return 0
	}
	return int(min(place, Bins-1))
}
