package train

import "anneal/graph"

// Observer is told what happens in a run: one Start, then a Step after every update, an Epoch after every evaluation and, where
// Config has Diagnostics, one of these after that, a Control or a Refused after a command, and one End. Log lines, metrics.jsonl
// and progress bars are observers. It is called on the run's goroutine, in order; an error it returns ends the run.
type Observer func(Event) error

// Event is a Start, Step, Epoch, Diagnostics, Control, Refused or End.
type Event interface{ event() }

// Start says what is about to run.
type Start struct {
	Dir     string // the run's folder, "" if nothing is written
	Samples int    // in an epoch
	Batches int    // in an epoch
	Updates int    // in an epoch: as many as Batches, unless Config.Accumulate is more than 1
	Epochs  int
	Steps   int // updates in the whole run
	Done    int // updates of them that a resumed run has done before
	Weights int // trainable numbers in the model

	Params *graph.Params // those that the run trains, for observers to read

	Loaded  *Loaded  // what came from Config.Init, nil if nothing
	Changes []string // what a resumed run does in another way than before

	Interval Interval // what the schedules count
	Groups   []Group  // of the solver; the first has the parameters that are in no other
	Frozen   []string // the parameters that no step moves
	Warnings []string // what is odd about the schedules; see schedules.Lint
}

// Step is one update of the parameters.
type Step struct {
	Epoch int       `json:"epoch"` // counted from 1
	Step  int       `json:"step"`  // updates of the run so far, this one included
	Batch int       `json:"-"`     // batches of the epoch so far, this update's included
	Took  int       `json:"-"`     // batches in this update; 0 stands for 1
	Seen  int       `json:"seen"`  // samples of the epoch so far, this update's included
	Loss  float64   `json:"loss"`  // before the update: the mean over its samples, in nats
	LR    []float64 `json:"lr"`    // the rate of this update, one a parameter group
}

// Every reports whether an n-th batch of the epoch is in the update: what is told of every n-th batch is told of it. For an n below 1
// there is none.
func (s Step) Every(n int) bool { return n > 0 && s.Batch/n > (s.Batch-max(s.Took, 1))/n }

// Epoch is one pass over the training samples and the evaluation on the test samples that follows it. A run that stops
// after a number of steps ends with an Epoch of the samples it saw.
type Epoch struct {
	Epoch        int       `json:"epoch"`
	Step         int       `json:"step"`          // updates of the run so far
	TrainLoss    float64   `json:"train_loss"`    // mean over the epoch's samples of the losses of its Steps
	TestLoss     float64   `json:"test_loss"`     // mean over the test samples, in nats
	TestAccuracy float64   `json:"test_accuracy"` // Correct / Total
	Correct      int       `json:"-"`
	Total        int       `json:"-"`
	LR           []float64 `json:"lr"`            // the rate of the epoch's last update, one a parameter group
	TrainSeconds float64   `json:"train_seconds"` // wall time, to the millisecond
	TestSeconds  float64   `json:"test_seconds"`

	// On the test samples, class by class; see Evaluation.
	Confusion [][]int   `json:"confusion,omitempty"`
	Precision []float64 `json:"precision,omitempty"`
	Recall    []float64 `json:"recall,omitempty"`

	// Of the moving average of the weights on the test samples, nil without one. The schedule and Best go by the weights themselves.
	EMATestLoss     *float64 `json:"ema_test_loss,omitempty"` // nil, too, if it is not finite
	EMATestAccuracy *float64 `json:"ema_test_accuracy,omitempty"`
}

