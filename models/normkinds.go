package models

import (
	"anneal/graph"
	"anneal/internal/spec"
)

type batchNorm struct{}

func (*batchNorm) settings() (string, []spec.Setting) { return "batch", nil }

func (n batchNorm) String() string { return format(n) }

func (batchNorm) Draw(b *graph.Builder, name string, x *graph.Node) *graph.Node {
	return b.BatchNorm(name, x)
}

type groupNorm struct{ groups int }

func (n *groupNorm) settings() (string, []spec.Setting) {
	return "group", []spec.Setting{spec.Optional("groups", &n.groups, 4).AtLeast(1)}
}

func (n groupNorm) String() string { return format(n) }

func (n groupNorm) Draw(b *graph.Builder, name string, x *graph.Node) *graph.Node {
	if b.Err() != nil {
		return nil
	}
	channels := x.Shape()[1]
	groups := min(n.groups, channels)
	for channels%groups != 0 {
		groups--
	}
	return b.GroupNorm(name, x, groups)
}

type layerNorm struct{}

func (*layerNorm) settings() (string, []spec.Setting) { return "layer", nil }

func (n layerNorm) String() string { return format(n) }

func (layerNorm) Draw(b *graph.Builder, name string, x *graph.Node) *graph.Node {
	return b.LayerNorm(name, x, graph.PerChannel())
}

type instanceNorm struct{}

func (*instanceNorm) settings() (string, []spec.Setting) { return "instance", nil }

func (n instanceNorm) String() string { return format(n) }

func (instanceNorm) Draw(b *graph.Builder, name string, x *graph.Node) *graph.Node {
	return b.InstanceNorm(name, x, graph.Affine())
}

type rmsNorm struct{}

func (*rmsNorm) settings() (string, []spec.Setting) { return "rms", nil }

func (n rmsNorm) String() string { return format(n) }

func (rmsNorm) Draw(b *graph.Builder, name string, x *graph.Node) *graph.Node {
	return b.RMSNorm(name, x, graph.PerChannel())
}

type renorm struct{ graph.Renorm }

func (n *renorm) settings() (string, []spec.Setting) {
	d, r := graph.DefaultRenorm(), &n.Renorm
	return "renorm", []spec.Setting{
		spec.Optional("r_max", &r.RMax, d.RMax).AtLeast(1),
		spec.Optional("d_max", &r.DMax, d.DMax).AtLeast(0),
		spec.Optional("start", &r.Start, d.Start).AtLeast(0),
		spec.Optional("r_end", &r.REnd, d.REnd).AtLeast(0),
		spec.Optional("d_end", &r.DEnd, d.DEnd).AtLeast(0),
	}
}

func (n renorm) String() string { return format(n) }

func (n renorm) Draw(b *graph.Builder, name string, x *graph.Node) *graph.Node {
	return b.BatchNorm(name, x, n.Renorm)
}

type ghostNorm struct{ size int }

func (n *ghostNorm) settings() (string, []spec.Setting) {
	return "ghost", []spec.Setting{spec.Optional("size", &n.size, 16).AtLeast(1)}
}

func (n ghostNorm) String() string { return format(n) }

func (n ghostNorm) Draw(b *graph.Builder, name string, x *graph.Node) *graph.Node {
	return b.BatchNorm(name, x, graph.Ghost(n.size))
}

type noNorm struct{}

func (*noNorm) settings() (string, []spec.Setting) { return "none", nil }

func (n noNorm) String() string { return format(n) }

func (noNorm) Draw(_ *graph.Builder, _ string, x *graph.Node) *graph.Node { return x }
