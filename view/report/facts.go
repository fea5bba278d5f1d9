package report

import (
	"cmp"
	"fmt"

	"anneal/internal/plural"
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
	if best := bestSetting(list); best != nil {
		facts = append(facts, fact{"best setting", percent(best.mean), best.note()})
	}
	return append(facts, fact{"runs", fmt.Sprint(len(p.Runs)), plural.Of(len(list), "setting")},
		fact{"diverged", fmt.Sprint(diverged), fmt.Sprintf("of %d", len(p.Runs))},
		fact{"training and testing", duration(seconds), "of all runs together"})
}

func (r *Run) facts() []fact {
	var facts []fact
	if best, last := r.Best(), r.Last(); best != nil {
		when := fmt.Sprintf("in epoch %d of %d", best.Epoch, max(best.Epoch, r.record().Epochs))
		facts = append(facts,
			fact{"best test accuracy", percent(best.TestAccuracy), when},
			fact{"test loss at the end", fmt.Sprintf("%.4f", last.TestLoss), fmt.Sprintf("training loss %.4f", last.TrainLoss)})
	}
	facts = append(facts, fact{"end", r.Reason(), "after " + plural.Of(len(r.Epochs), "epoch")})
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
	accuracies []float64 // the best of each run, of those that have any
	mean       float64
}

// settings returns the settings of runs, in their order.
func settings(all []Run) []*setting {
	var list []*setting
	known := map[string]*setting{}
	for i := range all {
		s := known[all[i].Name]
		if s == nil {
			s = &setting{name: all[i].Name}
			known[s.name] = s
			list = append(list, s)
		}
		if best := all[i].Best(); best != nil {
			s.accuracies = append(s.accuracies, best.TestAccuracy)
			s.mean += (best.TestAccuracy - s.mean) / float64(len(s.accuracies))
		}
	}
	return list
}

func bestSetting(list []*setting) *setting {
	var best *setting
	for _, s := range list {
		if len(s.accuracies) > 0 && (best == nil || s.mean > best.mean) {
			best = s
		}
	}
	return best
}

func (s *setting) note() string {
	if n := len(s.accuracies); n > 1 {
		return fmt.Sprintf("%s: best accuracy, mean of %d runs", s.name, n)
	}
	return cmp.Or(s.name, "one run") + ": best accuracy"
}
