package study

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"anneal/internal/plural"
	"anneal/runs"
	"anneal/search"
)

// Search tries settings of a space, by random search or by ASHA; see package search. Each setting is trained from every
// seed, and its score is the mean of what its runs reach on the validation samples; the test samples take no part. A
// run stops at a rung with a checkpoint. If its setting goes on it continues from there, with the bits of a run that
// was never stopped: its schedule has the length of the whole run from the start.
//
// The same search in the same folder continues. Its Budget may be another one: a search with a larger budget ends with
// the Results of one that had it from the start, if the budget counts runs or epochs.
type Search struct {
	Space *search.Space
	// Matrix returns the matrix of one setting, without seeds, that a trial stands for.
	Matrix func(search.Trial) (Matrix, error)
	Kind   string // RandomSearch or ASHA
	Seed   uint64 // of the trials
	Budget search.Budget

	// Of ASHA: the epochs after which settings are compared for the first time (0: 1), and the share that goes on (0: 3,
	// that is one in three).
	Least, Reduction int
	// Lag is how many settings may be trained at a time (0: 8); Jobs may be fewer. The decisions of ASHA depend on it.
	Lag int
}

// The kinds of a Search.
const (
	RandomSearch = "random"
	ASHA         = "asha"
)

// SearchRecord is a Search in study.json.
type SearchRecord struct {
	Kind      string   `json:"kind"`
	Space     []string `json:"space"`
	Seed      uint64   `json:"seed"`
	Seeds     []uint64 `json:"seeds"`
	Rungs     []int    `json:"rungs"`
	Reduction int      `json:"reduction"`
	Lag       int      `json:"lag"`
	Budget    string   `json:"budget"`
}

// plan returns the plan of a search whose runs have so many epochs.
func (c Config) plan(epochs int) search.Plan {
	s := *c.Search
	p := search.Plan{
		Rungs: []int{epochs}, Reduction: max(s.Reduction, 0), Lag: max(s.Lag, 0), Seeds: len(c.Matrix.complete().Seeds),
		Budget: s.Budget,
	}
	if p.Reduction == 0 {
		p.Reduction = 3
	}
	if p.Lag == 0 {
		p.Lag = 8
	}
	if s.Kind == ASHA {
		p.Rungs = search.Rungs(max(1, s.Least), epochs, p.Reduction)
	}
	return p
}

// Rungs returns the epochs after which the search compares settings, nil if the study is none.
func (c Config) Rungs() []int {
	if c.Search == nil {
		return nil
	}
	return c.plan(c.Common.Epochs).Rungs
}

func (c Config) searchRecord(epochs int) *SearchRecord {
	p := c.plan(epochs)
	return &SearchRecord{
		c.Search.Kind, c.Search.Space.Lines(), c.Search.Seed, c.Matrix.complete().Seeds, p.Rungs, p.Reduction, p.Lag,
		p.Budget.String(),
	}
}

// differences lists what differs between two searches, except for their budgets.
func (r *SearchRecord) differences(was *SearchRecord) []string {
	switch {
	case r == nil && was == nil:
		return nil
	case r == nil:
		return []string{"it is a search"}
	case was == nil:
		return []string{"it is no search"}
	}
	var list []string
	a, b := reflect.ValueOf(*was), reflect.ValueOf(*r)
	for i := range a.NumField() {
		name := strings.ToLower(a.Type().Field(i).Name)
		if old, is := a.Field(i).Interface(), b.Field(i).Interface(); name != "budget" && !reflect.DeepEqual(old, is) {
			list = append(list, fmt.Sprintf("the search's %s is %v and was %v", name, is, old))
		}
	}
	return list
}

// ends returns cells at the ends of the space, one for each setting there, after checking the rest of the search. What
// is wrong with a value of a range is found by checking these.
func (c Config) ends() ([]Cell, error) {
	s := c.Search
	m := c.Matrix
	m.Seeds = nil
	switch {
	case s.Space == nil || s.Matrix == nil:
		return nil, errors.New("study: a search needs a Space and a Matrix of a trial")
	case !reflect.ValueOf(m).IsZero():
		return nil, errors.New("study: Matrix has more than Seeds: in a search, put the rest into Search.Space")
	case c.Dir == "":
		return nil, errors.New("study: a search needs a Dir, since runs continue from their checkpoints")
	case s.Kind != RandomSearch && s.Kind != ASHA:
		return nil, fmt.Errorf("study: a search of kind %q: want %s or %s", s.Kind, RandomSearch, ASHA)
	case s.Least < 0 || s.Reduction < 0 || s.Lag < 0:
		return nil, fmt.Errorf("study: a search with least %d, reduction %d, lag %d: want none below 0",
			s.Least, s.Reduction, s.Lag)
	case c.Common.Steps > 0:
		return nil, fmt.Errorf("study: got a limit of %s: a search counts epochs, so set these instead",
			plural.Of(c.Common.Steps, "step"))
	}
	if err := s.Space.Check(); err != nil {
		return nil, err
	}
	var cells []Cell
	for _, trial := range s.Space.Ends() {
		of, err := c.trial(trial)
		if err != nil {
			return nil, err
		}
		cells = append(cells, of[0])
	}
	return cells, distinct(cells)
}

// trial returns the cells of a trial, one for each seed.
func (c Config) trial(t search.Trial) ([]Cell, error) {
	m, err := c.Search.Matrix(t)
	if err != nil {
		return nil, fmt.Errorf("study: %w", err)
	}
	m.Seeds = c.Matrix.complete().Seeds
	cells, err := m.Cells()
	if err == nil && len(cells) != len(m.Seeds) {
		err = fmt.Errorf("study: a trial of a search has %s: want one", plural.Of(len(cells)/len(m.Seeds), "setting"))
	}
	if c.Dir != "" {
		keepNames(cells, &Record{Search: &SearchRecord{}}, c.Dir)
	}
	return cells, err
}

// checkSearch checks what depends on the settings that all runs share.
func (c Config) checkSearch(first *runs.Record) error {
	if first.ChooseBy != runs.ByValidation {
		return fmt.Errorf("study: got choose-by %s, want %s: a search compares settings by validation samples, "+
			"never by the test samples", first.ChooseBy, runs.ByValidation)
	}
	p := c.plan(first.Epochs)
	if c.Search.Kind == ASHA && c.Search.Least >= first.Epochs {
		return fmt.Errorf("study: the first comparison is after %s: want fewer than the %d of a whole run",
			plural.Of(c.Search.Least, "epoch"), first.Epochs)
	}
	return p.Check()
}
