package main

// regularFlags keep a model from learning its training images too well.
type regularFlags struct {
	LabelSmoothing belowOne `placeholder:"SHARE" help:"Train towards labels of which this share, such as 0.1, is spread over all classes. The test loss is without."`
	EMA            inside   `name:"ema" placeholder:"DECAY" help:"Keep an exponential moving average of the weights and of batch normalization's statistics, such as with 0.999, test it beside the weights, and leave it in ema.safetensors."`
	Patience       count    `placeholder:"N" help:"Stop early after N epochs without an improvement by what --best says, of the weights themselves."`
	MinDelta       atLeast0 `placeholder:"X" help:"With --patience, an improvement is one of more than X: a share of the images, such as 0.001, or with --best loss nats."`
}
