package app

import (
	"fmt"
	"strings"

	"anneal/internal/plural"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/study"
)

// matrix returns what the flags compare.
func (s *compareCmd) matrix() study.Matrix {
	var m study.Matrix
	for _, f := range s.Model {
		m.Models = append(m.Models, study.Model{Name: f.name, Draw: f.draw})
	}
	for _, f := range s.Setting {
		m.Settings = append(m.Settings, f.Setting)
	}
	var all []solvers.Algorithm
	for _, f := range s.Solver {
		all = append(all, f.value.Algorithm)
	}
	var rates []schedules.Schedule
	for _, f := range s.Schedule {
		rates = append(rates, f.value.Schedule)
	}
	if len(s.Setting) == 0 || len(all)+len(rates) > 0 {
		if all == nil {
			all = append(all, defaultSolver())
		}
		if rates == nil {
			rates = append(rates, defaultSchedule())
		}
		m.Settings = append(m.Settings, study.Combine(all, rates)...)
	}
	for _, lr := range s.LR {
		m.Rates = append(m.Rates, float64(lr.value))
	}
	for _, n := range s.Batch {
		m.Batches = append(m.Batches, int(n.value))
	}
	for _, f := range s.Augment {
		m.Augments = append(m.Augments, f.value.Compose)
	}
	m.Seeds = s.seeds()
	return m
}

// amount says how many runs there are, and which; none: that is for the search to say.
func (s *compareCmd) amount() (work string, cells []study.Cell, err error) {
	if s.Search != "" {
		return fmt.Sprintf("%s search, %v", s.Search, s.Budget.Budget), nil, nil
	}
	cells, err = s.matrix().Cells()
	return plural.Of(len(cells), "run"), cells, err
}

// seeds returns the seeds of each setting.
func (s *compareCmd) seeds() []uint64 {
	list := []uint64{}
	for _, n := range s.Seed {
		list = append(list, uint64(n))
	}
	switch {
	case len(list) > 0:
		return list
	case s.Search != "":
		return []uint64{1}
	}
	return []uint64{1, 2, 3}
}

// settingFlag is a study's setting: NAME: SOLVER, or NAME: SOLVER; SCHEDULE.
type settingFlag struct{ study.Setting }

func (f *settingFlag) UnmarshalText(text []byte) (err error) {
	name, specs, ok := strings.Cut(string(text), ":")
	if f.Name = strings.TrimSpace(name); !ok || f.Name == "" {
		return fmt.Errorf("got %q, want a name, a colon and a solver, such as 'step: SGD(lr=0.1, momentum=0.9); StepLR(5)'",
			text)
	}
	solver, schedule, scheduled := strings.Cut(specs, ";")
	if f.Solver, err = solvers.Parse(strings.TrimSpace(solver)); err == nil && scheduled {
		f.Schedule, err = schedules.Parse(strings.TrimSpace(schedule))
	}
	if err != nil {
		return fmt.Errorf("setting %s: %w", f.Name, err)
	}
	return nil
}
