package graph

import (
	"fmt"

	"gorgonia.org/gorgonia"
)

// guard draws what roots are computed from once more, in a new graph, with a stock in place of each stock op, and makes
// b draw in that graph from then on. It returns the new nodes by the old ones. Where roots depend on no stock op, guard
// leaves the graph as it is, and each node stands for itself.
func (b *Builder) guard(roots ...*Node) (map[*Node]*Node, error) {
	nodes := upstream(roots...)
	moved := make(map[*Node]*Node, len(nodes))
	clean := true
	for _, n := range nodes {
		moved[n] = n
		if _, ours := n.Op().(*op); !ours && n.Op() != nil && len(children(n)) > 0 {
			clean = false
		}
	}
	if clean {
		return moved, nil
	}
	b.g = gorgonia.NewGraph()
	for _, n := range nodes {
		if moved[n] = b.move(n, moved); b.err != nil {
			return nil, b.err
		}
	}
	for p, n := range b.drawn {
		if m := moved[n]; m != nil {
			b.drawn[p] = m
		}
	}
	return moved, nil
}

// move draws n in b's graph on the nodes that stand for its children.
func (b *Builder) move(n *Node, moved map[*Node]*Node) *Node {
	var takes []*Node
	for _, c := range children(n) {
		takes = append(takes, moved[c])
	}
	switch o := n.Op().(type) {
	case nil:
		if n.Value() == nil {
			return b.Fail(fmt.Errorf("graph: the model's own input %s has no value: bind one with gorgonia.WithValue", n.Name()))
		}
		return gorgonia.NodeFromAny(b.g, n.Value(), gorgonia.WithName(n.Name()))
	case *op:
		if o.sums {
			takes = o.terms(n, takes, moved)
		}
		return b.place(o, &o.id, takes)
	default:
		if len(takes) == 0 {
			return b.g.AddNode(gorgonia.NewConstant(n.Value()))
		}
		if isSum(n, takes) && b.dtypeOf(n) == b.params.dtype {
			return b.drawSum(n, takes)
		}
		s := newStock(b, n)
		return b.place(s, &s.id, takes)
	}
}

// isSum reports whether n is Gorgonia's sum of two tensors of one shape.
func isSum(n *Node, takes []*Node) bool {
	return ofGorgonia(n.Op()) && n.Op().String() == "+ false" && len(takes) == 2 && n.Dims() > 0 &&
		takes[0].Shape().Eq(n.Shape()) && takes[1].Shape().Eq(n.Shape())
}

// terms returns takes, what n takes now, with the terms of the sum that n took first, if that was one: the second one
// comes last. The sum is then not computed, unless other ops take it too.
func (o *op) terms(n *Node, takes []*Node, moved map[*Node]*Node) []*Node {
	dy := children(n)[0]
	terms := children(dy)
	if !isSum(dy, terms) || o.b.dtypeOf(dy) != o.b.params.dtype {
		return takes
	}
	o.in = append(o.in, o.in[0])
	takes[0] = moved[terms[0]]
	return append(takes, moved[terms[1]])
}

// drawSum draws the sum n as an op of ours, which runs in parallel and allocates nothing. Gorgonia's Grad adds the
// gradients of a node that several ops take with such sums.
func (b *Builder) drawSum(n *Node, takes []*Node) *Node {
	sum := sumOf(takes, false)
	sum.Kind = n.Op().String()
	y := b.draw(sum)
	if y != nil {
		o := y.Op().(*op)
		o.stock, o.layer = true, 0 // which no layer drew
	}
	return y
}
