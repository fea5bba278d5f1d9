package runs

import (
	"fmt"
	"time"

	"anneal/schedules"
)

// Observer is called with the events of a run, in order, on the run's goroutine: a Reading every two seconds while the
// run reads its samples for their hash, so that small sets have none; one Start; a Step after every update; an Epoch
// after every evaluation, and a Diagnostics after that if the run makes them; a Control or a Refused after a command; a
// Notice when something goes wrong; one End. Log lines, metrics.jsonl and progress bars are observers. An error that it
// returns ends the run.
type Observer func(Event) error

// Event is a Reading, Start, Step, Epoch, Diagnostics, Control, Refused, Retry, Notice or End.
type Event interface{ event() }

// Reading says how far a run has read one part of its data for the hash in config.json.
type Reading struct {
	Part    string // training, test or validation
	Done    int    // samples that were read
	Samples int    // in the part
}

// Start says what is about to run.
type Start struct {
	Dir     string // the run's folder, "" if nothing is written
	Samples int    // per epoch
	// Validation is the number of validation samples, 0 without any. By says by which data Choosers choose, such as
	// "patience 3", and which epoch is the best.
	Validation int
	By         ChooseBy
	Choosers   []string
	Best       Best // what epochs are compared by, "" if nothing chooses
	NoClasses  bool // the samples have no classes: there is no accuracy

	Batches  int // per epoch
	Updates  int // per epoch: as many as Batches, unless an update takes several batches
	Epochs   int
	Steps    int      // updates in the whole run
	Done     int      // updates that a resumed run had done before
	Unlogged LossMean // of the updates that a resumed run had done since the last line of metrics.jsonl
	Weights  int      // trainable numbers in the model

	Loaded  *Loaded  // what was loaded from a file of weights, nil if nothing
	Changes []string // the settings that a resumed run changes, and what follows from that

	Update     int     // samples per update, unless there are too few left
	Reference  int     // samples per update that the rates were chosen for; 0: unknown
	ScaleLR    ScaleLR // the rule that multiplies the rates
	RateFactor float64 // by this

	Interval Interval // what the schedules count
	Groups   []Group  // of the solver; the first has the parameters that are in no other
	Frozen   []string // the parameters that no step moves
	Held     []string // the BatchNorms that normalise by their running statistics, which nothing moves
	Moving   []string // the BatchNorms whose parameters are frozen and whose running statistics every batch moves
	Warnings []string // what is odd about the settings; see schedules.Lint
}

// Group describes a parameter group of the solver.
type Group struct {
	Pattern string  // "" for the parameters that are in no group
	Tensors int     // trained ones; frozen ones are not counted
	LR      float64 // of the first update
	Lowest  float64 // the lowest rate of a tensor in the group: layer decay makes it lower than LR

	Schedule schedules.Schedule // that LR follows
	Base     float64            // the rate that Schedule starts from
}

// Step is one update of the parameters.
type Step struct {
	Epoch int       `json:"epoch"` // counted from 1
	Step  int       `json:"step"`  // updates of the run so far, this one included
	Batch int       `json:"-"`     // batches of the epoch so far, this update's included
	Took  int       `json:"-"`     // batches in this update; 0 stands for 1
	Seen  int       `json:"seen"`  // samples of the epoch so far, this update's included
	Loss  float64   `json:"loss"`  // before the update: the mean over its samples, in nats
	LR    []float64 `json:"lr"`    // the rate of this update, one per parameter group

	// MeanLoss is the mean of the losses since the last step that has a line in metrics.jsonl, or since the run's
	// beginning, this update's included: over MeanSamples samples, across the ends of epochs. Files of older versions
	// of the program have neither.
	MeanLoss    float64 `json:"mean_loss,omitempty"`
	MeanSamples int     `json:"mean_samples,omitempty"`

	Samples   int     `json:"-"` // in this update
	EpochLoss float64 `json:"-"` // the mean over the samples of the epoch so far
}

