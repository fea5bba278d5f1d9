package search

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"anneal/internal/printable"
)

// Space is what a search varies.
type Space struct {
	Ranges []Range // all of them, those inside a choice after it

	settings []setting
}

// setting is one of the texts that a Trial has.
type setting struct {
	name  string
	texts []string // as Add took them
	template
}

// Trial is a point of a Space.
type Trial struct {
	Texts map[string]string // of each setting, by its name: without ranges
	// Values are those of Space.Ranges; "" where a range is inside a choice that is not taken.
	Values []string
	// Units are the places of Values in their ranges, from 0 to 1; NaN where there is none. See Range.At.
	Units []float64
}

// Add adds a setting, such as the solver. Each of its texts is a choice, and may have ranges in it.
func (s *Space) Add(name string, texts ...string) error {
	for _, other := range s.settings {
		if other.name == name {
			return fmt.Errorf("search: %s is there twice", name)
		}
	}
	if len(texts) == 0 {
		return fmt.Errorf("search: %s: no text to choose", name)
	}
	at := place{name: name, parent: -1}
	var err error
	t := template{texts: []string{"", ""}, ranges: []int{len(s.Ranges)}} // if there are several texts
	if len(texts) == 1 {
		t, err = s.parse(texts[0], at)
	} else {
		err = s.choose(texts, at)
	}
	if err != nil {
		return fmt.Errorf("search: %s: %w", name, printable.Error(err))
	}
	s.settings = append(s.settings, setting{name, texts, t})
	return nil
}

// Lines returns what Add took, a line for each setting: lr: log(1e-4, 1). Texts to choose from have semicolons between
// them.
func (s *Space) Lines() []string {
	var lines []string
	for _, set := range s.settings {
		lines = append(lines, set.name+": "+strings.Join(set.texts, "; "))
	}
	return lines
}

// choose adds a choice of whole texts.
func (s *Space) choose(texts []string, at place) error {
	r, err := newRange("choice", texts)
	if err != nil {
		return err
	}
	r.Name = s.unique(at.name)
	i := len(s.Ranges)
	s.Ranges = append(s.Ranges, r)
	for k, text := range texts {
		part, err := s.parse(text, place{at.name, true, i, k})
		if err != nil {
			return err
		}
		s.Ranges[i].parts = append(s.Ranges[i].parts, part)
	}
	return nil
}

// unique returns name, with a number after it if a range has that name already.
func (s *Space) unique(name string) string {
	taken := map[string]bool{}
	for _, r := range s.Ranges {
		taken[r.Name] = true
	}
	candidate := name
	for n := 2; taken[candidate]; n++ {
		candidate = fmt.Sprintf("%s %d", name, n)
	}
	return candidate
}

// Check returns an error if there is nothing to search.
func (s *Space) Check() error {
	if len(s.Ranges) == 0 {
		return errors.New("search: nothing to search: give some setting a range, such as uniform(0, 0.99) or " +
			"log(1e-4, 1), or several choices")
	}
	return nil
}

// trial returns the trial whose ranges are at unit, which is called for those that the trial has.
func (s *Space) trial(unit func(i int) float64) Trial {
	t := Trial{
		Texts: map[string]string{}, Values: make([]string, len(s.Ranges)), Units: make([]float64, len(s.Ranges)),
	}
	for i := range t.Units {
		t.Units[i] = math.NaN()
	}
	for _, set := range s.settings {
		t.Texts[set.name] = s.fill(&t, set.template, unit)
	}
	return t
}

// fill returns the text of a template with the values of its ranges, which it writes into t.
func (s *Space) fill(t *Trial, from template, unit func(i int) float64) string {
	var b strings.Builder
	for k, i := range from.ranges {
		r := s.Ranges[i]
		u := unit(i)
		t.Units[i], t.Values[i] = u, r.At(u)
		b.WriteString(from.texts[k])
		if r.Kind == "choice" {
			b.WriteString(s.fill(t, r.parts[r.Branch(u)], unit))
		} else {
			b.WriteString(t.Values[i])
		}
	}
	b.WriteString(from.texts[len(from.ranges)])
	return b.String()
}

// Ends returns trials at the ends of the ranges: with all numbers at their least and with all at their largest values,
// once for each choice. What is wrong with a value of a range is wrong with one of these, as far as what is allowed is
// an interval.
func (s *Space) Ends() []Trial {
	var list []Trial
	seen := map[string]bool{}
	add := func(end float64, taken map[int]float64) {
		t := s.trial(func(i int) float64 {
			if u, ok := taken[i]; ok {
				return u
			}
			if s.Ranges[i].Kind == "choice" {
				return 0
			}
			return end
		})
		if key := t.key(s); !seen[key] {
			seen[key] = true
			list = append(list, t)
		}
	}
	for _, end := range []float64{0, 1} {
		add(end, nil)
		for i, r := range s.Ranges {
			for k := range r.Choices {
				taken := map[int]float64{i: r.Middle(k)}
				for at := r; at.parent >= 0; at = s.Ranges[at.parent] {
					taken[at.parent] = s.Ranges[at.parent].Middle(at.branch)
				}
				add(end, taken)
			}
		}
	}
	return list
}

// key returns a text that only trials with the same texts have, apart from upper and lower case: names of folders may
// not differ in that alone.
func (t Trial) key(s *Space) string {
	var list []string
	for _, set := range s.settings {
		list = append(list, t.Texts[set.name])
	}
	return strings.ToLower(strings.Join(list, "\x00"))
}
