package runs

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
)

// Settings are the numbers and words that say how a run trains. A train.Config has them, and config.json records them.
type Settings struct {
	Interval Interval `json:"interval"` // what the schedule counts; "": PerEpoch
	Epochs   int      `json:"epochs"`   // 0: 10
	// TotalSteps is the number of updates in the whole run. The run computes it from the other settings.
	TotalSteps int `json:"steps"`
	Steps      int `json:"step_limit,omitempty"` // ends the run after so many updates, even within an epoch; 0: none
	Batch      int `json:"batch"`                // samples per batch; the last batch of an epoch may be smaller; 0: 64
	EvalBatch  int `json:"eval_batch"`           // samples per batch of an evaluation; 0: 200
	// Accumulate is the number of batches per update, whose gradient is the mean over all their samples; the last
	// update of an epoch takes the batches that are left. Steps, and schedules PerStep, count updates. To
	// BatchNorm this is no larger batch: it normalises each batch by the statistics of its own samples, and moves the
	// running ones with every batch. 0: 1
	Accumulate int `json:"accumulate,omitempty"`

	// ScaleLR multiplies all rates, those of groups and those that schedules state too, by what the rule makes of the
	// samples of an update, Batch·Accumulate, over ReferenceBatch. "": it does not
	ScaleLR ScaleLR `json:"scale_lr,omitempty"`
	// ReferenceBatch is the number of samples per update that solver and schedule were chosen for. A run whose updates
	// hold far more has a warning. config.json has it with ScaleLR only. 0: 64 with ScaleLR, else unknown
	ReferenceBatch int `json:"reference_batch,omitempty"`

	// DropLast leaves out the last batch of an epoch if it is smaller than the others.
	DropLast bool `json:"drop_last,omitempty"`

	// Loss names what training minimises, as a train.Config's own Loss spells itself. "": cross-entropy
	Loss string `json:"loss,omitempty"`
	// LabelSmoothing is the share of a label that the training loss spreads over all classes, 0 ≤ s < 1; see
	// graph.Builder.CrossEntropy. Evaluation does without. 0: none
	LabelSmoothing float64 `json:"label_smoothing,omitempty"`
	// EMA is the decay of an exponential moving average of the parameters and running statistics, 0 < EMA < 1, which is
	// evaluated beside the parameters themselves. Schedule, Best and Patience use the parameters themselves. 0: none
	EMA float64 `json:"ema,omitempty"`
	// SWA is the first epoch, counted from 1, of stochastic weight averaging: an equal average of the parameters and
	// running statistics as they are after this epoch and each later one, evaluated as that of EMA. An epoch that Steps
	// cuts short counts like a whole one. A run has EMA or SWA, not both. 0: none
	SWA int `json:"swa,omitempty"`
	// Patience ends the run after so many epochs without an improvement: an epoch that is better than the last
	// improvement, as Best compares them, by more than MinDelta (≥ 0, a share of the samples or nats). 0: never
	Patience int     `json:"patience,omitempty"`
	MinDelta float64 `json:"min_delta,omitempty"`

	Seed      uint64 `json:"seed"`    // of the initial weights, the order of the samples, augmentation and dropout
	NoShuffle Not    `json:"shuffle"` // take the samples in the data set's order, not in another one every epoch
	Type      string `json:"type"`    // of new parameters, float32 or float64; "": float32
	// Augment says how training samples are changed at random, as data.ParseAugment reads it. A Config's own Augment
	// counts instead if there is one. "": not at all
	Augment string `json:"augment,omitempty"`
	// Resampling is "once" if Augment has more than one RandomAffine and those that follow one another are one map. The
	// run computes it. "": Augment has fewer, or each resamples by itself, as in runs of older versions of the program
	Resampling string `json:"resampling,omitempty"`

	// Best is what the best checkpoint is the best by, and what Patience watches: the accuracy, the loss, or the name of
	// one of the Metrics. A ReduceLROnPlateau watches that metric, too, if its mode says which way is better, and
	// otherwise the loss (min) or the accuracy (max). "": ByAccuracy, and that alone makes no choice
	Best Best `json:"best"`
	// Metrics are measured on the test and validation samples after every epoch, as metrics.ParseList reads them. A
	// Config's own Metrics count instead if there are any. "": none
	Metrics string `json:"metrics,omitempty"`
	// ChooseBy is the data that choices are made by. "": ByValidation if there is a Config's Validation, a Valid or a
	// Fold, or if anything chooses: a ReduceLROnPlateau, Patience or Best; else ByNothing
	ChooseBy ChooseBy `json:"choose_by,omitempty"`
	// Valid sets training samples aside to choose by, as data.Split does: a number of samples, or a share if it is below
	// 1. 0: data.ValidationSize of them ByValidation, unless the Config has its own Validation; else none
	Valid     float64 `json:"valid,omitempty"`
	ValidSeed uint64  `json:"valid_seed,omitempty"` // which of them; runs whose Seeds differ can have the same
	// Fold sets aside the validation samples of a fold, in place of Valid: "2/5" is the second of the five data.Folds of
	// the training samples, which ValidSeed decides. "": none
	Fold string `json:"fold,omitempty"`

	// TrainFraction is the share of the training samples to train on, those of validation apart; data.Fraction chooses
	// them by ValidSeed. 0: all
	TrainFraction float64 `json:"train_fraction,omitempty"`
	// FractionOf is the number of samples that TrainFraction is a share of. The run computes it.
	FractionOf int `json:"fraction_of,omitempty"`
	// Sample is Balanced for epochs that draw as many samples as there are, with replacement, each class as often
	// as the others. "": every sample once
	Sample string `json:"sample,omitempty"`
	// ClassWeights are the weights of the classes in the training loss, which is the cross-entropy: Balanced for those of
	// data.ClassWeights, or one number for each class, such as "1,5". Evaluation does without. "": all 1
	ClassWeights string `json:"class_weights,omitempty"`

	Diagnostics bool `json:"diagnostics,omitempty"` // tell Diagnostics after every epoch, without any effect on training
	LogEvery    int  `json:"log_every,omitempty"`   // metrics.jsonl has a line for every so many batches; 0: 100
	SaveEvery   int  `json:"save_every,omitempty"`  // also write a checkpoint every so many steps; 0: none
	Keep        int  `json:"keep,omitempty"`        // so many checkpoints before the last, as step-N.safetensors; 0: none
}