// LossMean is a mean loss over samples, such as of those since the last line of a log.
type LossMean struct {
	Samples int     `json:"samples"`
	Sum     float64 `json:"loss_sum"`
}

// Add adds n samples whose mean loss is loss.
func (m *LossMean) Add(n int, loss float64) {
	m.Samples += n
	m.Sum += loss * float64(n)
}

// Mean returns the mean, or NaN without samples.
func (m LossMean) Mean() float64 { return m.Sum / float64(m.Samples) }

// Mean returns the best mean loss that s knows, and over how many samples it is: MeanLoss, or the update's own loss.
// For a line of a file of an older version of the program that is the loss of one batch, of unknown size: it counts as
// one sample.
func (s Step) Mean() (loss float64, samples int) {
	if s.MeanSamples > 0 {
		return s.MeanLoss, s.MeanSamples
	}
	return s.Loss, max(s.Samples, 1)
}

// Every reports whether the update took an n-th batch of the epoch, counted by n. Observers that report every n-th
// batch report this update if it is true. It is false for n < 1.
func (s Step) Every(n int) bool { return n > 0 && s.Batch/n > (s.Batch-max(s.Took, 1))/n }

// Epoch is one pass over the training samples and the evaluation on the test samples that follows it. A run that stops
// after a number of steps ends with an Epoch of the samples it saw.
type Epoch struct {
	Epoch        int       `json:"epoch"`
	Step         int       `json:"step"`              // updates of the run so far
	TrainLoss    float64   `json:"train_loss"`        // mean over the epoch's samples of the losses of its Steps
	TestLoss     float64   `json:"test_loss"`         // mean over the test samples, in nats
	TestAccuracy float64   `json:"test_accuracy"`     // Correct / Total
	Correct      int       `json:"correct,omitempty"` // of the test samples; left out if it is 0
	Total        int       `json:"total,omitempty"`   // test samples
	LR           []float64 `json:"lr"`                // the rate of the epoch's last update, one per parameter group
	TrainSeconds float64   `json:"train_seconds"`     // wall time, to the millisecond
	TestSeconds  float64   `json:"test_seconds"`
	// ExchangeSeconds is the part of TrainSeconds in which rank 0 of several has exchanged with the others, or waited.
	ExchangeSeconds float64 `json:"exchange_seconds,omitempty"`

	// NoClasses says that the samples have no classes: accuracies are 0 or left out and mean nothing.
	NoClasses bool `json:"no_classes,omitempty"`

	// On the test samples, one per class; see train.Evaluation.
	Confusion [][]int `json:"confusion,omitempty"`
	Precision Shares  `json:"precision,omitempty"`
	Recall    Shares  `json:"recall,omitempty"`

	// The weights on the validation samples, nil if the run has none.
	ValidationLoss     *float64 `json:"validation_loss,omitempty"`
	ValidationAccuracy *float64 `json:"validation_accuracy,omitempty"`

	Metrics []Metric `json:"metrics,omitempty"` // those of train.Config.Metrics, in their order

	// Guessing says that the network does no better than guessing; see Guesses. Files of older versions of the program
	// do not have it.
	Guessing *bool `json:"guessing,omitempty"`

	// The average of the weights on the test samples and on the validation samples: the moving one (Settings.EMA) or the
	// equal one (Settings.SWA), nil if the run has none; see Average. The schedule and Best use the weights themselves.
	EMATestLoss     *float64 `json:"ema_test_loss,omitempty"` // also nil if it is not finite
	EMATestAccuracy *float64 `json:"ema_test_accuracy,omitempty"`

	EMAValidationLoss     *float64 `json:"ema_validation_loss,omitempty"` // also nil if it is not finite
	EMAValidationAccuracy *float64 `json:"ema_validation_accuracy,omitempty"`

	// Likewise; nil before the average's first epoch.
	SWATestLoss     *float64 `json:"swa_test_loss,omitempty"`
	SWATestAccuracy *float64 `json:"swa_test_accuracy,omitempty"`

	SWAValidationLoss     *float64 `json:"swa_validation_loss,omitempty"`
	SWAValidationAccuracy *float64 `json:"swa_validation_accuracy,omitempty"`
}

