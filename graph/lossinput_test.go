package graph

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gorgonia.org/tensor"
)

// The loss of an autoencoder is that of the same network with x as its target, and so are the gradients. Its result may
// have another shape than x.
func TestInputAsTarget(t *testing.T) {
	flat := func(b *Builder, x *Node) *Node { return b.Linear("out", b.Flatten(x), 12) }
	shaped := func(b *Builder, x *Node) *Node { return b.Reshape(flat(b, x), x.Shape()...) }
	x := tensor.New(tensor.WithShape(5, 3, 2, 2), tensor.WithBacking(make([]float64, 60)))
	for i := range x.Float64s() {
		x.Float64s()[i] = math.Sin(float64(3 * i))
	}
	for i, model := range []Model{flat, shaped} {
		var got [2][]float64
		for j, target := range []string{"x", ""} {
			params := NewParams(1, tensor.Float64)
			p, err := Compile(model, params, Config{
				Mode: Train, Shape: x.Shape(), Loss: Term{Loss: MSE{}, Target: target}, Fuse: true,
			})
			if err != nil {
				t.Fatal(err)
			}
			var named []Named
			if target == "" {
				named = append(named, Named{Name: "target", Float64s: x.Float64s()})
			} else if len(p.Targets()) > 0 {
				t.Errorf("a batch must bring %v", p.Targets())
			}
			if err := p.Run(x, nil, named...); err != nil {
				t.Fatal(err)
			}
			got[j] = append(got[j], p.Loss())
			for _, g := range p.Gradients() {
				d, err := g.Grad()
				if err != nil {
					t.Fatal(err)
				}
				got[j] = append(got[j], Floats[float64](d)...)
			}
		}
		if fmt.Sprint(got[0]) != fmt.Sprint(got[1]) {
			t.Errorf("network %d: loss and gradients %v, want %v", i, got[0], got[1])
		}
	}
	narrow := func(b *Builder, x *Node) *Node { return b.Linear("out", b.Flatten(x), 11) }
	_, err := Compile(narrow, NewParams(1, tensor.Float64), Config{Shape: x.Shape(), Loss: Term{Loss: MSE{}, Target: "x"}})
	if err == nil || !strings.Contains(err.Error(), "a result of shape (5, 11) with x, of shape (5, 3, 2, 2)") {
		t.Errorf("a result of another size: error %v", err)
	}
}
