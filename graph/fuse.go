package graph

import "anneal/internal/kernels"

// Fusion runs a layer and the one that follows it as one op, which passes over the memory once. Models are drawn
// unfused; when a layer is drawn on a node whose op has a fused form with it, that form is drawn in its place:
//
//	Conv2D or Linear, ReLU       the product with its bias and ReLU
//	BatchNorm, ReLU, MaxPool2D   and BatchNorm, ReLU
//	ReLU, MaxPool2D              in either order
//	Conv2D or Linear, BatchNorm  in evaluation programs: the normalization folded into weight and bias
//
// The first layer's own op is then used by nothing and no program contains it. If the model uses its result elsewhere
// too, Compile finds that op still needed, keeps the layer apart, and draws the model again.
type fusion struct {
	on    bool
	apart map[int]bool  // layers, by number, whose results more than the next layer uses
	taken map[*Node]int // the nodes of layers that went into the next one's op, with the layer's number
}

// forms are an op's fused forms with the layer that may follow; a nil one does not exist.
type forms struct {
	relu func() *Node
	pool func(s kernels.PoolShape) *Node
	norm func(n norm) *Node
}

// fused is x's op if the layer that is being drawn may be fused with it, or nil.
func (b *Builder) fused(x *Node) *op {
	o, ours := x.Op().(*op)
	if !b.fusion.on || !ours || b.fusion.apart[o.layer] {
		return nil
	}
	return o
}

// take notes that x's op went into y's.
func (b *Builder) take(x, y *Node) *Node {
	b.fusion.taken[x] = x.Op().(*op).layer
	return y
}

// torn returns the layers that were fused although cost needs them for something else too.
func (b *Builder) torn(cost *Node) []int {
	var layers []int
	for _, n := range upstream(cost) {
		if layer, taken := b.fusion.taken[n]; taken {
			layers = append(layers, layer)
		}
	}
	return layers
}