// Control is a Command that was carried out. It comes before the update that follows.
type Control struct {
	Epoch  int       `json:"epoch"`            // under way, counted from 1
	Step   int       `json:"step"`             // updates of the run so far
	Passed float64   `json:"passed,omitempty"` // epochs so far, with the fraction of the one under way by its samples
	Action Action    `json:"action"`
	LR     []float64 `json:"lr,omitempty"` // of SetRate: the rates from the next update on, one per parameter group
}

// Refused is a Command that could not be carried out.
type Refused struct {
	Command Command
	Err     error
}

// Retry says that a file could not be written, for want of what may be there again in a moment: file descriptors,
// memory or room on the disk. The run tries again, and ends with the error if the lack lasts.
type Retry struct {
	What  string // that is written
	Err   error
	Limit time.Duration // of the tries
}

// Notice says that something goes wrong and what to try. A run tells each kind once.
type Notice struct {
	Epoch int    `json:"epoch"` // under way, or the last one
	Step  int    `json:"step"`  // updates of the run so far
	Kind  string `json:"kind"`  // Guessing, DeadUnits or Diverging
	Text  string `json:"text"`  // sentences
}

// The kinds of notices.
const (
	Guessing  = "guessing"   // the network does no better than guessing
	DeadUnits = "dead units" // many units are 0 whatever comes in
	Diverging = "diverging"  // the loss grows as before it becomes infinite
)

// End closes a run.
type End struct {
	Epochs int `json:"epochs"` // evaluated
	// BestAccuracy is the highest test accuracy of an epoch, which is higher than that of a network in use. TestAccuracy
	// or Choice has the run's result.
	BestAccuracy float64 `json:"best_accuracy"`
	BestEpoch    int     `json:"best_epoch"` // the first that had BestAccuracy, 0 if none was evaluated
	// TestAccuracy is that of the last epoch. Metrics of older versions of the program do not have it.
	TestAccuracy float64 `json:"test_accuracy,omitempty"`
	// NoClasses says that the samples have no classes; TestLoss is then that of the last epoch, and accuracies are 0.
	NoClasses bool    `json:"no_classes,omitempty"`
	TestLoss  float64 `json:"test_loss,omitempty"`
	Choice    Choice  `json:"choice,omitzero"` // zero if nothing chooses
	Reason    string  `json:"reason"`          // Completed, StoppedEarly, Interrupted or Diverged
}

// Outcome returns what goes behind the Reason in a sentence: the accuracy of the last epoch, its loss if the samples
// have no classes, and the best epoch if something chooses.
func (e End) Outcome() string {
	if e.Epochs == 0 || e.TestAccuracy == 0 && e.BestAccuracy > 0 { // the latter in older metrics
		return ""
	}
	text := fmt.Sprintf(", test accuracy %.2f%%", 100*e.TestAccuracy)
	if e.NoClasses {
		text = fmt.Sprintf(", test loss %.4f", e.TestLoss)
	}
	if e.Choice.Epoch > 0 {
		text += "; " + e.Choice.String()
	}
	return text
}

// Why a run ended.
const (
	Completed    = "completed"
	StoppedEarly = "stopped early" // before its last epoch, since its patience was over
	Interrupted  = "interrupted"   // its context was cancelled, or it was commanded to Stop
	Diverged     = "diverged"      // a loss was not finite
)

func (Reading) event()     {}
func (Start) event()       {}
func (Step) event()        {}
func (Epoch) event()       {}
func (Diagnostics) event() {}
func (Control) event()     {}
func (Refused) event()     {}
func (Retry) event()       {}
func (Notice) event()      {}
func (End) event()         {}
