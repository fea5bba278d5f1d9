package report

import (
	"slices"
	"strconv"
	"strings"

	"anneal/internal/spec"
)

// solver is a solver as a record spells it, such as SGD(lr=0.1, momentum=0.9). Solvers of other programs may be spelt
// in ways that say less: then it is a name without arguments.
type solver struct {
	name string
	keys []string // of args, in their order
	args map[string]string
}

func newSolver(text string) solver {
	s := solver{name: text, args: map[string]string{}}
	call, err := spec.Parse(text)
	positional := func(a spec.Arg) bool { return a.Key == "" }
	if err != nil || call.Kind != spec.Call || slices.ContainsFunc(call.Args, positional) {
		return s
	}
	s.name = call.Text
	for _, a := range call.Args {
		s.keys, s.args[a.Key] = append(s.keys, a.Key), a.Value.String()
	}
	return s
}

// without returns the spelling without one of the arguments, and without parentheses if no other is left.
func (s *solver) without(key string) string {
	var parts []string
	for _, k := range s.keys {
		if k != key {
			parts = append(parts, k+"="+s.args[k])
		}
	}
	if parts == nil {
		return s.name
	}
	return s.name + "(" + strings.Join(parts, ", ") + ")"
}

// solverFactors returns the arguments of solvers as factors if all have one name, else their rates and the rest.
func solverFactors(texts []string) []factor {
	list, same := make([]solver, len(texts)), true
	var keys []string
	for i, text := range texts {
		list[i] = newSolver(text)
		same = same && list[i].name == list[0].name
		for _, key := range list[i].keys {
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	argument := func(key string) factor {
		f := factor{key: key}
		for _, s := range list {
			text := s.args[key]
			if v, err := strconv.ParseFloat(text, 64); err == nil {
				text = label(v) // 1, and not 1.0
			}
			f.texts = append(f.texts, text)
		}
		return f
	}
	var factors []factor
	if !same {
		rest := factor{key: "solver"}
		for _, s := range list {
			rest.texts = append(rest.texts, s.without("lr"))
		}
		return append(factors, rest, argument("lr"))
	}
	for _, key := range keys {
		factors = append(factors, argument(key))
	}
	return factors
}

// solverDifferences returns what differs between the arguments of solvers of one name, such as "lr 0.1, momentum 0.9".
// It is nil if their names differ, or if nothing is left of one.
func solverDifferences(texts []string) []string {
	names := make([]string, len(texts))
	for _, f := range solverFactors(texts) {
		if f.key == "solver" {
			return nil
		}
		if !slices.ContainsFunc(f.texts, func(text string) bool { return text != f.texts[0] }) {
			continue
		}
		for i, text := range f.texts {
			switch {
			case text == "":
			case names[i] == "":
				names[i] = f.key + " " + text
			default:
				names[i] += ", " + f.key + " " + text
			}
		}
	}
	if slices.Contains(names, "") {
		return nil
	}
	return names
}
