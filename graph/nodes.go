package graph

import "gorgonia.org/tensor"

// NodeInfo describes one node of a program's graph.
type NodeInfo struct {
	Kind   NodeKind
	Name   string       // of the op, such as "Conv2D conv1 dx", of the parameter or of the value
	Shape  tensor.Shape // of the node's value
	Layer  int          // number of the layer that drew the op or its gradient, from 1; 0 for stock ops and for values
	Param  *Param       // the parameter that the node is or whose gradient it is, else nil
	Inputs []int        // places in the list of the nodes that this one takes
}

// NodeKind says what a node is to its program.
type NodeKind int

const (
	InputNode    NodeKind = iota // the model's input
	ValueNode                    // another value from outside, such as the labels
	ParamNode                    // a parameter
	ForwardNode                  // an op of the forward pass
	LossNode                     // the op that ends the forward pass with the loss
	BackwardNode                 // an op of the backward pass
	GradientNode                 // the op of the backward pass that yields ∂loss/∂Param
)

// Nodes lists the nodes of the program's graph, each after those that it takes. It leaves out constants and the
// copies that are made of some results.
func (p *Program) Nodes() []NodeInfo {
	kinds := make(map[*Node]NodeKind)
	gradients := make(map[*Node]*Param)
	for _, v := range p.gradients {
		g := v.(*Gradient)
		kinds[g.node], gradients[g.node] = GradientNode, g.param
	}
	ends := p.ends()
	switch {
	case p.input.node != nil:
		ends = []*Node{p.input.node}
	case p.loss.node != nil:
		ends = append(ends, p.loss.node)
	}
	for _, n := range upstream(ends...) {
		kinds[n] = ForwardNode
	}
	if p.loss.node != nil {
		kinds[p.loss.node] = LossNode
	}
	var list []NodeInfo
	place := make(map[*Node]int)
	for _, n := range upstream(p.outputs...) {
		takes := children(n)
		info := NodeInfo{Name: n.Name(), Shape: n.Shape(), Param: p.params[n]}
		switch {
		case n == p.x:
			info.Kind = InputNode
		case info.Param != nil:
			info.Kind = ParamNode
		case n.Op() == nil:
			info.Kind = ValueNode
		case len(takes) == 0 || isRead(n):
			continue
		default:
			kind, known := kinds[n]
			if !known {
				kind = BackwardNode
			}
			info.Kind, info.Name = kind, n.Op().String()
			if kind == GradientNode {
				info.Param = gradients[n]
			}
			if o, ours := n.Op().(*op); ours {
				info.Layer = o.layer
			}
		}
		for _, child := range takes {
			if at, listed := place[child]; listed {
				info.Inputs = append(info.Inputs, at)
			}
		}
		place[n] = len(list)
		list = append(list, info)
	}
	return list
}

// isRead reports whether n is a copy of the node that it takes, for readers of a result.
func isRead(n *Node) bool {
	o, ours := n.Op().(*op)
	return ours && o.reads
}

// children lists the nodes that n takes, in the order in which its op takes them. A graph of which Gorgonia has removed
// a node, as Log does with 1 − x, finds others by their numbers no more. A part of it does.
func children(n *Node) (list []*Node) {
	g := n.Graph()
	if found, ok := g.Node(n.ID()).(*Node); !ok || found != n {
		g = g.ExactSubgraphRoots(n)
	}
	for all := g.From(n.ID()); all.Next(); {
		list = append(list, all.Node().(*Node))
	}
	return list
}

// upstream lists the nodes that roots are computed from, roots included, each after the nodes that it needs.
func upstream(roots ...*Node) []*Node {
	var list []*Node
	seen := make(map[*Node]bool)
	var walk func(*Node)
	walk = func(n *Node) {
		if seen[n] {
			return
		}
		seen[n] = true
		for _, child := range children(n) {
			walk(child)
		}
		list = append(list, n)
	}
	for _, n := range roots {
		walk(n)
	}
	return list
}
