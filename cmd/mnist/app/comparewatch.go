package app

import (
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/sirupsen/logrus"
	"github.com/vbauerster/mpb/v8"

	"anneal/internal/plural"
	"anneal/runs"
	"anneal/study"
)

// watch logs a line for each run of a study that has ended. On a terminal it also shows the settings that are ahead, a
// bar for the study and one for each run under way.
type watch struct {
	log    *logrus.Logger
	cells  []study.Cell // of all runs; of a search, those that have begun
	runs   int          // 0: a search, which decides how many as it goes
	over   atomic.Int64 // runs that have ended; bars are drawn by other goroutines
	warned map[string]bool

	screen  *screen // nil: no bars
	whole   *mpb.Bar
	ahead   atomic.Pointer[ahead]
	total   int64 // of whole
	running map[string]*cellBar
	guesses map[string]bool // the cells whose last epoch was no better than guessing
}

// cellBar is the bar of a run under way, with its part in the bar of the study.
type cellBar struct {
	*runBar
	steps int
	share int64 // of wholeRun that is done
}

const wholeRun = 1000 // units that a run has in the bar of the study

// newWatch returns a watch of so many of the cells' runs.
func newWatch(log *logrus.Logger, cells []study.Cell, runs int, bars bool) *watch {
	w := &watch{
		log: log, cells: cells, runs: runs, warned: make(map[string]bool), running: make(map[string]*cellBar),
		guesses: make(map[string]bool), total: int64(wholeRun * runs),
	}
	if !bars {
		return w
	}
	w.screen = newScreen(log)
	w.whole = w.screen.add(w.total, func(eta string) []piece {
		if runs == 0 {
			return []piece{{0, plural.Of(int(w.over.Load()), "run") + " ended"}}
		}
		return []piece{{0, fmt.Sprintf("%d/%s", w.over.Load(), plural.Of(runs, "run"))}, {2, eta + " left"}}
	}, mpb.BarPriority(1<<20), w.ranking()) // below the others
	return w
}

// stop takes the bars away.
func (w *watch) stop() {
	if w.screen == nil {
		return
	}
	for _, b := range w.running {
		b.Abort(true)
	}
	w.whole.Abort(true)
	w.screen.close()
}

// name returns how a run is called: on a terminal by what distinguishes it.
func (w *watch) name(c study.Cell) string {
	if w.screen == nil {
		return c.Name()
	}
	return fmt.Sprintf("%s, seed %d", study.Label(c, w.cells), c.Seed)
}

func (w *watch) observe(c study.Cell, e runs.Event) error {
	switch e := e.(type) {
	case runs.Reading:
		w.log.Infof("%s: reading the %s samples for their hash: %d of %d", w.name(c), e.Part, e.Done, e.Samples)
	case runs.Start:
		if w.runs == 0 {
			w.cells = append(w.cells, c)
		}
		for _, text := range e.Warnings {
			where := ""
			if !strings.HasPrefix(text, "augmentation ") { // which has its spec
				where = fmt.Sprintf("%s, lr %v: ", c.Setting, c.LR)
			}
			w.once(logrus.WarnLevel, where, text)
		}
		for _, text := range e.Changes {
			w.once(logrus.InfoLevel, "changed since the run began: ", text)
		}
		w.begin(c, e)
	case runs.Step:
		w.step(c, e)
	case runs.Epoch:
		w.guesses[c.Name()] = e.Guessing != nil && *e.Guessing
	case runs.End:
		w.end(c, e)
	}
	return nil
}

// count counts a run that has ended and returns its number of all.
func (w *watch) count(e runs.End) string {
	switch {
	case e.Reason == study.Paused:
		return fmt.Sprintf("epoch %d", e.Epochs)
	case w.runs == 0:
		return fmt.Sprint(w.over.Add(1))
	}
	return fmt.Sprintf("%d/%d", w.over.Add(1), w.runs)
}

// progress says how many runs have ended.
func (w *watch) progress(over int64) string {
	if w.runs == 0 {
		return plural.Of(int(over), "run")
	}
	return fmt.Sprintf("%d of %s", over, plural.Of(w.runs, "run"))
}

// once logs a text, unless another run has already logged it, and where it holds.
func (w *watch) once(level logrus.Level, where, text string) {
	if !w.warned[text] {
		w.log.Log(level, where+text)
	}
	w.warned[text] = true
}

// begin shows a bar.
func (w *watch) begin(c study.Cell, e runs.Start) {
	if w.screen == nil {
		return
	}
	b := &cellBar{runBar: w.screen.run(w.name(c), e, e.Steps, func(string) []piece { return nil }), steps: e.Steps}
	b.SetCurrent(int64(e.Done))
	w.running[c.Name()] = b
}

func (w *watch) step(c study.Cell, e runs.Step) {
	b := w.running[c.Name()]
	if b == nil {
		return
	}
	b.show(e, e.Step)
	if w.runs == 0 {
		return
	}
	share := int64(wholeRun * e.Step / b.steps)
	w.whole.IncrInt64(share - b.share)
	b.share = share
}

// end logs how a run ended.
func (w *watch) end(c study.Cell, e runs.End) {
	b := w.running[c.Name()]
	if b != nil {
		b.Abort(true)
		delete(w.running, c.Name())
	}
	if e.Reason == runs.Interrupted {
		return
	}
	switch {
	case w.screen == nil || w.runs == 0:
	case b != nil:
		w.whole.IncrInt64(wholeRun - b.share)
	default: // it had ended before, and takes no time now
		w.total -= wholeRun
		w.whole.SetTotal(w.total, false)
	}
	text := fmt.Sprintf("%s  %s: %s", w.count(e), w.name(c), e.Reason) + e.Outcome()
	if w.guesses[c.Name()] {
		text += ", no better than guessing"
	}
	w.log.WithFields(logrus.Fields{
		"cell": c.Name(), "reason": e.Reason, "best_accuracy": e.BestAccuracy, "best_epoch": e.BestEpoch,
	}).Info(text)
}
