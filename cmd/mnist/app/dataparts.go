package app

import "anneal/data"

// partsFlags say which parts of a data set a run would have, as train does.
type partsFlags struct {
	TrainLimit    count      `placeholder:"N" help:"Look at the first N training samples only."`
	TrainFraction share      `placeholder:"SHARE" help:"${train_fraction}"`
	Valid         *validFlag `placeholder:"N|SHARE" help:"${parts_valid}"`
	Fold          foldFlag   `placeholder:"K/N" help:"${valid_fold}"`
	ValidSeed     seed       `default:"0" placeholder:"N" help:"${valid_seed}"`
}

// check returns an error for flags that exclude one another.
func (f *partsFlags) check() error {
	if f.Valid != nil && f.Fold != "" {
		return bothHoldOut(f.Fold)
	}
	return nil
}

// apply makes the parts those of a run with these flags.
func (f *partsFlags) apply(s *data.Sets) (err error) {
	if f.TrainLimit > 0 || f.TrainFraction > 0 || f.Valid != nil && *f.Valid > 0 || f.Fold != "" {
		s.Missing = nil // they are of all training samples
	}
	if f.TrainLimit > 0 {
		if s.Train, err = data.Limit(s.Train, int(f.TrainLimit)); err != nil {
			return err
		}
	}
	if f.Valid != nil {
		s.Valid = nil
	}
	switch {
	case f.Valid != nil && *f.Valid > 0:
		s.Train, s.Valid, err = data.Split(s.Train, float64(*f.Valid), uint64(f.ValidSeed))
	case f.Fold != "":
		s.Train, s.Valid, err = data.TakeFold(s.Train, string(f.Fold), uint64(f.ValidSeed))
	}
	if err != nil {
		return err
	}
	if f.TrainFraction > 0 {
		s.Train, err = data.Fraction(s.Train, float64(f.TrainFraction), uint64(f.ValidSeed))
	}
	return err
}
