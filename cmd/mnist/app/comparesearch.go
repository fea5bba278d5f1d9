package app

import (
	"encoding"
	"errors"
	"fmt"
	"slices"

	"github.com/sirupsen/logrus"

	"anneal/internal/plural"
	"anneal/search"
	"anneal/study"
)

// searchFlags make a study a search.
type searchFlags struct {
	Search     string     `enum:",random,asha" default:"" placeholder:"random|asha" help:"${search}"`
	Budget     budgetFlag `placeholder:"RUNS|EPOCHS|TIME" help:"${budget}"`
	SearchSeed seed       `default:"1" placeholder:"N" help:"Which settings a search tries. Default: ${default}."`
	MinEpochs  count      `placeholder:"N" help:"Epochs after which asha first compares. Default: 1."`
	Reduction  count      `placeholder:"N" help:"One setting in N goes on when asha compares. Default: 3."`
	AtOnce     count      `placeholder:"N" help:"Settings that a search may train at a time. Default: 8."`
}

// budgetFlag is how much a search trains.
type budgetFlag struct{ search.Budget }

func (f *budgetFlag) UnmarshalText(text []byte) (err error) {
	f.Budget, err = search.ParseBudget(string(text))
	return err
}

// ranged is a value of a flag or, in a search, a text with ranges in it.
type ranged[T any] struct {
	text   string
	ranges bool
	value  T // of a text without ranges
}

func (f *ranged[T]) UnmarshalText(text []byte) (err error) {
	f.text = string(text)
	if f.ranges, err = search.HasRanges(f.text); err != nil || f.ranges {
		return err
	}
	return any(&f.value).(encoding.TextUnmarshaler).UnmarshalText(text)
}

// varied is a flag that a search may vary.
type varied struct {
	name   string
	texts  []string
	ranges string // the first text with ranges; "": none
}

// varied returns the flags that a search may vary, with what they have if nothing else is given.
func (s *compareCmd) varied() []varied {
	return []varied{
		vary("lr", s.LR), vary("solver", s.Solver, defaultSolver().String()),
		vary("schedule", s.Schedule, defaultSchedule().String()), vary("batch", s.Batch), vary("augment", s.Augment),
	}
}

// vary returns the flag of that name, with these values or with a default if there are none.
func vary[T any](name string, list []ranged[T], def ...string) varied {
	v := varied{name: name}
	for _, f := range list {
		v.texts = append(v.texts, f.text)
		if f.ranges && v.ranges == "" {
			v.ranges = f.text
		}
	}
	if list == nil {
		v.texts = def
	}
	return v
}

// checkSearch checks the flags of a search.
func (s *compareCmd) checkSearch() error {
	if s.Search == "" {
		for _, v := range s.varied() {
			if v.ranges != "" {
				return fmt.Errorf("--%s %s has a range: it needs --search random or asha", v.name, v.ranges)
			}
		}
		if s.searchFlags != (searchFlags{SearchSeed: 1}) {
			return errors.New("--budget, --search-seed, --min-epochs, --reduction and --at-once need --search random or asha")
		}
		return nil
	}
	switch {
	case s.Budget == (budgetFlag{}):
		return fmt.Errorf("--search %s needs --budget: runs such as 60, epochs such as '200 epochs', or a time such as 2h30m",
			s.Search)
	case len(s.Setting) > 0:
		return fmt.Errorf("--setting %s: a search chooses a solver and a schedule by itself: give --solver and --schedule",
			s.Setting[0].Name)
	case s.Search == study.RandomSearch && (s.MinEpochs > 0 || s.Reduction > 0):
		return errors.New("--min-epochs and --reduction belong to --search asha: random search trains all epochs of a run")
	case s.Reduction == 1:
		return errors.New("--reduction 1: want at least 2, so that one setting in two goes on")
	}
	return nil
}

// search puts the search that the flags describe into c. Models are called by the names that they had before they were
// made to fit the data.
func (s *compareCmd) search(c *study.Config, models []modelFlag) error {
	space := new(search.Space)
	var names []string
	for _, m := range models {
		names = append(names, m.name)
	}
	if err := space.Add("model", names...); err != nil {
		return err
	}
	for _, v := range s.varied() {
		if len(v.texts) == 0 {
			continue
		}
		if err := space.Add(v.name, v.texts...); err != nil {
			return err
		}
	}
	c.Matrix.Seeds = s.seeds()
	c.Search = &study.Search{
		Space: space, Kind: s.Search, Seed: uint64(s.SearchSeed), Budget: s.Budget.Budget,
		Least: int(s.MinEpochs), Reduction: int(s.Reduction), Lag: int(s.AtOnce),
		Matrix: func(t search.Trial) (study.Matrix, error) {
			var m study.Matrix
			for i, name := range names {
				if name == t.Texts["model"] {
					m.Models = []study.Model{{Name: s.Model[i].name, Draw: s.Model[i].draw}}
				}
			}
			err := fill(&m, t.Texts)
			return m, err
		},
	}
	return nil
}

// warnFound tells of settings that were drawn and could not be trained, and of a budget that ended early.
func warnFound(log logrus.FieldLogger, f *study.Found) {
	if len(f.Left) > 0 {
		log.Warnf("%s that cannot be trained left out, others drawn instead: %s",
			plural.Of(len(f.Left), "setting"), message(f.Left[0]))
	}
	if last := len(f.Rungs) - 1; slices.Max(f.Reached) < last {
		log.Warnf("the budget ended before any setting was trained for all of its %s: repeat the command with a larger "+
			"--budget, which continues the search", plural.Of(f.Rungs[last], "epoch"))
	}
}

// fill sets what a trial's texts say, as the flags of these names read them.
func fill(m *study.Matrix, texts map[string]string) error {
	var lr positive
	var batch count
	var solver solverFlag
	var schedule scheduleFlag
	var augment augmentFlag
	for _, f := range []struct {
		name string
		into encoding.TextUnmarshaler
	}{{"lr", &lr}, {"batch", &batch}, {"solver", &solver}, {"schedule", &schedule}, {"augment", &augment}} {
		text, ok := texts[f.name]
		if !ok {
			continue
		}
		if err := f.into.UnmarshalText([]byte(text)); err != nil {
			return fmt.Errorf("--%s %s: %w", f.name, text, err)
		}
	}
	m.Settings = []study.Setting{{Solver: solver.Algorithm, Schedule: schedule.Schedule}}
	m.Batches = []int{int(batch)}
	if _, ok := texts["lr"]; ok {
		m.Rates = []float64{float64(lr)}
	}
	if len(augment.Compose) > 0 {
		m.Augments = append(m.Augments, augment.Compose)
	}
	return nil
}
