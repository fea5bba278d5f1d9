package graph

// EveryNormOption is a setting of every normalization.
type EveryNormOption func(*affineConfig)

// affineConfig has the settings that all normalizations share.
type affineConfig struct {
	eps    float64
	affine bool // with gamma and, where there is one, beta
}

// SampleNormOption is a setting of GroupNorm and InstanceNorm.
type SampleNormOption interface{ sampleNorm(*sampleConfig) }

// LayerNormOption is a setting of LayerNorm and RMSNorm.
type LayerNormOption interface{ layerNorm(*layerNormConfig) }

type sampleConfig struct {
	affineConfig
	beta     bool     // with beta, if affine
	momentum *float64 // of running statistics; nil: there are none
}

type layerNormConfig struct {
	sampleConfig
	axes       int
	perChannel bool
}

func newSampleConfig(opts []SampleNormOption) sampleConfig {
	c := sampleConfig{affineConfig: affineConfig{eps: 1e-5, affine: true}, beta: true}
	for _, o := range opts {
		o.sampleNorm(&c)
	}
	return c
}

func (o EveryNormOption) norm(c *normConfig)           { o(&c.affineConfig) }
func (o EveryNormOption) sampleNorm(c *sampleConfig)   { o(&c.affineConfig) }
func (o EveryNormOption) layerNorm(c *layerNormConfig) { o(&c.affineConfig) }

// Eps sets the number, greater than 0, that is added to the variance before the root is taken. Default 1e-5, except
// for RMSNorm.
func Eps(eps float64) EveryNormOption { return func(c *affineConfig) { c.eps = eps } }

// NoAffine leaves out a normalization's learned scale and shift, gamma and beta: PyTorch's affine=False, and
// elementwise_affine=False.
func NoAffine() EveryNormOption { return func(c *affineConfig) { c.affine = false } }

// Affine gives a normalization its learned scale and shift, gamma and beta: PyTorch's affine=True. It is the default,
// except for InstanceNorm.
func Affine() EveryNormOption { return func(c *affineConfig) { c.affine = true } }

// BetaOption is a setting of the normalizations that have no running statistics.
type BetaOption func(*sampleConfig)

func (o BetaOption) sampleNorm(c *sampleConfig)   { o(c) }
func (o BetaOption) layerNorm(c *layerNormConfig) { o(&c.sampleConfig) }

// NoBeta leaves out the learned shift, beta, and keeps gamma: PyTorch's bias=False.
func NoBeta() BetaOption { return func(c *sampleConfig) { c.beta = false } }

// InstanceNormOption is a setting of InstanceNorm alone.
type InstanceNormOption func(*sampleConfig)

func (o InstanceNormOption) sampleNorm(c *sampleConfig) { o(c) }

// TrackStats gives InstanceNorm running statistics under BatchNorm's names. Each batch moves them towards the means,
// over its samples, of the channels' means and unbiased variances. An evaluation program then normalises by them, as
// BatchNorm does. momentum is 0 to 1, and PyTorch's default is 0.1. It is PyTorch's track_running_stats=True.
func TrackStats(momentum float64) InstanceNormOption {
	return func(c *sampleConfig) { c.momentum = &momentum }
}

// OnlyLayerNormOption is a setting of LayerNorm and RMSNorm alone.
type OnlyLayerNormOption func(*layerNormConfig)

func (o OnlyLayerNormOption) layerNorm(c *layerNormConfig) { o(c) }

// Over normalises over the last axes of the input, at least 1, and all but the first at most. Default 1. Over(3)
// normalises [N, C, H, W] over C, H and W, as PyTorch's LayerNorm([C, H, W]) does.
func Over(axes int) OnlyLayerNormOption { return func(c *layerNormConfig) { c.axes = axes } }

// PerChannel normalises [N, C, ...] over all axes but the first, and learns one gamma and one beta per channel, [C], in
// place of one for each value. LayerNorm is then GroupNorm of one group. This is the form of images, whose height and
// width may differ.
func PerChannel() OnlyLayerNormOption { return func(c *layerNormConfig) { c.perChannel = true } }
