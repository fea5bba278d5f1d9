package graph

// fusion runs a layer and the one that follows it as one op, which passes over the memory once. A model draws its
// layers one by one. When a layer is drawn on a node whose op has a fused form with that layer, the form is drawn in
// its place:
//
//	Conv2D or Linear, ReLU       the product with its bias and ReLU
//	BatchNorm, ReLU, MaxPool2D   and BatchNorm, ReLU
//	ReLU, MaxPool2D              in either order
//	BatchNorm, Add, ReLU         and BatchNorm, Add; the gradient's op adds up the gradients of its result, too
//	Conv2D or Linear, BatchNorm  in evaluation programs: the normalization folded into weight and bias
//
// The first layer's own op is then used by nothing and no program contains it. If the model uses its result elsewhere
// too, Compile finds that op still needed, marks the layer unfusable, and lets the model draw itself again.
type fusion struct {
	on        bool
	unfusable map[int]bool    // the layers, by number, whose results more than the next layer uses
	fusedAway map[*Node]*Node // the nodes of layers that were fused with the next one, and the nodes that stand for both
	drawing   bool            // an Op.Fuse is drawing what its op takes
}

// fusable returns x's op if the layer that is being drawn on x may be fused with it, or nil.
func (b *Builder) fusable(x *Node) *op {
	o, ours := x.Op().(*op)
	if !b.fusion.on || !ours || b.fusion.unfusable[o.layer] {
		return nil
	}
	return o
}

// both returns the op that computes x's op and next, or nil.
func (b *Builder) both(x *Node, next Op) *Op {
	o := b.fusable(x)
	if o == nil || o.drawn == nil || o.drawn.Fuse == nil {
		return nil
	}
	b.fusion.drawing = true
	defer func() { b.fusion.drawing = false }()
	return o.drawn.Fuse(next)
}

// fuse records that y stands for x's layer and the one that follows, and returns y. If y takes a node that had been
// fused away into x, that node is in use again.
func (b *Builder) fuse(x, y *Node) *Node {
	if b.err != nil {
		return nil
	}
	b.fusion.fusedAway[x] = y
	for _, n := range children(y) {
		if b.fusion.fusedAway[n] == x {
			delete(b.fusion.fusedAway, n)
		}
	}
	return y
}

// conflicts returns the layers that were fused with the next one although what ends depend on uses their results too.
func (b *Builder) conflicts(ends ...*Node) []int {
	var layers []int
	for _, n := range upstream(ends...) {
		if b.fusion.fusedAway[n] != nil {
			layers = append(layers, n.Op().(*op).layer)
		}
	}
	return layers
}
