package app

import (
	"errors"
	"strconv"

	"github.com/sirupsen/logrus"

	"anneal/runs"
)

// scalingFlags carry a learning rate from one number of images per update to another.
type scalingFlags struct {
	ScaleLR        string `name:"scale-lr" enum:",linear,sqrt" default:"" placeholder:"linear|sqrt" help:"${scale_lr}"`
	ReferenceBatch count  `placeholder:"N" help:"${reference_batch}"`
}

// standardBatch is the number of images per update that the default solver and schedule were chosen for.
const standardBatch = 64

// reference returns the number of images per update that the settings were chosen for: what the flag says, or else what
// the recipe has, or else standardBatch.
func (f *scalingFlags) reference(r recipeFlag) int {
	if f.ReferenceBatch > 0 {
		return int(f.ReferenceBatch)
	}
	number := func(flag string, otherwise int) int {
		n, err := strconv.Atoi(r.value(flag))
		if r == "" || err != nil {
			return otherwise
		}
		return n
	}
	return number("batch", standardBatch) * number("accumulate", 1)
}

// scheduleScaling are the flags of the schedule command that multiply the rates.
type scheduleScaling struct {
	scalingFlags
	Batch      count `placeholder:"N" help:"With --scale-lr: images per batch."`
	Accumulate count `placeholder:"N" help:"With --scale-lr: batches per step."`
}

// settings returns the settings that the flags stand for.
func (f *scheduleScaling) settings() (*runs.Settings, error) {
	if f.ScaleLR == "" && f.Batch+f.Accumulate+f.ReferenceBatch > 0 {
		return nil, errors.New("--batch, --accumulate and --reference-batch need --scale-lr, linear or sqrt")
	}
	s := &runs.Settings{
		Batch: int(f.Batch), Accumulate: int(f.Accumulate), ScaleLR: runs.ScaleLR(f.ScaleLR),
		ReferenceBatch: int(f.ReferenceBatch),
	}
	return s, s.Complete()
}

// logScaling says what the rates are multiplied by.
func logScaling(log logrus.FieldLogger, s *runs.Settings) {
	if s.ScaleLR != runs.ScaleNot {
		log.Infof("%d images per update, reference %d: learning rates multiplied by %.6g (%s)",
			s.Update(), s.ReferenceBatch, s.RateFactor(), s.ScaleLR)
	}
}
