package app

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"anneal/runs"
)

// recorded gives the flags that are not on the command line the values that a run which is resumed has recorded.
type recorded struct {
	values map[string]any // by the names of their flags, once they are read
	err    error          // of reading them: flags then have their defaults, which are not the run's
}

// resolve returns the value of a flag in the config.json of the run that is resumed, for flags that are not given.
func (r *recorded) resolve(k *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, p := range k.Path {
		if p.Flag == nil || p.Flag.Name != "resume" {
			continue
		}
		if r.values == nil && r.err == nil {
			r.values, r.err = r.read(runs.Folder(fmt.Sprint(k.FlagValue(p.Flag))))
		}
		return r.values[flag.Name], nil
	}
	return nil, nil
}

// read returns the values that the run in a folder has recorded.
func (r *recorded) read(dir string) (map[string]any, error) {
	group, err := joined()
	if err != nil {
		return nil, err
	}
	record, err := readResumed(group, dir)
	if err != nil {
		return nil, told(group, err)
	}
	return arguments(record), nil
}

// arguments returns the flags that give a run the settings of r. A setting has the name of its flag, except for these
// few.
func arguments(r *runs.Record) map[string]any {
	a := map[string]any{}
	for _, e := range r.Entries() {
		a[strings.ReplaceAll(strings.TrimPrefix(e.Key, "tuning: "), "_", "-")] = e.Value
	}
	images := cmp.Or(r.FractionOf, r.Train.Samples)
	if r.Valid > 0 || r.Fold != "" {
		images += r.Validation.Samples
	}
	a["no-shuffle"], a["train-limit"] = bool(r.NoShuffle), fmt.Sprint(images)
	delete(a, "groups") // tuning's are --group; --groups is in the options of the data
	delete(a, "steps")
	delete(a, "note") // the run keeps it
	if r.Steps > 0 {
		a["steps"] = fmt.Sprint(r.Steps)
	}
	if r.Tuning != nil {
		a["group"], a["freeze"] = list(r.Tuning.Groups), list(r.Tuning.Freeze)
		a["freeze-stats"] = list(r.Tuning.FreezeStats)
	}
	if folder, ok := r.Notes[noteData].(string); ok {
		a["data"] = withOptions(folder, r)
	}
	return a
}

// list returns texts as kong takes the values of a repeatable flag.
func list(texts []string) any {
	if texts == nil {
		return nil // no value, rather than an empty list
	}
	all := make([]any, len(texts))
	for i, t := range texts {
		all[i] = t
	}
	return all
}
