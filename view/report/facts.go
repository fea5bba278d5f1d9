package report

import (
	"cmp"
	"fmt"

	"anneal/internal/plural"
	"anneal/runs"
)

// fact is one of the few numbers at the top.
type fact struct{ What, Value, Note string }

func (p Page) facts() []fact {
	if len(p.Runs) == 1 {
		return p.Runs[0].facts()
	}
	list := settings(p.Runs)
	diverged, seconds := 0, 0.0
	for i := range p.Runs {
		seconds += p.Runs[i].Seconds()
		if p.Runs[i].Diverged() {
			diverged++
		}
	}
	var facts []fact
	by := chosenBy(p.Runs)
	if !sameTest(p.Runs) {
		facts = append(facts, fact{"best setting", "–", "the runs were tested on different images"})
	} else if best := bestSetting(list, by); best != nil {
		facts = append(facts, fact{"best setting", percent(best.mean), best.note(by)})
	}
	return append(facts, fact{"runs", fmt.Sprint(len(p.Runs)), plural.Of(len(list), "setting")},
		fact{"diverged", fmt.Sprint(diverged), fmt.Sprintf("of %d", len(p.Runs))},
		fact{"training and testing", duration(seconds), "of all runs together"})
}

// sameTest reports whether all runs were tested on the same samples, as far as their records say.
func sameTest(all []Run) bool {
	known := ""
	for i := range all {
		hash := all[i].record().Test.SHA256
		if known = cmp.Or(known, hash); hash != "" && hash != known {
			return false
		}
	}
	return true
}

func (r *Run) facts() []fact {
	var facts []fact
	if last := r.Last(); last != nil {
		facts = append(r.choiceFacts(last),
			fact{"test loss at the end", fmt.Sprintf("%.4f", last.TestLoss), fmt.Sprintf("training loss %.4f", last.TrainLoss)})
	}
	end := fact{"end", r.Reason(), "after " + plural.Of(len(r.Epochs), "epoch")}
	if r.Guesses() {
		end.Note += ", " + guessing
	}
	facts = append(facts, end)
	if s := r.Seconds(); s > 0 {
		facts = append(facts, fact{"training and testing", duration(s), ""})
	}
	return facts
}

func percent(v float64) string { return fmt.Sprintf("%.2f %%", 100*v) }

func duration(seconds float64) string {
	if seconds < 120 {
		return fmt.Sprintf("%.1f s", seconds)
	}
	return fmt.Sprintf("%.0f min", seconds/60)
}

// setting has the runs of one name.
type setting struct {
	name       string
	accuracies []float64 // by which each run is compared with others, of those that have any
	mean       float64
}

// settings returns the settings of runs, in their order.
func settings(all []Run) []*setting {
	var list []*setting
	known, by := map[string]*setting{}, chosenBy(all)
	for i := range all {
		s := known[all[i].Name]
		if s == nil {
			s = &setting{name: all[i].Name}
			known[s.name] = s
			list = append(list, s)
		}
		if accuracy, ok := all[i].judged(by); ok {
			s.accuracies = append(s.accuracies, accuracy)
			s.mean += (accuracy - s.mean) / float64(len(s.accuracies))
		}
	}
	return list
}

// bestSetting returns the setting with the highest mean, or nil if there is none or nothing chooses.
func bestSetting(list []*setting, by runs.ChooseBy) *setting {
	if by == runs.ByNothing {
		return nil
	}
	var best *setting
	for _, s := range list {
		if len(s.accuracies) > 0 && (best == nil || s.mean > best.mean) {
			best = s
		}
	}
	return best
}

func (s *setting) note(by runs.ChooseBy) string {
	what := "best accuracy"
	if by == runs.ByValidation {
		what = "final validation accuracy"
	}
	if n := len(s.accuracies); n > 1 {
		return fmt.Sprintf("%s: %s, mean of %d runs", s.name, what, n)
	}
	return cmp.Or(s.name, "one run") + ": " + what
}
