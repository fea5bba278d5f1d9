package graph

// ConvOption is a setting of Conv1D, Conv2D, ConvTranspose1D and ConvTranspose2D.
type ConvOption interface{ conv(*convConfig) }

// LinearOption is a setting of Linear.
type LinearOption interface{ linear(*weightConfig) }

// NormOption is a setting of BatchNorm.
type NormOption interface{ norm(*normConfig) }

// PoolOption is a setting of MaxPool1D, MaxPool2D, AvgPool1D and AvgPool2D.
type PoolOption interface{ pool(*poolConfig) }

type convConfig struct {
	weightConfig
	window
	groups        int
	padMode       PadMode
	outputPadding [2]int // ConvTranspose1D and ConvTranspose2D
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

// OnlyConvOption is a setting of convolutions alone.
type OnlyConvOption func(*convConfig)

func (o OnlyConvOption) conv(c *convConfig) { o(c) }

// Groups splits input and output channels into g groups, each convolved separately. g must divide both numbers of
// channels. With as many groups as input channels the convolution is depthwise. Default 1.
func Groups(g int) OnlyConvOption { return func(c *convConfig) { c.groups = g } }

// OutputPadding adds p rows and columns to the result of ConvTranspose2D, at the bottom and on the right, less than the
// stride or the dilation. Several sizes of x have a convolution of one size: this tells them apart. Default 0.
func OutputPadding(p int) OnlyConvOption { return OutputPaddings(p, p) }

// OutputPaddings adds h rows and w columns.
func OutputPaddings(h, w int) OnlyConvOption {
	return func(c *convConfig) { c.outputPadding = [2]int{h, w} }
}

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
