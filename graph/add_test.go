package graph

import (
	"math"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// residualNet has two residual blocks, a value that three ops take, and with gorgonias two of Gorgonia's sums.
func residualNet(gorgonias bool) Model {
	return func(b *Builder, x *Node) *Node {
		add := b.Add
		if gorgonias {
			add = func(x ...*Node) *Node { return b.Try(gorgonia.Add(x[0], x[1])) }
		}
		h := b.ReLU(b.BatchNorm("m", b.Conv2D("c", x, 4, 3, Padding(1))))
		h = b.ReLU(add(b.BatchNorm("n", b.Conv2D("d", h, 4, 3, Padding(1))), h))
		h = b.ReLU(add(b.BatchNorm("o", b.Conv2D("e", h, 4, 3, Padding(1))), h))
		h = b.Add(b.Scale(h, 0.5), b.Mul(h, h))
		return b.Linear("f", b.Flatten(h), 5)
	}
}

// Add has the bits of Gorgonia's sum, in results and gradients.
func TestAddIsGorgoniasSum(t *testing.T) {
	x, labels := batch(6, 8)
	var losses [2]float64
	var gradients [2][][]float64
	for i := range losses {
		p := compile(t, residualNet(i == 1), NewParams(4, tensor.Float32), Train, 6, 1, 10, 10)
		run(t, p, x, labels)
		losses[i] = p.Loss()
		for _, v := range p.Gradients() {
			g, _ := v.Grad()
			gradients[i] = append(gradients[i], floats(g))
		}
	}
	if losses[0] != losses[1] {
		t.Errorf("loss %v, with Gorgonia's sum %v", losses[0], losses[1])
	}
	for i, g := range gradients[0] {
		near(t, "gradient", g, gradients[1][i], 0)
	}
}

// A training step of a network with sums, of ours and of gradients, allocates no tensor.
func TestSumsAllocateNoTensor(t *testing.T) {
	x, labels := batch(6, 8)
	for _, gorgonias := range []bool{false, true} {
		p, err := Compile(residualNet(gorgonias), NewParams(4, tensor.Float32),
			Config{Mode: Train, Shape: tensor.Shape{6, 1, 10, 10}, Fuse: true})
		if err != nil {
			t.Fatal(err)
		}
		run(t, p, x, labels)
		for _, n := range upstream(p.outputs...) {
			if s, ok := n.Op().(*stock); ok && s.into == nil {
				t.Errorf("Gorgonia's op %s makes a tensor", n.Op())
			}
			if n.Op() != nil && n.Op().String() == "+ false" {
				if _, ours := n.Op().(*op); !ours {
					t.Error("a sum is Gorgonia's")
				}
			}
		}
	}
}

// The op of a residual block's gradients takes the gradients that Gorgonia's Grad would add up for it, and has the bits
// of the separate ops.
func TestResidualTakesTerms(t *testing.T) {
	p, err := Compile(residualNet(false), NewParams(4, tensor.Float32),
		Config{Mode: Train, Shape: tensor.Shape{6, 1, 10, 10}, Fuse: true})
	if err != nil {
		t.Fatal(err)
	}
	apart := compile(t, residualNet(false), NewParams(4, tensor.Float32), Train, 6, 1, 10, 10)
	x, labels := batch(6, 8)
	for range 2 {
		run(t, p, x, labels)
		run(t, apart, x, labels)
	}
	for i, v := range p.Gradients() {
		got, _ := v.Grad()
		want, _ := apart.Gradients()[i].Grad()
		near(t, v.(*Gradient).Param().Name(), floats(got), floats(want), 0)
	}
	found := 0
	for _, n := range upstream(p.outputs...) {
		if o, ours := n.Op().(*op); ours && o.sums {
			found++
			takes := children(n)
			if len(takes) != 6 {
				t.Errorf("%s takes %d tensors, want two terms, x, gamma, beta and the result", o, len(takes))
			}
			if last := takes[len(takes)-1]; !last.Shape().Eq(takes[0].Shape()) {
				t.Errorf("%s takes %v last, want the second term, of shape %v", o, last.Shape(), takes[0].Shape())
			}
		}
	}
	if found != 2 {
		t.Errorf("%d ops of residual blocks' gradients, want 2", found)
	}
}

func TestBadTerms(t *testing.T) {
	for want, draw := range map[string]Model{
		"graph: Add of 1 terms: want 2 at least": func(b *Builder, x *Node) *Node { return b.Add(x) },
		"graph: Mul: term 1 has shape (3, 4), and term 0 has (3, 5): want one shape for all": func(
			b *Builder, x *Node,
		) *Node {
			return b.Mul(x, b.Linear("f", x, 4))
		},
		"graph: Add: term 1 is nil":                       func(b *Builder, x *Node) *Node { return b.Add(x, nil) },
		"graph: Scale: factor +Inf: want a finite number": func(b *Builder, x *Node) *Node { return b.Scale(x, math.Inf(1)) },
		"graph: Scale: its input is nil":                  func(b *Builder, _ *Node) *Node { return b.Scale(nil, 1) },
	} {
		_, err := Compile(draw, NewParams(5, tensor.Float32), Config{Mode: Eval, Shape: tensor.Shape{3, 5}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
