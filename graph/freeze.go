package graph

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// freezing says which BatchNorms of a training program hold their running statistics; see Config.FreezeStats.
type freezing struct {
	patterns []string
	matched  []bool   // the patterns that match
	norms    []string // the names of all BatchNorms drawn so far
}

func newFreezing(patterns []string) freezing {
	return freezing{patterns: patterns, matched: make([]bool, len(patterns))}
}

// holds reports whether the BatchNorm of this name holds its statistics.
func (f *freezing) holds(name string) bool {
	f.norms = append(f.norms, name)
	holds := false
	for i, pattern := range f.patterns {
		if FreezesStats([]string{pattern}, name) {
			f.matched[i], holds = true, true
		}
	}
	return holds
}

// check returns an error for a pattern that matches no BatchNorm.
func (f *freezing) check() error {
	if i := slices.Index(f.matched, false); i >= 0 {
		there := "the model has none"
		if len(f.norms) > 0 {
			there = "there are " + strings.Join(f.norms, ", ")
		}
		return fmt.Errorf("graph: freeze stats %q matches no BatchNorm; %s", f.patterns[i], there)
	}
	return nil
}

// FreezesStats reports whether one of the patterns, as Config.FreezeStats has them, matches the BatchNorm of this name:
// its name, or the name of one of its running statistics.
func FreezesStats(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		for _, n := range []string{name, name + ".running_mean", name + ".running_var"} {
			if ok, _ := path.Match(pattern, n); ok { // check finds the bad ones
				return true
			}
		}
		return false
	})
}
