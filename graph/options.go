package graph

// ConvOption is a setting of Conv2D.
type ConvOption interface{ conv(*convConfig) }

// LinearOption is a setting of Linear.
type LinearOption interface{ linear(*weightConfig) }

// NormOption is a setting of BatchNorm.
type NormOption interface{ norm(*normConfig) }

// PoolOption is a setting of MaxPool2D and AvgPool2D.
type PoolOption interface{ pool(*window) }

// window has the settings that convolution and pooling share, height first, then width.
type window struct{ kernel, stride, padding, dilation [2]int }

// weightConfig has the settings that Conv2D and Linear share.
type weightConfig struct {
	bias       bool
	initWeight Init
	initBias   Init

	standardize bool // see StandardizeWeight
}

type convConfig struct {
	weightConfig
	window
	groups int
}

type normConfig struct {
	momentum   float64
	schedule   Schedule // of momentum; nil: none
	cumulative bool
	renorm     *Renorm // nil: none
	ghost      int     // samples per virtual batch; 0: the batch is one
	noStats    bool
	affineConfig
}

// WindowOption is a setting of both convolution and pooling.
type WindowOption func(*window)

func (o WindowOption) conv(c *convConfig) { o(&c.window) }
func (o WindowOption) pool(w *window)     { o(w) }

// Kernel makes the window h rows high and w columns wide instead of square. Both must be at least 1.
func Kernel(h, w int) WindowOption { return func(c *window) { c.kernel = [2]int{h, w} } }

// Stride moves the window by s rows and columns, at least 1. Default: 1 for Conv2D, the kernel's size for pooling.
func Stride(s int) WindowOption { return Strides(s, s) }

// Strides moves the window by h rows and w columns.
func Strides(h, w int) WindowOption { return func(c *window) { c.stride = [2]int{h, w} } }

// Padding adds p rows and columns on each side, at least 0: zeros for Conv2D and AvgPool2D, −Inf for MaxPool2D.
// Pooling allows at most half the kernel's size, as PyTorch does. Default 0.
func Padding(p int) WindowOption { return Paddings(p, p) }

// Paddings adds h rows on each side and w columns on each side.
func Paddings(h, w int) WindowOption { return func(c *window) { c.padding = [2]int{h, w} } }

// OnlyConvOption is a setting of Conv2D alone.
type OnlyConvOption func(*convConfig)

func (o OnlyConvOption) conv(c *convConfig) { o(c) }

// Dilation spreads a kernel's taps d apart, at least 1. Default 1.
func Dilation(d int) OnlyConvOption { return Dilations(d, d) }

// Dilations spreads a kernel's taps h rows and w columns apart.
func Dilations(h, w int) OnlyConvOption { return func(c *convConfig) { c.dilation = [2]int{h, w} } }

// Groups splits input and output channels into g groups, each convolved separately. g must divide both numbers of
// channels. With as many groups as input channels the convolution is depthwise. Default 1.
func Groups(g int) OnlyConvOption { return func(c *convConfig) { c.groups = g } }

// WeightOption is a setting of both Conv2D and Linear.
type WeightOption func(*weightConfig)

func (o WeightOption) conv(c *convConfig)     { o(&c.weightConfig) }
func (o WeightOption) linear(c *weightConfig) { o(c) }

// NoBias leaves out the bias. A BatchNorm that follows makes it superfluous, since its beta does the same.
func NoBias() WeightOption { return func(c *weightConfig) { c.bias = false } }

// InitWeight samples the initial weights with init. Default DefaultInit.
func InitWeight(init Init) WeightOption { return func(c *weightConfig) { c.initWeight = init } }

// InitBias samples the initial biases with init. Default DefaultInit.
func InitBias(init Init) WeightOption { return func(c *weightConfig) { c.initBias = init } }

// OnlyNormOption is a setting of BatchNorm alone.
type OnlyNormOption func(*normConfig)

func (o OnlyNormOption) norm(c *normConfig) { o(c) }

// Momentum is the new batch's share of a running statistic: running = (1−m)·running + m·batch, 0 ≤ m ≤ 1. Default 0.1.
// It is PyTorch's momentum; much of the literature calls 1−m the momentum.
func Momentum(m float64) OnlyNormOption { return func(c *normConfig) { c.momentum = m } }

// CumulativeAverage makes each running statistic the plain mean over all batches so far, with momentum 1/count:
// PyTorch's momentum=None.
func CumulativeAverage() OnlyNormOption { return func(c *normConfig) { c.cumulative = true } }

// Ghost normalises in virtual batches: a batch of n samples is cut into n/size of them, in the order of the samples,
// and each is normalised by its own statistics. Each has at least size samples, and their sizes differ by at most one;
// a batch of fewer than 2·size samples is not cut. The running statistics move once for each. A large batch is thus
// normalised as small ones are, whose noise regularises. Evaluation is the same without it.
//
// Hoffer, Hubara and Soudry, Train longer, generalize better, 2017, arXiv:1705.08741, algorithm 1.
func Ghost(size int) OnlyNormOption { return func(c *normConfig) { c.ghost = size } }

// NoStats leaves out the running statistics: evaluation programs normalise by the statistics of their batch, too, so
// that a result depends on the other samples of the batch. It is PyTorch's track_running_stats=False.
func NoStats() OnlyNormOption { return func(c *normConfig) { c.noStats = true } }
