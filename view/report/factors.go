package report

import (
	"slices"
	"strings"

	"anneal/internal/comparison"
)

// factor is something that differs between runs, with the level of each run.
type factor struct {
	key   string // in config.json, or the name of a setting of the solver, such as lr
	texts []string
}

// factors returns what differs between the runs, as far as it tells settings apart. What goes with an earlier factor,
// level by level, is none of its own.
func factors(all []Run) []factor {
	keys, settings := differing(all)
	var list []factor
	named := named(all)
	if named != nil {
		list = append(list, factor{"setting", named})
	}
	for _, key := range keys {
		texts := make([]string, len(all))
		for i := range all {
			texts[i] = settings[i][key]
		}
		switch {
		case key == "solver":
			for _, f := range solverFactors(texts) {
				if named == nil || f.key != "solver" {
					list = append(list, f)
				}
			}
		case named != nil && (key == "schedule" || key == "interval"), Setting{Key: key}.Follows():
		case strings.HasSuffix(key, ": sha256"):
			list = append(list, factor{strings.TrimSuffix(key, ": sha256"), dataNames(all, texts)})
		default:
			list = append(list, factor{key, texts})
		}
	}
	var kept []factor
	for _, f := range list {
		alike := func(g factor) bool { return samePartition(f.texts, g.texts) }
		if !samePartition(f.texts, make([]string, len(all))) && !slices.ContainsFunc(kept, alike) {
			kept = append(kept, f)
		}
	}
	return kept
}

// named returns the names that people gave the runs' solvers with their schedules, or nil if they gave none.
func named(all []Run) []string {
	var names []string
	for i := range all {
		if all[i].Setting == "" {
			return nil
		}
		names = append(names, all[i].Setting)
	}
	return names
}

// dataNames returns the names of the runs' data sets if these tell them apart, or the first digits of the hashes.
func dataNames(all []Run, hashes []string) []string {
	names := make([]string, len(all))
	for i := range all {
		names[i] = all[i].record().Data().Name
		if names[i] == "" {
			names[i] = hashes[i][:min(8, len(hashes[i]))]
		}
	}
	if samePartition(names, hashes) {
		return names
	}
	for i, h := range hashes {
		names[i] = h[:min(8, len(h))]
	}
	return names
}

// samePartition reports whether a and b are equal at the same pairs of places.
func samePartition(a, b []string) bool {
	there, back := map[string]string{}, map[string]string{}
	for i := range a {
		if v, ok := there[a[i]]; ok && v != b[i] {
			return false
		}
		if v, ok := back[b[i]]; ok && v != a[i] {
			return false
		}
		there[a[i]], back[b[i]] = b[i], a[i]
	}
	return true
}

// levels returns the factors with their levels in order, and the level of each run for each of them.
func levels(list []factor, runs int) (factors []comparison.Factor, at [][]int) {
	at = make([][]int, runs)
	for i := range at {
		at[i] = []int{} // which JSON writes as a list
	}
	for _, f := range list {
		c := comparison.NewFactor(f.key, f.texts)
		factors = append(factors, c)
		for i, text := range f.texts {
			at[i] = append(at[i], slices.Index(c.Levels, text))
		}
	}
	return factors, at
}

// factorName returns what a factor is called.
func factorName(key string) string {
	switch key {
	case "lr":
		return "learning rate"
	case "batch":
		return "batch size"
	case "augment":
		return "augmentation"
	case "train":
		return "data"
	case "train: samples":
		return "training samples"
	}
	return settingKey(key)
}

// levelText returns a level of a factor as it appears in a sentence.
func levelText(f comparison.Factor, level int) phrase {
	text := f.Levels[level]
	switch f.Name {
	case "model", "setting", "solver", "schedule", "augment", "train":
		if text != "" {
			return say("{name}", "name", text)
		}
	}
	if text == "" {
		text = "–"
	}
	return say("{factor} {level}", "factor", say(factorName(f.Name)), "level", text)
}
