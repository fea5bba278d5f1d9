package report

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"anneal/internal/plural"
	"anneal/runs"
)

// Distinguish names runs by their model and by the settings that differ between them: those that
// runs.Record.Differences compares. Runs that differ in nothing but the seed get one name. If they do not even differ
// in that, the later ones also have their folders in their names: the last part, or all of it if that is not enough.
func Distinguish(all []Run) {
	seen := map[string]bool{}
	for i, name := range settingNames(all) {
		r := &all[i]
		if len(all) > 1 && r.steered() {
			name += ", steered"
		}
		r.Name = name
		for _, folder := range []string{filepath.Base(r.Dir), r.Dir} {
			if seen[r.nameAndSeed()] {
				r.Name = name + ", " + folder
			}
		}
		seen[r.nameAndSeed()] = true
	}
}

func (r *Run) nameAndSeed() string { return fmt.Sprint(r.Name, " ", r.Seed) }

// steered reports whether somebody set the rate while the run trained. It is then no other seed of its setting.
func (r *Run) steered() bool {
	return slices.ContainsFunc(r.Controls, func(c runs.Control) bool { return c.Action == runs.SetRate })
}

// settingNames returns the name of each run's setting: its model, and what differs. Of solvers of one name that is what
// differs between their arguments.
func settingNames(all []Run) []string {
	names := make([]string, len(all))
	solvers := make([]string, len(all))
	for i := range all {
		solvers[i] = all[i].record().Solver
	}
	short := solverDifferences(solvers)
	for i, parts := range Distinct(all) {
		for j, p := range parts {
			if p.Key == "solver" && short != nil {
				p.Text = short[i]
			}
			if j > 0 {
				names[i] += ", "
			}
			names[i] += p.Text
		}
	}
	return names
}

// Setting is a setting of a run in words, as in a name that Distinguish gives.
type Setting struct {
	Key  string `json:"key"` // in config.json
	Text string `json:"text"`
}

// Follows reports whether the setting follows from others or describes data, so that it tells runs apart no better.
func (s Setting) Follows() bool {
	part, what, ok := strings.Cut(s.Key, ": ")
	switch part {
	case "train":
		return ok && what != "samples" && what != "sha256"
	case "test", "validation":
		return ok
	}
	return slices.Contains([]string{"choose_by", "fraction_of", "resampling"}, s.Key)
}

// Distinct returns what Distinguish names runs by: for each its model, and the settings that differ between them.
func Distinct(all []Run) [][]Setting {
	keys, settings := differing(all)
	parts, named := make([][]Setting, len(all)), nameData(all)
	for _, key := range keys {
		for i, s := range settings {
			text := settingText(key, s[key])
			if named && strings.HasSuffix(key, ": sha256") {
				text = ""
				if key == "train: sha256" {
					text = all[i].record().Data().Name
				}
			}
			if text != "" {
				parts[i] = append(parts[i], Setting{key, text})
			}
		}
	}
	return parts
}

// differing returns the settings of the runs by their keys, and the keys of those that differ and of the model, in the
// order of config.json, those that the first runs lack at the end.
func differing(all []Run) (keys []string, settings []map[string]string) {
	settings = make([]map[string]string, len(all))
	for i := range all {
		settings[i] = map[string]string{}
		for _, e := range all[i].record().Setting() {
			settings[i][e.Key] = e.Value
			if !slices.Contains(keys, e.Key) {
				keys = append(keys, e.Key)
			}
		}
	}
	same := func(key string) bool { return key != "model" && !differs(settings, keys, key) }
	return slices.DeleteFunc(slices.Clone(keys), same), settings
}

// nameData reports whether the names of the runs' data sets tell them apart as well as their hashes.
func nameData(all []Run) bool {
	hashes, names := map[string]string{}, map[string]string{} // of test samples, which a limit does not change
	for i := range all {
		d := all[i].record()
		name, hash := d.Data().Name, d.Test.SHA256
		if was, ok := hashes[name]; name == "" || ok && was != hash {
			return false
		}
		if was, ok := names[hash]; ok && was != name {
			return false
		}
		hashes[name], names[hash] = hash, name
	}
	return len(names) > 1
}

// differs reports whether the value of a key differs between settings. The hash of a file or of a data set counts
// only if two of them are equal in everything else, such as the number of samples.
func differs(settings []map[string]string, keys []string, key string) bool {
	group, hash := strings.CutSuffix(key, "sha256")
	values := map[string]string{} // by the other values of the group
	for _, s := range settings {
		others := ""
		for _, k := range keys {
			if hash && k != key && strings.HasPrefix(k, group) {
				others += s[k] + "\n"
			}
		}
		if v, ok := values[others]; ok && v != s[key] {
			return true
		}
		values[others] = s[key]
	}
	return false
}

// settingText returns a setting as it appears in a name, "" if the run does not have it.
func settingText(key, value string) string {
	count, _ := strconv.Atoi(value)
	switch key {
	case "model", "solver", "schedule", "augment":
		return value
	case "interval":
		return "per " + value
	case "epochs":
		return plural.Of(count, "epoch")
	case "train: samples":
		return plural.Of(count, "sample")
	}
	key = settingKey(key)
	switch {
	case value == "true":
		return key
	case value == "false":
		return "no " + key
	case value == "":
		return ""
	case strings.HasSuffix(key, "hash"):
		return fmt.Sprintf("%s %.8s", key, value)
	}
	return key + " " + value
}

// settingKey returns a key of config.json in words.
func settingKey(key string) string {
	return strings.NewReplacer("tuning: ", "", ": ", " ", "_", " ", "sha256", "hash").Replace(key)
}