// Balanced is a Sample and a ClassWeights under which all classes count alike.
const Balanced = "balanced"

// Interval is what a schedule counts.
type Interval string

// The intervals.
const (
	PerEpoch Interval = "epoch"
	PerStep  Interval = "step" // an update
)

// Best is how epochs are compared.
type Best string

// The ways to compare epochs, on the samples of ChooseBy. Of equal ones the first is the best.
const (
	ByAccuracy Best = "accuracy"
	ByLoss     Best = "loss"
)

// Not is a bool whose key in JSON means the opposite.
type Not bool

// MarshalJSON writes the opposite of n.
func (n Not) MarshalJSON() ([]byte, error) { return json.Marshal(!bool(n)) }

// UnmarshalJSON reads the opposite of n.
func (n *Not) UnmarshalJSON(text []byte) error {
	var opposite bool
	err := json.Unmarshal(text, &opposite)
	*n = Not(!opposite)
	return err
}

// Complete gives what is not set its default. The error names a setting that is invalid, and what is allowed.
func (s *Settings) Complete() error {
	if err := s.ScaleLR.Validate(); err != nil {
		return err
	}
	if s.ScaleLR != ScaleNot {
		s.ReferenceBatch = cmp.Or(s.ReferenceBatch, 64)
	}
	for _, n := range []struct {
		name  string
		value *int
		zero  int // what 0 stands for
	}{
		{"epochs", &s.Epochs, 10},
		{"steps", &s.Steps, 0},
		{"batch", &s.Batch, 64},
		{"evaluation batch", &s.EvalBatch, 200},
		{"log every", &s.LogEvery, 100},
		{"save every", &s.SaveEvery, 0},
		{"keep", &s.Keep, 0},
		{"accumulate", &s.Accumulate, 1},
		{"reference batch", &s.ReferenceBatch, 0},
		{"patience", &s.Patience, 0},
		{"swa", &s.SWA, 0},
	} {
		if *n.value < 0 || *n.value > math.MaxInt32 {
			return fmt.Errorf("%s: got %d, want 1 to %d", n.name, *n.value, math.MaxInt32)
		}
		*n.value = cmp.Or(*n.value, n.zero)
	}
	s.Interval, s.Best, s.Type = cmp.Or(s.Interval, PerEpoch), cmp.Or(s.Best, ByAccuracy), cmp.Or(s.Type, "float32")
	switch {
	case !(s.LabelSmoothing >= 0 && s.LabelSmoothing < 1):
		return fmt.Errorf("label smoothing: got %v, want at least 0 and less than 1", s.LabelSmoothing)
	case s.EMA != 0 && !(s.EMA > 0 && s.EMA < 1):
		return fmt.Errorf("decay of the moving average: got %v, want more than 0 and less than 1", s.EMA)
	case s.EMA != 0 && s.SWA != 0:
		return fmt.Errorf("ema: got %v, and swa %d: want one average of the weights, not both", s.EMA, s.SWA)
	case s.SWA > s.Epochs:
		return fmt.Errorf("swa: got epoch %d, want at most %d, the epochs of the run", s.SWA, s.Epochs)
	case !(s.MinDelta >= 0 && s.MinDelta <= math.MaxFloat64):
		return fmt.Errorf("min delta: got %v, want a number of at least 0", s.MinDelta)
	case s.MinDelta > 0 && s.Patience == 0:
		return fmt.Errorf("min delta: got %v and no patience, want a patience of at least 1 with it", s.MinDelta)
	case s.Interval != PerEpoch && s.Interval != PerStep:
		return fmt.Errorf("interval: got %q, want %q or %q", s.Interval, PerEpoch, PerStep)
	case s.Best != ByAccuracy && s.Best != ByLoss && s.Metrics == "": // with Metrics, a Config checks their names
		return fmt.Errorf("best: got %q, want %q or %q", s.Best, ByAccuracy, ByLoss)
	case s.ChooseBy != "" && s.ChooseBy != ByValidation && s.ChooseBy != ByTest && s.ChooseBy != ByNothing:
		return fmt.Errorf("choose by: got %q, want %q, %q or %q", s.ChooseBy, ByValidation, ByTest, ByNothing)
	case s.Valid != 0 && !(s.Valid > 0):
		return fmt.Errorf("validation size: got %v, want a number of samples, or a share between 0 and 1", s.Valid)
	case !(s.TrainFraction >= 0 && s.TrainFraction <= 1):
		return fmt.Errorf("train fraction: got %v, want a share above 0 and at most 1", s.TrainFraction)
	case s.Sample != "" && s.Sample != Balanced:
		return fmt.Errorf("sample: got %q, want %q", s.Sample, Balanced)
	case s.Type != "float32" && s.Type != "float64":
		return fmt.Errorf("type: got %q, want %q or %q", s.Type, "float32", "float64")
	}
	return nil
}

// Batches returns the number of batches of an epoch of n samples.
func (s *Settings) Batches(n int) int {
	if s.DropLast {
		return n / s.Batch
	}
	return (n + s.Batch - 1) / s.Batch
}

// Updates returns the number of updates that so many batches make, within an epoch.
func (s *Settings) Updates(batches int) int {
	each := max(s.Accumulate, 1)
	return (batches + each - 1) / each
}
