package solvers

import (
	"fmt"
	"math"
	"path"
	"strings"

	"anneal/graph"
)

// plan is what Config decides about one parameter.
type plan struct {
	param           *graph.Param
	group           int     // 0: in none of Config.Groups
	layer           float64 // its share of the group's rate, by LayerDecay
	weightDecay, l1 float64
	frozen          bool
}

// plan decides about params. Its error is about a pattern that has no effect.
func (c Config) plan(t traits, params []*graph.Param) ([]plan, error) {
	plans := make([]plan, len(params))
	for i, p := range params {
		plans[i] = plan{param: p, layer: 1, weightDecay: t.weightDecay, l1: t.l1}
	}
	for i, g := range c.Groups {
		for _, k := range matches(g.Pattern, params) {
			plans[k].group = i + 1
			plans[k].weightDecay = or(g.WeightDecay, t.weightDecay)
			plans[k].l1 = or(g.L1, t.l1)
		}
	}
	members := make([]int, len(c.Groups)+1)
	for _, p := range plans {
		members[p.group]++
	}
	for i, g := range c.Groups {
		if len(matches(g.Pattern, params)) == 0 {
			return nil, noMatch("group", g.Pattern, params)
		}
		if members[i+1] == 0 {
			return nil, fmt.Errorf("solvers: group %q: later groups match all of its parameters too, and the last one counts", g.Pattern)
		}
	}
	for _, pattern := range c.Freeze {
		if err := validPattern(pattern); err != nil {
			return nil, fmt.Errorf("solvers: freeze: %w", err)
		}
		frozen := matches(pattern, params)
		if len(frozen) == 0 {
			return nil, noMatch("freeze", pattern, params)
		}
		for _, k := range frozen {
			plans[k].frozen = true
		}
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
func (c Config) shareLayers(plans []plan) {
	if c.LayerDecay == 0 {
		return
	}
	number := make(map[string]int) // of each layer, in order of first use
	layer := func(p plan) string {
		name := p.param.Name()
		return name[:max(0, strings.LastIndexByte(name, '.'))]
	}
	for _, p := range plans {
		if _, known := number[layer(p)]; !known {
			number[layer(p)] = len(number)
		}
	}
	for i, p := range plans {
		plans[i].layer = math.Pow(c.LayerDecay, float64(len(number)-1-number[layer(p)]))
	}
}

// matches returns the indices of the parameters whose names the pattern matches.
func matches(pattern string, params []*graph.Param) []int {
	var found []int
	for i, p := range params {
		if ok, _ := path.Match(pattern, p.Name()); ok {
			found = append(found, i)
		}
	}
	return found
}

func noMatch(what, pattern string, params []*graph.Param) error {
	names := make([]string, len(params))
	for i, p := range params {
		names[i] = p.Name()
	}
	return fmt.Errorf("solvers: %s %q matches no parameter; there are %s", what, pattern, strings.Join(names, ", "))
}
