package solvers

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"anneal/internal/spec"
)

// Group sets some parameters apart: those whose name Pattern matches, such as conv* for conv1.weight and *_bn.* for
// conv1_bn.bias (path.Match). A parameter that several groups match belongs to the last of them alone, so general
// groups come first. What a group leaves nil is as it would be without the group:
//
//	solvers.Group{Pattern: "*.bias", WeightDecay: new(0.0)}
type Group struct {
	Pattern     string
	LR          *float64 // at least 0: the group's rate is this many times the solver's
	WeightDecay *float64 // at least 0: in place of the solver's
	L1          *float64 // at least 0: in place of the solver's
	Settings    string   // other settings in place of the solver's, such as "momentum=0.8, nesterov=False"
	Solver      string   // the spec of a solver in place of the model's, with its own rate; "": the model's
	Schedule    string   // the spec of the group's schedule, or "": whoever sets the rates reads it, a Solver does not
}

// ParseGroup reads a group such as
//
//	conv*: lr=0.5, weight_decay=1e-4, l1=1e-6, schedule=StepLR(5, 0.1)
//	fc*: betas=(0.8, 0.99), eps=1e-6
//	*.bias: solver=AdamW(lr=1e-3)
//
// where each setting may be left out, and schedule and solver may stand in quotes. Any setting of a solver may be
// there too: New checks that the group's solver has it. The error says what is wrong, in which column, and what is
// allowed.
func ParseGroup(text string) (Group, error) {
	pattern, settings, found := strings.Cut(text, ":")
	g := Group{Pattern: strings.TrimSpace(pattern)}
	if !found || g.Pattern == "" {
		return Group{}, fmt.Errorf("group %q: want a pattern, a colon and settings, such as 'conv*: lr=0.5'", text)
	}
	call, err := spec.ParseArgs("group", settings)
	if err == nil {
		err = g.bind(call)
	}
	if e, ok := err.(*spec.Error); ok {
		err = &spec.Error{Col: e.Col + utf8.RuneCountInString(pattern) + 1, Msg: e.Msg}
	}
	if err == nil {
		err = validPattern(g.Pattern)
	}
	if err != nil {
		return Group{}, fmt.Errorf("group %q: %w", text, err)
	}
	return g, nil
}

func (g *Group) bind(call spec.Value) error {
	column := map[string]int{} // before a text in quotes
	own, others := call, call
	own.Args, others.Args = nil, nil
	for _, a := range call.Args {
		switch {
		case a.Key == "schedule" || a.Key == "solver":
			column[a.Key] = a.Value.Col
			if a.Value.Kind == spec.Call {
				a.Value = spec.Value{Kind: spec.String, Col: a.Value.Col, Text: a.Value.String()}
			}
		case !slices.Contains([]string{"lr", "weight_decay", "l1"}, a.Key) && registry.HasSetting(a.Key):
			others.Args = append(others.Args, a)
			continue
		}
		own.Args = append(own.Args, a)
	}
	if err := spec.Bind(own, g.settings()...); err != nil {
		return err
	}
	g.Settings = arguments(others)
	for _, s := range []struct {
		key  string
		text *string
	}{{"schedule", &g.Schedule}, {"solver", &g.Solver}} {
		if *s.text == "" {
			continue
		}
		v, err := spec.Parse(*s.text)
		if err == nil && s.key == "solver" {
			_, err = registry.Read(v)
		}
		if e, ok := err.(*spec.Error); ok {
			return &spec.Error{Col: column[s.key] + e.Col, Msg: e.Msg}
		}
		*s.text = v.String()
	}
	return nil
}

func (g *Group) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("lr", &g.LR, nil).AtLeast(0).OrNone().KeywordOnly(),
		spec.Optional("weight_decay", &g.WeightDecay, nil).AtLeast(0).OrNone().KeywordOnly(),
		spec.Optional("l1", &g.L1, nil).AtLeast(0).OrNone().KeywordOnly(),
		spec.Optional("solver", &g.Solver, "").KeywordOnly(),
		spec.Optional("schedule", &g.Schedule, "").KeywordOnly(),
	}
}

// String returns a spec that ParseGroup reads back to the same group.
func (g Group) String() string {
	solver, schedule := g.Solver, g.Schedule
	g.Solver, g.Schedule = "", "" // they are written without quotes
	var settings []string
	if s := spec.Format("", g.settings()...); s != "()" {
		settings = append(settings, s[1:len(s)-1])
	}
	if g.Settings != "" {
		settings = append(settings, g.Settings)
	}
	if solver != "" {
		settings = append(settings, "solver="+solver)
	}
	if schedule != "" {
		settings = append(settings, "schedule="+schedule)
	}
	return g.Pattern + ": " + strings.Join(settings, ", ")
}

// Validate returns an error that names the first setting out of range.
func (g Group) Validate() error {
	if err := validPattern(g.Pattern); err != nil {
		return fmt.Errorf("solvers: group: %w", err)
	}
	return spec.Validate("solvers: group "+g.Pattern, g.settings()...)
}

func validPattern(pattern string) error {
	if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
		return fmt.Errorf("pattern %q: want names where * stands for any characters, "+
			"? for one and [a-z] for one of a range", pattern)
	}
	return nil
}

// or returns *p, or otherwise if p is nil.
func or(p *float64, otherwise float64) float64 {
	if p == nil {
		return otherwise
	}
	return *p
}
