package graph

import (
	"math"
	"testing"

	"gorgonia.org/tensor"
)

func TestDropout(t *testing.T) {
	for _, rate := range []float64{0.1, 0.5, 0.9} {
		shape := tensor.Shape{100, 501}
		p := newProbe(t, NewParams(1, tensor.Float64), Train, shape,
			func(b *Builder, x *Node) *Node { return b.Dropout("d", x, rate) })
		for i := range p.x.Float64s() {
			p.x.Float64s()[i], p.dy.Float64s()[i] = 1, 3
		}
		p.run(t)
		dropped := 0
		dx := floats(p.dx.value)
		for i, y := range floats(p.y.value) {
			switch {
			case y == 0 && dx[i] == 0:
				dropped++
			case !(math.Abs(y-1/(1-rate)) < 1e-12 && math.Abs(dx[i]-3/(1-rate)) < 1e-12):
				t.Fatalf("rate %v: y %v, dx %v", rate, y, dx[i])
			}
		}
		if share := float64(dropped) / float64(shape.TotalSize()); !(math.Abs(share-rate) < 0.01) {
			t.Errorf("rate %v: %v dropped", rate, share)
		}
	}
}

// Layers draw masks of their own.
func TestDropoutLayersDiffer(t *testing.T) {
	p := newProbe(t, NewParams(1, tensor.Float64), Train, tensor.Shape{10, 100}, func(b *Builder, x *Node) *Node {
		return b.Dropout("b", b.Dropout("a", x, 0.5), 0.5)
	})
	for i := range p.x.Float64s() {
		p.x.Float64s()[i] = 1
	}
	p.run(t)
	kept := 0
	for _, y := range floats(p.y.value) {
		if y != 0 {
			kept++
		}
	}
	if kept < 180 || kept > 320 { // 250 expected; one mask for both would keep 500
		t.Errorf("%d of 1000 kept after two layers of 0.5", kept)
	}
}
