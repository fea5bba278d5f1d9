package report

import (
	"cmp"
	"fmt"
	"strings"

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
		facts = append(facts, fact{"best setting", "–", "the runs were tested on different " + samples(p.Runs)})
	} else if best := p.best(list, by); best != nil {
		facts = append(facts, fact{"best setting", best.measure.text(best.mean), best.note(by)})
	}
	return append(facts, fact{"runs", fmt.Sprint(len(p.Runs)), plural.Of(len(list), "setting")},
		fact{"diverged", fmt.Sprint(diverged), fmt.Sprintf("of %d", len(p.Runs))},
		fact{"training and testing", duration(seconds), "of all runs together"})
}

// best returns the setting that Best names, or else the one that ended best.
func (p Page) best(list []*setting, by runs.ChooseBy) *setting {
	for _, s := range list {
		if p.Best != "" && s.name == p.Best && len(s.values) > 0 {
			return s
		}
	}
	return bestSetting(list, by)
}

// samples returns what the samples of the runs are called: images, or samples if those of a run are of a table.
func samples(all []Run) string {
	for i := range all {
		if d := all[i].record().Data(); len(d.Columns) > 0 || len(d.XShape) > 0 {
			return "samples"
		}
	}
	return "images"
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
		trained := "training loss " + byLoss.text(last.TrainLoss)
		loss := fact{"test loss at the end", byLoss.text(last.TestLoss), trained}
		if r.measure() != byLoss || r.choice().By != "" {
			facts = r.choiceFacts(last)
		}
		facts = append(append(facts, loss), r.metricFacts(last)...)
		facts = append(facts, r.averageFacts(last)...)
	}
	facts = append(facts, fact{"end", r.Reason(), r.ending()})
	if s := r.Seconds(); s > 0 {
		facts = append(facts, fact{"training and testing", duration(s), ""})
	}
	return facts
}

// averageFacts says how much better the average of the weights is than the weights, after the last epoch.
func (r *Run) averageFacts(last *runs.Epoch) []fact {
	average, name := last.Average(), strings.ToUpper(r.averaged())
	switch {
	case name == "":
	case r.classless() && average.TestLoss != nil:
		return []fact{{
			name + " gain", fmt.Sprintf("%.4f", last.TestLoss-*average.TestLoss),
			fmt.Sprintf("test loss %.4f, of the weights %.4f", *average.TestLoss, last.TestLoss),
		}}
	case !r.classless() && average.TestAccuracy != nil:
		return []fact{{
			name + " gain", fmt.Sprintf("%+.2f points", 100*(*average.TestAccuracy-last.TestAccuracy)),
			fmt.Sprintf("test accuracy %s, of the weights %s", percent(*average.TestAccuracy), percent(last.TestAccuracy)),
		}}
	}
	return nil
}

// ending says after which epoch the run ended and why there.
func (r *Run) ending() string {
	text, planned := "after "+plural.Of(len(r.Epochs), "epoch"), r.record().Epochs
	if r.End != nil && r.End.Reason == runs.Completed && len(r.Epochs) == planned {
		text += ", all that were planned"
	} else if len(r.Epochs) < planned {
		text += fmt.Sprintf(" of %d", planned)
	}
	switch reason := r.Reason(); {
	case reason == runs.StoppedEarly && r.record().Patience > 0:
		text += fmt.Sprintf(": no better one in the last %d", r.record().Patience)
	case reason == runs.Diverged:
		text += ": the loss was not finite"
	case reason == runs.Interrupted:
		text += ": resume goes on with it"
	}
	if r.Guesses() {
		text += ", " + guessing
	}
	return text
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
	name    string
	measure measure   // by which runs are compared, "" if they have none in common
	values  []float64 // of each run that has any
	mean    float64
	larger  bool // a larger one is better
}

// settings returns the settings of runs, in their order.
func settings(all []Run) []*setting {
	var list []*setting
	known, by, measure := map[string]*setting{}, chosenBy(all), commonMeasure(all)
	for i := range all {
		s := known[all[i].Name]
		if s == nil {
			s = &setting{name: all[i].Name, measure: measure}
			known[s.name] = s
			list = append(list, s)
		}
		if v, larger, ok := all[i].judged(by, measure); ok {
			s.values, s.larger = append(s.values, v), larger
			s.mean += (v - s.mean) / float64(len(s.values))
		}
	}
	return list
}

// bestSetting returns the setting with the best mean, or nil if there is none or nothing chooses.
func bestSetting(list []*setting, by runs.ChooseBy) *setting {
	if by == runs.ByNothing {
		return nil
	}
	var best *setting
	for _, s := range list {
		if len(s.values) > 0 && (best == nil || s.larger && s.mean > best.mean || !s.larger && s.mean < best.mean) {
			best = s
		}
	}
	return best
}

func (s *setting) note(by runs.ChooseBy) string {
	what := "best " + string(s.measure)
	if by == runs.ByValidation {
		what = "final validation " + string(s.measure)
	}
	if n := len(s.values); n > 1 {
		return fmt.Sprintf("%s: %s, mean of %d runs", s.name, what, n)
	}
	return cmp.Or(s.name, "one run") + ": " + what
}
