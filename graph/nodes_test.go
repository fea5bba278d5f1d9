package graph

import (
	"fmt"
	"slices"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// branching has a fork, a parameter of its own in a stock op, stock gradients and dropout.
func branching(b *Builder, x *Node) *Node {
	h := b.BatchNorm("n", b.Conv2D("c", x, 3, 3, Padding(1)))
	h = b.Try(gorgonia.Add(b.MaxPool2D(b.ReLU(h), 3, Stride(1), Padding(1)), h))
	h = b.Dropout("drop", b.Try(gorgonia.Tanh(b.Flatten(b.GlobalAvgPool2D(h)))), 0.5)
	w := b.Param("own.weight", Weight, tensor.Shape{3, 5}, DefaultInit, Fan{In: 3, Out: 5})
	if b.Err() != nil {
		return nil
	}
	return b.Try(gorgonia.Mul(h, w))
}

// Nodes lists every node of a program but constants and readers, once, each after those that it takes, and says what
// it is.
func TestNodes(t *testing.T) {
	models := slices.Clone(fusedModels)
	models = append(models, struct {
		name  string
		model Model
		ops   map[Mode]string
	}{"branching", branching, nil})
	for _, m := range models {
		for _, cfg := range []Config{{Mode: Train}, {Mode: Train, Fuse: true}, {Mode: Eval}, {Mode: Eval, Fuse: true}} {
			cfg.Shape = tensor.Shape{6, 1, 10, 10}
			name := fmt.Sprintf("%s, %v, fused %v", m.name, cfg.Mode, cfg.Fuse)
			p, err := Compile(m.model, NewParams(0, tensor.Float32), cfg)
			if err != nil {
				t.Fatal(err)
			}
			want := 0
			for _, n := range upstream(p.outputs...) {
				if n.Op() == nil || len(children(n)) > 0 && n.Op().String() != "result" {
					want++
				}
			}
			nodes := p.Nodes()
			if len(nodes) != want {
				t.Errorf("%s: got %d nodes, want %d", name, len(nodes), want)
			}
			count := make(map[NodeKind]int)
			for i, n := range nodes {
				count[n.Kind]++
				for _, from := range n.Inputs {
					if from >= i {
						t.Errorf("%s: node %d, %s, takes node %d", name, i, n.Name, from)
					}
				}
				if isOp := n.Kind >= ForwardNode; n.Name == "" || isOp != (len(n.Inputs) > 0) {
					t.Errorf("%s: node %d is %+v", name, i, n)
				}
				if needs := n.Kind == ParamNode || n.Kind == GradientNode; needs != (n.Param != nil) {
					t.Errorf("%s: node %d, %s, has parameter %v", name, i, n.Name, n.Param)
				}
			}
			if count[InputNode] != 1 || count[ValueNode] != 1 || count[LossNode] != 1 ||
				count[GradientNode] != len(p.Gradients()) {
				t.Errorf("%s: got nodes of kinds %v, want one input, the labels, one loss and %d gradients",
					name, count, len(p.Gradients()))
			}
		}
	}
}
