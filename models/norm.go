package models

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"anneal/graph"
	"anneal/internal/spec"
)

// Norm is a normalization that networks take as a parameter. Its String is the spec that ParseNorm reads.
type Norm interface {
	// Draw draws the normalization of that name on x, [N, C] or [N, C, ...].
	Draw(b *graph.Builder, name string, x *graph.Node) *graph.Node
	String() string
}

// Batch returns the Norm of the networks' own functions, graph.Builder.BatchNorm.
func Batch() Norm { return batchNorm{} }

// Layer returns the Norm of graph.Builder.LayerNorm, with gamma and beta per channel, or of LayerNormInside for GRURow
// and LSTMRow.
func Layer() Norm { return layerNorm{} }

// ParseNorm reads a spec:
//
//	batch                       BatchNorm
//	group(groups=4)             GroupNorm; of the largest number of groups up to that which divides the layer's channels
//	layer                       LayerNorm of each sample, with gamma and beta per channel
//	instance                    InstanceNorm with gamma and beta; on [N, C] an error
//	rms                         RMSNorm of each sample, with gamma per channel
//	renorm(r_max=3, d_max=5, start=500, r_end=4000, d_end=2500)  BatchNorm with graph.Renorm
//	ghost(size=16)              BatchNorm with graph.Ghost
//	none                        nothing
//
// The defaults are those shown.
func ParseNorm(text string) (Norm, error) { return norms().Parse(text) }

// NormSignatures lists what ParseNorm reads, each as a call with the keys and the defaults of its settings.
func NormSignatures() []string { return norms().Signatures() }

// norms lists the normalizations.
func norms() spec.Registry[Norm] {
	return spec.Registry[Norm]{What: "norm", Alone: true, Entries: []spec.Entry[Norm]{
		norm[batchNorm](), norm[groupNorm](), norm[layerNorm](), norm[instanceNorm](), norm[rmsNorm](), norm[renorm](),
		norm[ghostNorm](), norm[noNorm](),
	}}
}

// declared is a Norm whose settings a spec sets.
type declared[N Norm] interface {
	*N
	settings() (name string, settings []spec.Setting)
}

func norm[N Norm, P declared[N]]() spec.Entry[Norm] {
	name, _ := P(new(N)).settings()
	return spec.Entry[Norm]{Name: name, New: func() ([]spec.Setting, func() Norm) {
		n := new(N)
		_, settings := P(n).settings()
		return settings, func() Norm { return *n }
	}}
}

// format returns the spec of n.
func format[N Norm, P declared[N]](n N) string {
	name, settings := P(&n).settings()
	return strings.TrimSuffix(spec.Format(name, settings...), "()")
}

// normed are the networks that take a Norm, by their names in the registry.
var normed = map[string]struct {
	with func(size int, n Norm) graph.Model
	own  Norm     // what the network has by itself
	only []string // the kinds that it takes; nil: all
}{
	"lenet-bn":        {with: leNetNorm, own: Batch()},
	"mlp-bn":          {with: mlpNorm, own: Batch()},
	"resnet8":         {with: resNet8, own: Batch()},
	"resnet20":        {with: resNet20, own: Batch()},
	"mobilenet-small": {with: MobileNet, own: Batch()},
	"gru-row":         {with: GRURows, own: Layer(), only: insideKinds},
	"lstm-row":        {with: LSTMRows, own: Layer(), only: insideKinds},
}

// WithNorm returns the name under which Get knows the network with another normalization than its own:
// "lenet-bn(norm=group(groups=2))", or the network's own name for its own, which is BatchNorm, or LayerNorm for gru-row
// and lstm-row. name may be one that WithNorm or WithSize made.
func WithNorm(name, norm string) (string, error) {
	v, err := parse(name)
	if err != nil {
		return name, err
	}
	n, err := normOf(v.entry.Name, norm)
	if err != nil {
		return v.entry.Name, err
	}
	if v.norm = n.String(); n == normed[v.entry.Name].own {
		v.norm = ""
	}
	return v.String(), nil
}

// normOf reads the spec of a network's normalization.
func normOf(name, norm string) (Norm, error) {
	of, ok := normed[name]
	if !ok {
		names := strings.Join(slices.Sorted(maps.Keys(normed)), ", ")
		return nil, fmt.Errorf("models: %s takes no norm: want one of %s", name, names)
	}
	n, err := ParseNorm(norm)
	if err != nil {
		return nil, fmt.Errorf("models: %w", err)
	}
	if of.only != nil && !slices.Contains(of.only, n.String()) {
		return nil, fmt.Errorf("models: norm %s: %s takes %s", n, name, strings.Join(of.only, ", "))
	}
	return n, nil
}
