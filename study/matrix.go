package study

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"anneal/data"
	"anneal/graph"
	"anneal/schedules"
	"anneal/solvers"
)

// Matrix is what a study compares: each model with each setting, at each rate, with each batch size and each
// augmentation, from each seed. Cells with the same seed start from the same weights, as far as their models have the
// same parameters, and see the same batches. Differences between them come from the rest.
type Matrix struct {
	Models   []Model
	Settings []Setting
	Rates    []float64      // above 0, in place of the rates of the settings' solvers; none: each solver keeps its own
	Batches  []int          // samples per batch; none: 64
	Augments []data.Compose // none: no augmentation
	Seeds    []uint64       // none: 1
}

// Model is a network with its name in the results.
type Model struct {
	Name string
	Draw graph.Model
}

// Setting is a solver with the schedule of its learning rate.
type Setting struct {
	Name     string // for people; "": the specs of both, without the rate
	Solver   solvers.Algorithm
	Schedule schedules.Schedule // nil: the rate stays
}

// Combine returns each of the solvers with each of the schedules.
func Combine(list []solvers.Algorithm, rates []schedules.Schedule) []Setting {
	var all []Setting
	for _, solver := range list {
		for _, schedule := range rates {
			all = append(all, Setting{Solver: solver, Schedule: schedule})
		}
	}
	return all
}

// complete returns m with defaults for what is not set.
func (m Matrix) complete() Matrix {
	if len(m.Batches) == 0 {
		m.Batches = []int{64}
	}
	if len(m.Augments) == 0 {
		m.Augments = []data.Compose{nil}
	}
	if len(m.Seeds) == 0 {
		m.Seeds = []uint64{1}
	}
	m.Settings = slices.Clone(m.Settings)
	for i := range m.Settings {
		if s := &m.Settings[i]; s.Schedule == nil {
			s.Schedule = schedules.Constant{}
		}
	}
	return m
}

// Cells returns the runs in the order of the fields, so that the seeds of a setting are adjacent. It returns an error
// if something in m is missing, invalid or there twice.
func (m Matrix) Cells() ([]Cell, error) {
	m = m.complete()
	if len(m.Models) == 0 || len(m.Settings) == 0 {
		return nil, errors.New("study: want at least one model and one setting")
	}
	if n := slices.Min(m.Batches); n < 1 {
		return nil, fmt.Errorf("study: batch size %d: want at least 1", n)
	}
	if err := m.named(); err != nil {
		return nil, err
	}
	var cells []Cell
	for _, model := range m.Models {
		if model.Name == "" || model.Draw == nil {
			return nil, fmt.Errorf("study: model %q: want a name and a function that draws it", model.Name)
		}
		for _, s := range m.Settings {
			variants, err := s.at(m.Rates)
			if err != nil {
				return nil, err
			}
			for _, c := range variants {
				c.Model, c.draw = model.Name, model.Draw
				cells = append(cells, m.rest(c)...)
			}
		}
	}
	return cells, distinct(cells)
}

// named returns an error if two settings with the same name differ in more than the rate, since results would count
// them as one.
func (m Matrix) named() error {
	seen := make(map[string]string)
	for _, s := range m.Settings {
		if s.Solver == nil {
			return fmt.Errorf("study: setting %q has no solver", s.Name)
		}
		name, text := s.label(), Setting{Solver: s.Solver, Schedule: s.Schedule}.label()
		if other, ok := seen[name]; ok && other != text {
			return fmt.Errorf("study: setting %q is both %s and %s: give them different names", name, other, text)
		}
		seen[name] = text
	}
	return nil
}

// at returns a cell per rate, with what the setting determines.
func (s Setting) at(rates []float64) ([]Cell, error) {
	if len(rates) == 0 {
		rates = []float64{solvers.Rate(s.Solver)}
	}
	var cells []Cell
	for _, lr := range rates {
		if !(lr > 0 && lr <= math.MaxFloat64) {
			return nil, fmt.Errorf("study: rate %v: want a finite number above 0", lr)
		}
		solver, err := solvers.WithRate(s.Solver, lr)
		if err != nil {
			return nil, fmt.Errorf("study: setting %q: %w", s.label(), err)
		}
		cells = append(cells, Cell{Setting: s.label(), Solver: solver, Schedule: s.Schedule, LR: lr})
	}
	return cells, nil
}

// rest returns c with each combination of the other values of m.
func (m Matrix) rest(c Cell) []Cell {
	var cells []Cell
	for _, batch := range m.Batches {
		for _, augment := range m.Augments {
			for _, seed := range m.Seeds {
				c.Batch, c.Augment, c.Seed = batch, augment, seed
				cells = append(cells, c)
			}
		}
	}
	return cells
}

// distinct returns an error if two cells would share a folder, perhaps on a file system that ignores case.
func distinct(cells []Cell) error {
	seen := make(map[string]Cell)
	for _, c := range cells {
		key := strings.ToLower(c.Name())
		if other, ok := seen[key]; ok {
			text := fmt.Sprintf("%s and %s would share a folder", other.Name(), c.Name())
			if other.Name() == c.Name() {
				text = c.Name() + " is there twice"
			}
			return fmt.Errorf("study: %s: give each model, setting, rate, batch size, augmentation and seed once, "+
				"and give settings that differ different names", text)
		}
		seen[key] = c
	}
	return nil
}
