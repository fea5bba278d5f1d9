package graph

// Share calls draw, in which a layer may have the name of an earlier layer of its kind: it then has the same parameters
// as that one, and its gradients are added to theirs. Layers with new names are drawn as ever. Two inputs of one
// network are
//
//	var left, right *graph.Node
//	left = encode(b, x1)
//	b.Share(func() { right = encode(b, x2) })
//
// A BatchNorm has one mean and one variance then, and each use of it in a training step moves them, as in PyTorch. Each
// use of a Dropout has a mask of its own. Config.UpTo and Watch know the first use of a name only.
func (b *Builder) Share(draw func()) {
	defer func(sharing bool) { b.sharing = sharing }(b.sharing)
	b.sharing = true
	draw()
}
