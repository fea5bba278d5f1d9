package solvers

import (
	"fmt"
	"slices"
	"strings"

	"anneal/graph"
	"anneal/internal/spec"
)

// algorithms returns the algorithm of each group: first a, that of the parameters in no group, then those of c.Groups.
func (c Tuning) algorithms(a Algorithm) ([]Algorithm, error) {
	list := []Algorithm{a}
	for _, g := range c.Groups {
		own, err := g.algorithm(a)
		if err != nil {
			return nil, fmt.Errorf("solvers: group %s: %w", g.Pattern, err)
		}
		list = append(list, own)
	}
	return list, nil
}

// algorithm returns what moves the group's parameters in a model that a moves: g.Solver or a, with g.Settings.
func (g Group) algorithm(a Algorithm) (Algorithm, error) {
	if g.Solver != "" {
		var err error
		if a, err = Parse(g.Solver); err != nil {
			return nil, err
		}
	}
	if g.Settings == "" {
		return a, nil
	}
	others, err := spec.ParseArgs("group", g.Settings)
	if err != nil {
		return nil, fmt.Errorf("settings %q: %w", g.Settings, err)
	}
	call, err := spec.Parse(a.String())
	if err != nil {
		return nil, err
	}
	for _, other := range others.Args {
		if other.Key == "" || other.Key == "lr" {
			return nil, fmt.Errorf("settings %q: want keys, and the rate as the group's lr", g.Settings)
		}
		call.Args = slices.DeleteFunc(call.Args, func(a spec.Arg) bool { return a.Key == other.Key })
		call.Args = append(call.Args, other)
	}
	a, err = registry.Read(call)
	if e, ok := err.(*spec.Error); ok {
		return nil, fmt.Errorf("settings %q: %s", g.Settings, e.Msg)
	}
	return a, err
}

// arguments writes what stands between the brackets of call.
func arguments(call spec.Value) string {
	if len(call.Args) == 0 {
		return ""
	}
	call.Text = ""
	text := call.String()
	return text[1 : len(text)-1]
}

// matricial is an algorithm that moves matrices alone.
type matricial interface{ matrices() }

// suit returns an error if a group's algorithm cannot move one of its parameters.
func suit(algorithms []Algorithm, plans []plan) error {
	var refused []string
	var example *graph.Param
	for _, p := range plans {
		shape := p.param.Value().Shape()
		if _, ok := algorithms[p.group].(matricial); ok && len(shape) != 2 && !p.frozen {
			refused = append(refused, fmt.Sprintf("%s %v", p.param.Name(), shape))
			if example == nil {
				example = p.param
			}
		}
	}
	if refused == nil {
		return nil
	}
	return fmt.Errorf("solvers: Muon moves matrices only, and %s: freeze what is none, or give it a group with "+
		"another solver, such as '%s.*: solver=AdamW(lr=0.001)'",
		strings.Join(refused, ", ")+map[bool]string{true: " is none", false: " are none"}[len(refused) == 1],
		example.Layer())
}
