package export

import "anneal/graph"

// norms has every normalization, on all the ranks that it takes, and BatchNorms with and without running statistics.
func norms(b *graph.Builder, x *graph.Node) *graph.Node {
	n := x.Shape()[0]
	h := b.ReLU(b.GroupNorm("group", b.Conv2D("conv", x, 8, 3, graph.Padding(1), graph.StandardizeWeight()), 4))
	h = b.InstanceNorm("instance", h, graph.Eps(1e-3))
	h = b.LayerNorm("image", h, graph.Over(3))
	h = b.LayerNorm("channels", h, graph.PerChannel(), graph.NoBeta())
	h = b.RMSNorm("rms_channels", h, graph.PerChannel())
	h = b.BatchNorm("batch", b.Conv2D("conv2", h, 8, 1), graph.NoStats())
	h = b.BatchNorm("ghost", h, graph.Ghost(2))
	h = b.Reshape(h, n, 8, 20)
	h = b.InstanceNorm("rows", h, graph.Affine())
	h = b.BatchNorm("sequence", b.GroupNorm("one", h, 1, graph.NoAffine()), graph.DefaultRenorm(), graph.NoAffine())
	h = b.RMSNorm("rms", b.LayerNorm("plain", h, graph.NoAffine()))
	h = b.GroupNorm("features", b.Linear("fc", b.Flatten(h), 12, graph.StandardizeWeight()), 3)
	return b.Linear("fc2", b.LayerNorm("last", h), 5)
}
