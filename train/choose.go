package train

import (
	"fmt"
	"strings"

	"anneal/data"
	"anneal/runs"
	"anneal/schedules"
)

// Choosers lists what in c chooses while it trains: schedules that watch a metric, and Patience. Their choices need
// samples that are neither trained on nor tested on.
func (c *Config) Choosers() []string {
	var list []string
	if s := c.Schedule; s != nil && watches(s) {
		list = append(list, s.String())
	}
	for _, g := range c.Tuning.Groups {
		if s, err := schedules.Parse(g.Schedule); err == nil && watches(s) { // newScheduler reports errors
			list = append(list, fmt.Sprintf("%v of group %s", s, g.Pattern))
		}
	}
	if c.Patience > 0 {
		list = append(list, fmt.Sprint("patience ", c.Patience))
	}
	return list
}

func watches(s schedules.Schedule) bool {
	_, _, ok := schedules.PlateauOf(s)
	return ok
}

// settle decides by which data the run chooses, and sets validation samples aside if it is by those. Best says whether
// Config has a Best of its own, before it got its default.
func (c *Config) settle(best bool) error {
	choosers := c.Choosers()
	switch {
	case c.Validation != nil && c.Valid != 0:
		return fmt.Errorf("train: got validation data, and valid %v that sets samples aside: want one of them", c.Valid)
	case c.Validation != nil && c.Fold != "":
		return fmt.Errorf("train: got validation data, and fold %s that sets samples aside: want one of them", c.Fold)
	case c.Valid != 0 && c.Fold != "":
		return fmt.Errorf("train: valid: got %v, and fold %s, which both set samples aside: want one of them",
			c.Valid, c.Fold)
	}
	asked := c.Validation != nil || c.Valid != 0 || c.Fold != ""
	if c.ChooseBy == "" {
		c.ChooseBy = runs.ByNothing
		if asked || best || len(choosers) > 0 {
			c.ChooseBy = runs.ByValidation
		}
	}
	if c.ChooseBy == runs.ByNothing && len(choosers) > 0 {
		return fmt.Errorf("train: choose by: got %q, but %s must choose by something: want %q or %q",
			c.ChooseBy, strings.Join(choosers, " and "), runs.ByValidation, runs.ByTest)
	}
	if c.ChooseBy == runs.ByValidation && !asked {
		c.Valid = float64(data.ValidationSize(c.Train.Len()))
	}
	var err error
	switch {
	case c.Valid != 0:
		c.Train, c.Validation, err = data.Split(c.Train, c.Valid, c.ValidSeed)
	case c.Fold != "":
		c.Train, c.Validation, err = data.TakeFold(c.Train, c.Fold, c.ValidSeed)
	}
	if err != nil {
		return fmt.Errorf("train: %w", err)
	}
	return c.takeFraction()
}

// decides lists what the run's choices decide, for people.
func (r *run) decides() []string {
	if r.ChooseBy == runs.ByNothing {
		return nil
	}
	list := r.Choosers()
	if r.Dir != "" {
		list = append(list, runs.BestFile)
	}
	return list
}
