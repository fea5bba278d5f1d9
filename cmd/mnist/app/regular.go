package app

// regularFlags keep a model from overfitting its training images.
type regularFlags struct {
	LabelSmoothing belowOne `placeholder:"SHARE" help:"${label_smoothing}"`
	EMA            inside   `name:"ema" xor:"average" placeholder:"DECAY" help:"${ema}"`
	SWA            count    `name:"swa" xor:"average" placeholder:"EPOCH" help:"${swa}"`
	Patience       count    `placeholder:"N" help:"${patience}"`
	MinDelta       atLeast0 `placeholder:"X" help:"${min_delta}"`
}
