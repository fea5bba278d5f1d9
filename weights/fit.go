package weights

import (
	"fmt"
	"slices"
	"strings"

	"anneal/graph"
	"anneal/internal/plural"
	"anneal/internal/safetensors"
	"anneal/internal/torchfile"
	"anneal/runs"
)

// plan is what loading a dict of tensors into parameters comes to.
type plan struct {
	loaded *runs.Loaded
	set    []func() // which assign the values
	wrong  []string // all that does not fit
}

// choose finds the one dict of c that fits the parameters, under its own names or under those without a wrapper's
// prefix.
func (c *content) choose(params *graph.Params, only, anew []string) (*plan, error) {
	if wrong := unmatched(params, slices.Concat(only, anew)); len(wrong) > 0 {
		return nil, fmt.Errorf("does not fit the model: %s", strings.Join(wrong, "; "))
	}
	var fits []*plan
	var best *plan
	for _, d := range c.dicts {
		for i, n := range d.namings(params) {
			p := n.apply(d).plan(params, only, anew)
			p.loaded.File, p.loaded.Dict, p.loaded.Prefix = c.path, d.path, n.prefix
			if len(p.wrong) == 0 {
				fits = append(fits, p)
				if i < unwrapped {
					break // other prefixes would be those of other networks in the same dict
				}
			}
			if best == nil || len(p.wrong) < len(best.wrong) {
				best = p
			}
		}
	}
	switch len(fits) {
	case 1:
		return fits[0], nil
	case 0:
		return nil, fmt.Errorf("%sdoes not fit the model%s: %s%s",
			best.place(), best.without(), strings.Join(best.wrong, "; "), c.others(best))
	}
	var places []string
	for _, p := range fits {
		places = append(places, strings.TrimSpace(p.place()+p.without()))
	}
	return nil, fmt.Errorf("holds %s that fit the model: %s%s", plural.Of(len(fits), "dict"), strings.Join(places, ", "),
		c.pick())
}

// place names the dict of p in the file for an error.
func (p *plan) place() string {
	if p.loaded.Dict == "" {
		return ""
	}
	return fmt.Sprintf("at %q ", p.loaded.Dict)
}

// without says which prefix p's names are read without.
func (p *plan) without() string {
	if p.loaded.Prefix == "" {
		return ""
	}
	return fmt.Sprintf(" (names read without %q)", p.loaded.Prefix)
}

// pick says how to name one dict of several.
func (c *content) pick() string {
	if len(c.dicts) < 2 {
		return ""
	}
	return fmt.Sprintf("; choose one, such as %s#%s", c.path, c.dicts[len(c.dicts)-1].path)
}

// others lists the dicts of tensors in c besides that of p.
func (c *content) others(p *plan) string {
	var paths []string
	for _, d := range c.dicts {
		if d.path != p.loaded.Dict {
			paths = append(paths, fmt.Sprintf("%q", d.path))
		}
	}
	if len(paths) == 0 {
		return ""
	}
	const most = 8
	if len(paths) > most {
		paths = append(paths[:most], "…")
	}
	return "; nor do the other dicts of tensors in the file: " + strings.Join(paths, ", ")
}

// plan says what loading d into params comes to. Restore and LoadPart say what is wrong.
func (d state) plan(params *graph.Params, only, anew []string) *plan {
	p := &plan{loaded: &runs.Loaded{}}
	byName := make(map[string]safetensors.Tensor, len(d.tensors))
	for _, t := range d.tensors {
		if _, twice := byName[t.Name]; twice {
			p.wrong = append(p.wrong, fmt.Sprintf("%s is there twice", t.Name))
		}
		byName[t.Name] = t
	}
	for _, q := range params.All() {
		name := q.Name()
		switch {
		case matches(anew, name):
			p.loaded.Anew = append(p.loaded.Anew, name)
			continue
		case len(only) > 0 && !matches(only, name):
			p.loaded.Left = append(p.loaded.Left, name)
			continue
		}
		t, ok := byName[name]
		switch {
		case ok:
			p.loaded.Taken = append(p.loaded.Taken, name)
			set, err := decode(t, q)
			if err != nil {
				p.wrong = append(p.wrong, err.Error())
			}
			p.set = append(p.set, set)
		case slices.ContainsFunc(d.others, func(o torchfile.Other) bool { return o.Name == name }):
			// which is wrong below
		case q.Kind() == graph.Counter && d.versions[strings.TrimSuffix(name, "."+counter)] < counterVersion:
			p.loaded.Absent = append(p.loaded.Absent, name)
		default:
			p.wrong = append(p.wrong, fmt.Sprintf("%s %v is missing", name, fileShape(q)))
		}
	}
	surplus := func(name, text string) {
		if len(only) > 0 && !matches(only, name) || matches(anew, name) {
			p.loaded.Unused = append(p.loaded.Unused, name)
		} else {
			p.wrong = append(p.wrong, text)
		}
	}
	for _, t := range d.tensors {
		if params.Lookup(t.Name) == nil && !strings.HasPrefix(t.Name, ownPrefix) {
			surplus(t.Name, fmt.Sprintf("%s %v is not in the model", t.Name, t.Shape))
		}
	}
	for _, o := range d.others {
		surplus(o.Name, fmt.Sprintf("%s is %s", o.Name, o.Is))
	}
	return p
}

// The counter of a BatchNorm's batches may be missing in the state dict of a BatchNorm of an earlier version than this,
// or of none, as in PyTorch.
const (
	counter        = "num_batches_tracked"
	counterVersion = 2
)
