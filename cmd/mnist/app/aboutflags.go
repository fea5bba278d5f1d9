package app

import (
	"errors"

	"anneal/runs"
)

// aboutFlags describe a run for people.
type aboutFlags struct {
	Note string   `placeholder:"TEXT" help:"A sentence about the run, for the board of runs and the report."`
	Tag  []string `sep:"none" placeholder:"WORD" help:"A word to find the run by. Repeatable."`
}

// about returns what the flags say.
func (f *aboutFlags) about() runs.About { return runs.About{Note: f.Note, Tags: f.Tag} }

// check returns an error that names the flag that is wrong.
func (f *aboutFlags) check() error {
	if err := (runs.About{Note: f.Note}).Check(); err != nil {
		return errors.New("--" + err.Error())
	}
	if err := f.about().Check(); err != nil {
		return errors.New("--" + err.Error())
	}
	return nil
}
