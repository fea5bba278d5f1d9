package runs

// Diagnostics describes the inside of the network after an epoch. A batch of the first training samples, as large as
// those that the run trains on and neither shuffled nor augmented, goes through a training program without an update.
// It is the same batch, with the same dropout, every time.
//
// At the last epoch before a change of the rate and at the first after it, the test set is evaluated once more, with
// the running statistics of every BatchNorm replaced for that evaluation by those that train.Recalibrate computes on
// the first training samples: 7500 of them, or 2000 if the schedule changes the rate after more than two of its first
// ten epochs, so that all this takes less than a tenth of the run. The two losses of such a pair of epochs say
// whether the test loss moved with the weights or with the statistics: see NewShift.
type Diagnostics struct {
	Epoch  int                `json:"epoch"`
	Step   int                `json:"step"` // updates of the run so far
	Layers []LayerDiagnostics `json:"layers"`

	// With recomputed statistics, nil at other epochs and without BatchNorm.
	RecalibratedTestLoss     *float64 `json:"recalibrated_test_loss,omitempty"`
	RecalibratedTestAccuracy *float64 `json:"recalibrated_test_accuracy,omitempty"`
	RecalibratedSamples      int      `json:"recalibrated_samples,omitempty"` // used to compute them
}

// LayerDiagnostics is about one layer that has parameters. What it lacks, or is not a finite number, is nil.
//
// Percentiles are the 15th, 50th and 85th of all values of the batch, with linear interpolation between two of them, as
// numpy.percentile has it. Those of BatchNorm's results, batch by batch, are figure 1 of Ioffe and Szegedy, 2015.
type LayerDiagnostics struct {
	Layer string `json:"layer"` // what its parameters' names begin with
	Kind  string `json:"kind"`  // as in graph.Layer: Conv2D, Linear, BatchNorm or a stock op
	// PreActivation has the percentiles of the layer's result, which goes into the activation or into a BatchNorm.
	PreActivation []float64 `json:"pre_activation,omitempty"`
	// Gradient has the percentiles of ∂loss/∂result over the values that any gradient reaches; ReLU and max-pooling
	// stop the others, which are exactly 0, and GradientZeros is their share.
	Gradient      []float64 `json:"gradient,omitempty"`
	GradientZeros *float64  `json:"gradient_zeros,omitempty"`
	Dead          *float64  `json:"dead,omitempty"`         // share of channels that the next ReLU makes 0 throughout
	WeightNorm    *float64  `json:"weight_norm,omitempty"`  // ‖w‖, w its weights (gamma is BatchNorm's) without biases
	UpdateRatio   *float64  `json:"update_ratio,omitempty"` // ‖Δw‖/‖w‖ of the epoch's last update, w before it
	// MeanGap and VarGap are how far a BatchNorm's running statistics are from the batch's, as root mean square over
	// channels: of (batch mean − running mean)/√(running var + eps) and of ln((batch var + eps)/(running var + eps)),
	// both variances unbiased.
	MeanGap *float64 `json:"mean_gap,omitempty"`
	VarGap  *float64 `json:"var_gap,omitempty"`
}
