package app

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"anneal/data"
	"anneal/runs"
)

// choiceFlags say by which images and by which measure a run chooses, and what else it measures.
type choiceFlags struct {
	Valid     *validFlag `placeholder:"N|SHARE" help:"${valid}"`
	ValidSeed seed       `default:"0" placeholder:"N" help:"${valid_seed}"`
	Fold      foldFlag   `placeholder:"K/N" help:"${valid_fold}"`
	ChooseBy  string     `enum:",validation,test,nothing" default:"" placeholder:"SET" help:"${choose_by}"`
	Best      string     `placeholder:"METRIC" help:"${best}"`

	Metrics metricsFlag `placeholder:"SPEC" help:"${run_metrics}"`
}

func (f *choiceFlags) check() error {
	best, err := f.Metrics.bestOf(f.Best)
	if err != nil {
		return err
	}
	f.Best = string(best)
	if f.Valid != nil && f.Fold != "" {
		return bothHoldOut(f.Fold)
	}
	if f.Valid == nil || *f.Valid > 0 {
		return nil
	}
	if f.ChooseBy == string(runs.ByValidation) {
		return errors.New("--choose-by validation needs validation images: leave out --valid none")
	}
	return nil
}

// choose puts the flags into the settings of a run.
func (f *choiceFlags) choose(s *runs.Settings) {
	s.ChooseBy, s.Best, s.ValidSeed = runs.ChooseBy(f.ChooseBy), runs.Best(f.Best), uint64(f.ValidSeed)
	s.Metrics, s.Fold = f.Metrics.String(), string(f.Fold)
	switch {
	case f.Valid == nil:
	case *f.Valid > 0:
		s.Valid = float64(*f.Valid)
	case s.ChooseBy == "":
		s.ChooseBy = runs.ByNothing
	}
}

// foldFlag is a fold of cross-validation, K/N.
type foldFlag string

func (f *foldFlag) UnmarshalText(text []byte) error {
	k, n, err := data.ParseFold(string(text))
	if err != nil {
		return err
	}
	*f = foldFlag(fmt.Sprintf("%d/%d", k, n)) // one way to write it in the record
	return nil
}

// bothHoldOut is the error of a fold beside --valid.
func bothHoldOut(f foldFlag) error {
	return fmt.Errorf("--fold %s and --valid both say which images to hold out: leave one of them out", f)
}

// validFlag is a number of images, or a share of them if it is below 1; 0 stands for none.
type validFlag float64

func (f *validFlag) UnmarshalText(text []byte) error {
	if string(text) == "none" {
		*f = 0
		return nil
	}
	v, err := strconv.ParseFloat(string(text), 64)
	if err != nil || !(v >= 0 && v <= math.MaxInt32) || v >= 1 && v != math.Trunc(v) {
		return fmt.Errorf("got %q, want a number of images, a share of them between 0 and 1, or none", text)
	}
	*f = validFlag(v)
	return nil
}
