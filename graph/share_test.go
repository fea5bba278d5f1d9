package graph

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// siamese runs one encoder on both halves of x.
func siamese(b *Builder, x *Node) *Node {
	encode := func(x *Node) *Node {
		return b.Dropout("drop", b.ReLU(b.BatchNorm("norm", b.Linear("encode", x, 4))), 0.5)
	}
	halves := b.Split(x, 1, 3)
	left := encode(halves[0])
	var right *Node
	b.Share(func() { right = encode(halves[1]) })
	return b.Linear("head", b.Concat(1, left, right), 2)
}

// A shared layer has one set of parameters, whose gradient is the sum over its uses, fused and not.
func TestShare(t *testing.T) {
	x := tensor.New(tensor.WithShape(5, 6), tensor.WithBacking(make([]float64, 30)))
	for i := range x.Float64s() {
		x.Float64s()[i] = math.Sin(float64(i * i))
	}
	labels := []int32{0, 1, 1, 0, 1}
	for _, fuse := range []bool{false, true} {
		params := NewParams(1, tensor.Float64)
		p, err := Compile(siamese, params, Config{Mode: Train, Shape: tensor.Shape{5, 6}, Fuse: fuse})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, p := range params.All() {
			names = append(names, p.Name())
		}
		want := []string{
			"encode.weight", "encode.bias", "norm.weight", "norm.bias", "norm.running_mean", "norm.running_var",
			"norm.num_batches_tracked", "head.weight", "head.bias",
		}
		if !slices.Equal(names, want) {
			t.Errorf("parameters %v, want %v", names, want)
		}
		run(t, p, x, labels)
		if n := params.Lookup("norm.num_batches_tracked").Value().Int64s()[0]; n != 2 {
			t.Errorf("a step counts %d batches, want one for each use", n)
		}
		for _, v := range p.Gradients() {
			g := v.(*Gradient)
			d, _ := g.Grad()
			analytic := append([]float64(nil), floats(d)...)
			w := g.Param().Value().Float64s()
			const h = 1e-6
			for i, at := range w {
				w[i] = at + h
				run(t, p, x, labels)
				above := p.Loss()
				w[i] = at - h
				run(t, p, x, labels)
				numeric := (above - p.Loss()) / (2 * h)
				w[i] = at
				if !(math.Abs(numeric-analytic[i]) <= 1e-6) {
					t.Errorf("fused %v: d%s[%d] = %v, want %v", fuse, g.Param().Name(), i, analytic[i], numeric)
				}
			}
		}
	}
}

// The uses of a shared dropout layer have masks of their own.
func TestSharedDropoutsDiffer(t *testing.T) {
	p := newProbe(t, NewParams(3, tensor.Float64), Train, tensor.Shape{1, 64}, func(b *Builder, x *Node) *Node {
		first := b.Dropout("drop", x, 0.5)
		var second *Node
		b.Share(func() { second = b.Dropout("drop", x, 0.5) })
		return b.Concat(0, first, second)
	})
	setFloats(p.x, slices.Repeat([]float64{1}, 64))
	p.run(t)
	if y := floats(p.y.value); slices.Equal(y[:64], y[64:]) {
		t.Error("both uses have one mask")
	}
}

func TestShareErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		draw Model
		want []string
	}{
		{"another kind", func(b *Builder, x *Node) *Node {
			x = b.Linear("l", x, 6)
			b.Share(func() { x = b.Dropout("l", x, 0.5) })
			return x
		}, []string{"l", "Linear", "Dropout"}},
		{"another shape", func(b *Builder, x *Node) *Node {
			x = b.Linear("l", x, 6)
			b.Share(func() { x = b.Linear("l", x, 7) })
			return x
		}, []string{"l.weight", "(6, 6)", "(7, 6)"}},
		{"after Share", func(b *Builder, x *Node) *Node {
			x = b.Linear("l", x, 6)
			b.Share(func() {})
			return b.Linear("l", x, 6)
		}, []string{`"l"`, "Share"}},
		{"weight of none", func(b *Builder, x *Node) *Node {
			return b.Linear("l", x, 6, WeightOf("m"))
		}, []string{"l", `"m"`}},
		{"weight of another shape", func(b *Builder, x *Node) *Node {
			return b.Linear("l", b.Linear("m", x, 3), 6, WeightOf("m"))
		}, []string{"l", "(3, 6)", "(6, 3)"}},
	} {
		b := newBuilder(NewParams(1, tensor.Float32), Train, new(uint64))
		x := gorgonia.NodeFromAny(b.g, zeros(tensor.Float32, tensor.Shape{2, 6}), gorgonia.WithName("x"))
		c.draw(b, x)
		if b.err == nil {
			t.Errorf("%s: no error", c.name)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(b.err.Error(), want) {
				t.Errorf("%s: error %q does not say %s", c.name, b.err, want)
			}
		}
	}
}
