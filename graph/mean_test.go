package graph

import (
	"testing"

	"gorgonia.org/tensor"
)

// Mean is the mean of each line along any axis.
func TestMean(t *testing.T) {
	x := counting(3, 4, 5)
	for axis := range 3 {
		want := along(x, []int{axis}, func(line []float64) float64 {
			sum := 0.0
			for _, v := range line {
				sum += v
			}
			return sum / float64(len(line))
		})
		shape, got := evaluate(t, x, func(b *Builder, x *Node) *Node { return b.Mean(x, axis) })
		near(t, "mean", got, want, 1e-12)
		if len(shape) != 2 {
			t.Errorf("shape %v, want two axes", shape)
		}
		p := newProbe(t, NewParams(1, tensor.Float64), Train, tensor.Shape{3, 4, 5}, func(b *Builder, x *Node) *Node {
			return b.Mean(x, axis)
		})
		for i, dy := 0, p.dy.Float64s(); i < len(dy); i++ {
			dy[i] = float64(i*i%7) - 2
		}
		p.run(t)
		near(t, "dx", append([]float64(nil), floats(p.dx.value)...), centralDifferences(t, p, p.x), 1e-6)
	}
}
