package session

import (
	"math"

	"anneal/graph"
)

const (
	gridSide  = 48
	curveSize = 121
)

// Samples are the points of a set that can be drawn in a plane.
type Samples struct {
	Box   [4]float64 `json:"box"`   // what the picture shows: x from and to, y from and to
	Train []float32  `json:"train"` // [N, 3]: x, y and the class, or [N, 2]: x and the target
	Test  []float32  `json:"test"`
}

// boxOf returns what the picture of a set shows.
func boxOf(name string) [4]float64 {
	switch name {
	case "moons":
		return [4]float64{-1.6, 2.6, -1.85, 2.35}
	case "sine":
		return [4]float64{-math.Pi, math.Pi, -1.7, 1.7}
	}
	return [4]float64{-1.3, 1.3, -1.3, 1.3}
}

// picture returns the samples, nil if no plane has them.
func (s *sets) picture(name string) *Samples {
	if s.width > 2 {
		return nil
	}
	list := func(p part) []float32 {
		var numbers []float32
		for i := range p.set.Len() {
			numbers = append(numbers, p.x[i*s.width:(i+1)*s.width]...)
			if p.labels != nil {
				numbers = append(numbers, float32(p.labels[i]))
			} else {
				numbers = append(numbers, p.target[i])
			}
		}
		return numbers
	}
	return &Samples{Box: boxOf(name), Train: list(s.train), Test: list(s.test)}
}

// picture draws what the network says of a grid of points, or of a line.
func (s *Session) picture(f *Frame) error {
	switch s.sets.width {
	case 1:
		x := make([]float32, curveSize)
		for i := range x {
			x[i] = float32(math.Pi * (2*float64(i)/(curveSize-1) - 1))
		}
		p, err := s.look.Run(x, nil)
		if err != nil {
			return err
		}
		f.Curve = finite(graph.Float64s(p.Logits()))
	case 2:
		p, err := s.look.Run(grid(boxOf(s.settings.Data)), nil)
		if err != nil {
			return err
		}
		f.Side, f.Boundary = gridSide, make([]byte, gridSide*gridSide)
		logits := graph.Floats[float32](p.Logits())
		for i := range f.Boundary {
			share := 1 / (1 + math.Exp(float64(logits[2*i]-logits[2*i+1])))
			f.Boundary[i] = byte(255*share + 0.5) // 0 for NaN
		}
	}
	return nil
}

// grid returns the points of Boundary, [Side·Side, 2]: the middles of its cells.
func grid(box [4]float64) []float32 {
	place := func(from, to float64, i int) float32 {
		return float32(from + (to-from)*(float64(i)+0.5)/gridSide)
	}
	x := make([]float32, 0, 2*gridSide*gridSide)
	for row := range gridSide {
		for column := range gridSide {
			x = append(x, place(box[0], box[1], column), place(box[3], box[2], row))
		}
	}
	return x
}

// finite sets what is not finite to 0.
func finite(v []float64) []float64 {
	for i := range v {
		if math.IsNaN(v[i]) || math.IsInf(v[i], 0) {
			v[i] = 0
		}
	}
	return v
}
