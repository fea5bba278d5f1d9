package graph

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Each layer's own result is kept, in the network's order, after those that it takes. The program computes what one
// does that keeps none.
func TestKept(t *testing.T) {
	residual := func(b *Builder, x *Node) *Node {
		h := b.Conv2D("conv", x, 3, 3, Padding(1), StandardizeWeight())
		h = b.Add(h, b.Try(gorgonia.Tanh(b.InstanceNorm("norm", h))))
		return b.Linear("fc", b.Flatten(b.Transpose(h, 0, 2, 3, 1)), 5)
	}
	words := func(b *Builder, x *Node) *Node {
		s := b.GRU("gru", b.Embedding("words", b.Ints(x), 4, 3), 6)
		return b.Linear("fc", b.LayerNorm("norm", s.Last), 5)
	}
	for _, c := range []struct {
		name  string
		model Model
		shape []int
		want  string
	}{
		{"convolutions", convNet, []int{2, 1, 10, 10}, `conv1 Conv2D (2, 4, 8, 8) [-1]
bn1 BatchNorm (2, 4, 8, 8) [0]
ReLU (2, 4, 8, 8) [1]
MaxPool2D (2, 4, 4, 4) [2]
conv2 Conv2D (2, 6, 4, 4) [3]
ReLU (2, 6, 4, 4) [4]
GlobalAvgPool2D (2, 6, 1, 1) [5]
fc1 Linear (2, 8) [6]
ReLU (2, 8) [7]
fc2 Linear (2, 5) [8]`},
		{"a sum and a stock op", residual, []int{1, 1, 4, 4}, `conv Conv2D (1, 3, 4, 4) [-1]
norm InstanceNorm (1, 3, 4, 4) [0]
tanh (1, 3, 4, 4) [1]
Add (1, 3, 4, 4) [0 2]
fc Linear (1, 5) [3]`},
		{"integers", words, []int{2, 5}, `words Embedding (2, 5, 3) [-1]
gru GRU (2, 5, 6) [0]
LastState (2, 6) [1]
norm LayerNorm (2, 6) [2]
fc Linear (2, 5) [3]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			params := NewParams(1, tensor.Float32)
			plain := compile(t, c.model, params, Eval, c.shape...)
			p, err := Compile(c.model, params, Config{Mode: Eval, Shape: c.shape, Keep: true, Fuse: true, Direct: true})
			if err != nil {
				t.Fatal(err)
			}
			x := tensor.New(tensor.WithShape(c.shape...), tensor.Of(tensor.Float32))
			for i := range x.Float32s() {
				x.Float32s()[i] = float32(i * 7 % 4)
			}
			run(t, plain, x, nil)
			run(t, p, x, nil)
			near(t, "logits", floats(p.Logits()), floats(plain.Logits()), 1e-6)
			var list []string
			kept := p.Kept()
			for _, k := range kept {
				list = append(list, strings.TrimSpace(fmt.Sprint(k.Name, " ", k.Kind, " ", k.Value().Shape(), " ", k.Inputs)))
				y := floats(k.Value())
				if k.Kind == "ReLU" {
					want := slices.Clone(floats(kept[k.Inputs[0]].Value()))
					for i, v := range want {
						want[i] = math.Max(0, v)
					}
					near(t, "ReLU", y, want, 0)
				}
			}
			if got := strings.Join(list, "\n"); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			near(t, "the last layer", floats(kept[len(kept)-1].Value()), floats(p.Logits()), 0)
		})
	}
	if p := compile(t, convNet, NewParams(1, tensor.Float32), Eval, 2, 1, 10, 10); p.Kept() != nil {
		t.Error("a program without Keep has kept layers")
	}
}