// Diagnostics is a look into the network after an epoch: a batch of the first training samples, as large as those that the
// run trains on and neither shuffled nor augmented, goes through a training program, which moves nothing. It is the same
// batch, with the same dropout, every time.
//
// At the last epoch before a change of the rate and at the first after it, the test set is evaluated once more, with the
// running statistics of every BatchNorm replaced, for as long as that takes, by those that Recalibrate computes on the
// first training samples: 7500 of them, or 2000 if the schedule changes the rate after more than two of its first ten epochs,
// so that all this takes less than a tenth of the run. The two losses of such a pair of epochs say whether the test loss moved
// with the weights or with the statistics: see NewShift.
type Diagnostics struct {
	Epoch                    int                `json:"epoch"`
	Step                     int                `json:"step"` // updates of the run so far
	Layers                   []LayerDiagnostics `json:"layers"`
	RecalibratedTestLoss     *float64           `json:"recalibrated_test_loss,omitempty"` // nil at other epochs, and without BatchNorm
	RecalibratedTestAccuracy *float64           `json:"recalibrated_test_accuracy,omitempty"`
	RecalibratedSamples      int                `json:"recalibrated_samples,omitempty"` // that the statistics were computed from
}

// LayerDiagnostics is about one layer that has parameters. What it lacks, or is not a finite number, is nil.
//
// Percentiles are the 15th, 50th and 85th of all values of the batch, with linear interpolation between two of them, as
// numpy.percentile has it. Those of BatchNorm's results, batch by batch, are figure 1 of Ioffe and Szegedy, 2015.
type LayerDiagnostics struct {
	Layer         string    `json:"layer"`                    // what its parameters' names begin with
	Kind          string    `json:"kind"`                     // as graph.Layer has it: Conv2D, Linear, BatchNorm or a stock op
	PreActivation []float64 `json:"pre_activation,omitempty"` // percentiles of its result, which goes into the activation or into a BatchNorm
	// Gradient has the percentiles of ∂loss/∂result over the values that any gradient reaches; ReLU and max-pooling stop the
	// others, which are exactly 0, and GradientZeros is their share.
	Gradient      []float64 `json:"gradient,omitempty"`
	GradientZeros *float64  `json:"gradient_zeros,omitempty"`
	Dead          *float64  `json:"dead,omitempty"`         // share of the channels that the next ReLU makes 0 in every sample and place
	WeightNorm    *float64  `json:"weight_norm,omitempty"`  // ‖w‖, w its weights (gamma is BatchNorm's) without biases
	UpdateRatio   *float64  `json:"update_ratio,omitempty"` // ‖Δw‖/‖w‖ of the epoch's last update, w before it
	// MeanGap and VarGap are how far a BatchNorm's running statistics are from the batch's, as root mean square over channels:
	// of (batch mean − running mean)/√(running var + eps) and of ln((batch var + eps)/(running var + eps)), both variances unbiased.
	MeanGap *float64 `json:"mean_gap,omitempty"`
	VarGap  *float64 `json:"var_gap,omitempty"`
}

// Control is a Command that was done. It is told before the update that follows.
type Control struct {
	Epoch  int       `json:"epoch"` // under way, counted from 1
	Step   int       `json:"step"`  // updates of the run so far
	Action Action    `json:"action"`
	LR     []float64 `json:"lr,omitempty"` // of SetRate: the rates from the next update on, one a parameter group
}

// Refused is a Command that could not be done.
type Refused struct {
	Command Command
	Err     error
}

// End closes a run.
type End struct {
	Epochs       int     `json:"epochs"` // evaluated
	BestAccuracy float64 `json:"best_accuracy"`
	BestEpoch    int     `json:"best_epoch"` // the first that had BestAccuracy, 0 if none was evaluated
	Reason       string  `json:"reason"`     // Completed, StoppedEarly, Interrupted or Diverged
}

// Why a run ended.
const (
	Completed    = "completed"
	StoppedEarly = "stopped early" // as Config.Patience says, before its last epoch
	Interrupted  = "interrupted"   // its context was cancelled, or it was told to Stop
	Diverged     = "diverged"      // a loss was not finite
)

func (Start) event()       {}
func (Step) event()        {}
func (Epoch) event()       {}
func (Diagnostics) event() {}
func (Control) event()     {}
func (Refused) event()     {}
func (End) event()         {}
