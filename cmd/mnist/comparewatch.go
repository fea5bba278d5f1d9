package main

import (
	"fmt"
	"io"
	"sync/atomic"

	"github.com/sirupsen/logrus"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"anneal/internal/plural"
	"anneal/study"
	"anneal/train"
)

// watch logs a line for each run of a study that is over and, on a terminal, shows a bar for the whole and for each run
// under way.
type watch struct {
	log    *logrus.Logger
	output io.Writer // of log
	runs   int
	over   atomic.Int64 // of the runs; bars are drawn by other goroutines
	warned map[string]bool

	screen  *mpb.Progress // nil: no bars
	whole   *mpb.Bar
	total   int64 // of whole
	running map[string]*runBar
}

// runBar is the bar of a run.
type runBar struct {
	*mpb.Bar
	epochs, steps int
	share         int64 // of wholeRun that is done
	last          atomic.Pointer[train.Step]
}

const wholeRun = 1000 // units of the whole bar

func newWatch(log *logrus.Logger, runs int, bars bool) *watch {
	w := &watch{log: log, output: log.Out, runs: runs, warned: make(map[string]bool), running: make(map[string]*runBar)}
	if !bars {
		return w
	}
	w.screen = mpb.New(mpb.WithOutput(log.Out), mpb.WithWidth(40))
	log.SetOutput(w.screen) // so that lines and bars do not tear each other
	w.whole = w.screen.AddBar(0,
		mpb.BarPriority(1<<20), // below the others
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return fmt.Sprintf("%d/%s ", w.over.Load(), plural.Of(runs, "run")) })),
		mpb.AppendDecorators(decor.Percentage(), decor.Name("  "), decor.AverageETA(decor.ET_STYLE_GO)))
	w.total = int64(wholeRun * runs)
	w.whole.SetTotal(w.total, false)
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
	w.screen.Wait()
	w.log.SetOutput(w.output)
}

func (w *watch) observe(c study.Cell, e train.Event) error {
	switch e := e.(type) {
	case train.Start:
		for _, text := range e.Warnings {
			w.warn(fmt.Sprintf("%s, lr %v: %s", c.Setting, c.LR, text))
		}
		for _, text := range e.Changes {
			w.warn("other than before: " + text)
		}
		w.begin(c, e)
	case train.Step:
		w.step(c, e)
	case train.End:
		w.end(c, e)
	}
	return nil
}

// warn logs what several runs may say once.
func (w *watch) warn(text string) {
	if !w.warned[text] {
		w.log.Warn(text)
	}
	w.warned[text] = true
}

// begin shows a bar.
func (w *watch) begin(c study.Cell, e train.Start) {
	if w.screen == nil {
		return
	}
	b := &runBar{epochs: e.Epochs, steps: e.Steps}
	b.last.Store(&train.Step{Epoch: 1})
	b.Bar = w.screen.AddBar(0,
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string {
			return fmt.Sprintf("%s  epoch %d/%d ", c.Name(), b.last.Load().Epoch, b.epochs)
		})),
		mpb.AppendDecorators(
			decor.Percentage(),
			decor.Any(func(decor.Statistics) string { return fmt.Sprintf("  loss %.4f", b.last.Load().Loss) }),
		))
	b.SetTotal(int64(e.Steps), false)
	b.SetCurrent(int64(e.Done))
	w.running[c.Name()] = b
}

func (w *watch) step(c study.Cell, e train.Step) {
	b := w.running[c.Name()]
	if b == nil {
		return
	}
	b.last.Store(&e)
	b.SetCurrent(int64(e.Step))
	share := int64(wholeRun * e.Step / b.steps)
	w.whole.IncrInt64(share - b.share)
	b.share = share
}

// end logs how a run ended.
func (w *watch) end(c study.Cell, e train.End) {
	b := w.running[c.Name()]
	if b != nil {
		b.Abort(true)
		delete(w.running, c.Name())
	}
	if e.Reason == train.Interrupted {
		return
	}
	switch {
	case b != nil:
		w.whole.IncrInt64(wholeRun - b.share)
	case w.whole != nil: // it was over before, and took no time of what the bar measures
		w.total -= wholeRun
		w.whole.SetTotal(w.total, false)
	}
	text := fmt.Sprintf("%d/%d  %s: %s", w.over.Add(1), w.runs, c.Name(), e.Reason)
	if e.BestEpoch > 0 {
		text += fmt.Sprintf(", best test accuracy %.2f%% in epoch %d", 100*e.BestAccuracy, e.BestEpoch)
	}
	w.log.WithFields(logrus.Fields{"cell": c.Name(), "reason": e.Reason, "best_accuracy": e.BestAccuracy, "best_epoch": e.BestEpoch}).Info(text)
}
