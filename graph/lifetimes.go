package graph

import (
	"fmt"
	"slices"

	"gorgonia.org/gorgonia"
)

// life is the part of a run in which an op's result must stay as it is. It begins with the op that writes the result
// and ends with the last op that reads it. Both are places in the order in which the program runs its ops.
type life struct {
	op       *op
	from, to int
}

// overlaps reports whether two results must exist at the same time. An op's result and what the op reads must.
func (l life) overlaps(m life) bool { return l.from <= m.to && m.from <= l.to }

// lifetimes returns the lives of the results that may share memory, for a program that runs nodes in this order. They
// are those of our ops, except:
//
//   - outputs, which are read after the run;
//   - what a stock op takes, because its own result may be a view of it;
//   - scalars and integers.
func lifetimes(order []*Node, outputs gorgonia.Nodes) []life {
	place := make(map[*op]int)
	last := make(map[*Node]int) // the place of the last op that takes a node
	own := make(map[*Node]bool) // nodes whose results have memory of their own
	for _, n := range outputs {
		own[n] = true
	}
	for i, n := range order {
		o, ours := n.Op().(*op)
		if ours {
			place[o] = i
		}
		for _, c := range children(n) {
			last[c] = i
			own[c] = own[c] || !ours
		}
	}
	var lives []life
	for i, n := range order {
		o, ours := n.Op().(*op)
		if !ours || own[n] || o.integers || o.shape.IsScalar() {
			continue
		}
		l := life{op: o, from: i, to: max(i, last[n])}
		if o.writer != nil {
			l.from = place[o.writer]
		}
		lives = append(lives, l)
	}
	return lives
}

// taped lists the nodes that outputs are computed from, in the order in which Gorgonia's machine runs them. It sorts
// them as Gorgonia's CompileFunction does.
func taped(g *gorgonia.ExprGraph, outputs gorgonia.Nodes) ([]*Node, error) {
	sorted, err := gorgonia.Sort(g.ExactSubgraphRoots(outputs...))
	if err != nil {
		return nil, fmt.Errorf("graph: order the ops: %w", err)
	}
	slices.Reverse(sorted)
	return sorted, nil
}
