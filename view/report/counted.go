package report

import "anneal/internal/comparison"

// counted says how many runs and settings the page has, and how many of the runs came to no good end.
func (p Page) counted(list []compared) phrase {
	all, names := p.Runs, settings(p.Runs)
	what := runsOf(len(all)+p.Open, len(names))
	counts := map[comparison.Outcome]int{comparison.Open: p.Open}
	for i := range all {
		counts[all[i].outcomeOf()]++
	}
	var parts []phrase
	for _, of := range []struct {
		outcome comparison.Outcome
		pattern string
	}{
		{comparison.Collapsed, "{n} ended no better than guessing"},
		{comparison.Diverged, "{n} diverged"},
		{comparison.Pruned, "{n} pruned by the search"},
		{comparison.Open, "{n} not ended"},
	} {
		if n := counts[of.outcome]; n > 0 {
			parts = append(parts, say(of.pattern, "n", n))
		}
	}
	if len(list) > 0 && p.Open == 0 {
		if n := list[0].missing(); n > 0 {
			parts = append(parts, say("{n} missing: seeds that other settings have", "n", n))
		}
	}
	if parts == nil {
		return say("{what}: all trained.", "what", what)
	}
	return say("{what}: {list}.", "what", what, "list", parts)
}

// runsOf returns the phrase for so many runs of so many settings.
func runsOf(runs, settings int) phrase {
	pattern := "{n} runs of {m} settings"
	switch {
	case runs == 1:
		pattern = "{n} run of {m} setting"
	case settings == 1:
		pattern = "{n} runs of {m} setting"
	}
	return say(pattern, "n", runs, "m", settings)
}

// missing returns how many runs the settings lack of the seeds that most of them have.
func (c compared) missing() int {
	seeds := map[uint64]int{}
	for i := range c.Settings {
		own := map[uint64]bool{}
		for _, r := range c.Settings[i].Runs {
			own[r.Seed] = true
		}
		for seed := range own {
			seeds[seed]++
		}
	}
	missing := 0
	for _, n := range seeds {
		if 2*n > len(c.Settings) {
			missing += len(c.Settings) - n
		}
	}
	return missing
}
