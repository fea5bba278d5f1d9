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
// augmentation, from each seed. Cells of one seed have the same initial weights, as far as their models have the same
// parameters, and the same batches: what they differ in is the rest.
type Matrix struct {
	Models   []Model
	Settings []Setting
	Rates    []float64      // in place of those of the settings' solvers, above 0; none: each keeps its own
	Batches  []int          // samples a step; none: 64
	Augments []data.Compose // none: no augmentation
	Seeds    []uint64       // none: 1
}

// Model is a network with the name that results call it by.
type Model struct {
	Name string
	Draw graph.Model
}

// Setting is a solver with the schedule of its rate.
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

// complete gives what is not set its default.
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

// Cells lists the runs, in the order of the fields, the seeds of a setting side by side. Its error names what is
// missing, wrong, or there twice.
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

// named is an error about two settings of one name that differ in more than the rate: results would take them for one.
func (m Matrix) named() error {
	seen := make(map[string]string)
	for _, s := range m.Settings {
		if s.Solver == nil {
			return fmt.Errorf("study: setting %q has no solver", s.Name)
		}
		name, text := s.label(), Setting{Solver: s.Solver, Schedule: s.Schedule}.label()
		if other, ok := seen[name]; ok && other != text {
			return fmt.Errorf("study: setting %q is %s and %s: want a name for each", name, other, text)
		}
		seen[name] = text
	}
	return nil
}

// at returns the setting's part of a cell at each rate.
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

// rest returns c with each of the other axes' values.
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

// distinct is an error about two cells that would share a folder, perhaps on a disk that does not tell case apart.
func distinct(cells []Cell) error {
	seen := make(map[string]Cell)
	for _, c := range cells {
		key := strings.ToLower(c.Name())
		if other, ok := seen[key]; ok {
			return fmt.Errorf("study: %s and %s: want no two cells alike: give each model, setting, rate, batch size, augmentation and seed "+
				"once, and settings that differ different names", other.Name(), c.Name())
		}
		seen[key] = c
	}
	return nil
}
