package solvers

import (
	"fmt"
	"math"
	"path"
	"slices"
	"strings"

	"anneal/graph"
)

// plan is what Tuning decides about one parameter.
type plan struct {
	param           *graph.Param
	group           int     // 0: in none of Tuning.Groups
	layer           float64 // its share of the group's rate, by LayerDecay
	weightDecay, l1 float64
	decoupled       bool // they act on the weight
	maximize        bool
	frozen          bool
}

// plan returns the plans of params, whose groups have these algorithms. The error names a pattern that has no effect.
func (c Tuning) plan(algorithms []Algorithm, params []*graph.Param) ([]plan, error) {
	plans := make([]plan, len(params))
	members := make([]int, len(c.Groups)+1)
	for i, param := range params {
		p := plan{param: param, layer: 1}
		p.group, p.frozen = c.GroupOf(param.Name())
		t := algorithms[p.group].Traits()
		p.weightDecay, p.l1, p.decoupled, p.maximize = t.WeightDecay, t.L1, t.Decoupled, t.Maximize
		if p.group > 0 {
			g := c.Groups[p.group-1]
			p.weightDecay, p.l1 = or(g.WeightDecay, t.WeightDecay), or(g.L1, t.L1)
		}
		members[p.group]++
		plans[i] = p
	}
	for i, g := range c.Groups {
		if !matches(g.Pattern, params) {
			return nil, noMatch("group", g.Pattern, params)
		}
		if members[i+1] == 0 {
			return nil, fmt.Errorf("solvers: group %q: later groups match all of its parameters too, "+
				"and the last one counts", g.Pattern)
		}
	}
	for _, pattern := range c.Freeze {
		if err := validPattern(pattern); err != nil {
			return nil, fmt.Errorf("solvers: freeze: %w", err)
		}
		if !matches(pattern, params) {
			return nil, noMatch("freeze", pattern, params)
		}
	}
	if err := suit(algorithms, plans); err != nil {
		return nil, err
	}
	c.shareLayers(plans)
	for i := range plans {
		if c.WeightOnly && plans[i].param.Kind() != graph.Weight {
			plans[i].weightDecay, plans[i].l1 = 0, 0
		}
	}
	return plans, nil
}

// shareLayers sets each parameter's share of the rate: LayerDecay to the power of the number of layers after its own.
func (c Tuning) shareLayers(plans []plan) {
	if c.LayerDecay == 0 {
		return
	}
	number := make(map[string]int) // of each layer, in order of first use
	for _, p := range plans {
		if _, known := number[p.param.Layer()]; !known {
			number[p.param.Layer()] = len(number)
		}
	}
	for i, p := range plans {
		plans[i].layer = math.Pow(c.LayerDecay, float64(len(number)-1-number[p.param.Layer()]))
	}
}

// GroupOf returns the group of the parameter of that name, and whether it is frozen. The group is 0 if the parameter is
// in none of Groups, and else the number, from 1, of the last one that matches it.
func (c Tuning) GroupOf(name string) (group int, frozen bool) {
	for i, g := range c.Groups {
		if ok, _ := path.Match(g.Pattern, name); ok {
			group = i + 1
		}
	}
	for _, pattern := range c.Freeze {
		if ok, _ := path.Match(pattern, name); ok {
			frozen = true
		}
	}
	return group, frozen
}

// matches reports whether the pattern matches any of params' names.
func matches(pattern string, params []*graph.Param) bool {
	return slices.ContainsFunc(params, func(p *graph.Param) bool {
		ok, _ := path.Match(pattern, p.Name())
		return ok
	})
}

func noMatch(what, pattern string, params []*graph.Param) error {
	names := make([]string, len(params))
	for i, p := range params {
		names[i] = p.Name()
	}
	return fmt.Errorf("solvers: %s %q matches no parameter; there are %s", what, pattern, strings.Join(names, ", "))
}
