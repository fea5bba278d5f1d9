package app

import (
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"anneal/runs"

	"github.com/sirupsen/logrus"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// screen draws bars below the lines of a log. It writes these lines for the log, so that lines and bars do not
// overwrite each other.
type screen struct {
	*mpb.Progress
	log    *logrus.Logger
	output io.Writer // of log, before and after
}

func newScreen(log *logrus.Logger) *screen {
	s := &screen{mpb.New(mpb.WithOutput(log.Out), mpb.WithWidth(40)), log, log.Out}
	log.SetOutput(s)
	return s
}

// close waits until all bars are gone, and gives log its output back.
func (s *screen) close() {
	s.Wait()
	s.log.SetOutput(s.output)
}

// runBar is the bar of a run.
type runBar struct {
	*mpb.Bar
	epochs int
	last   atomic.Pointer[runs.Step] // the bar is drawn by another goroutine
}

// run adds the bar of a run that starts with e. The bar has as many units as steps. Its text begins with name; more
// comes after the rest of it.
func (s *screen) run(name string, e runs.Start, steps int, more ...decor.Decorator) *runBar {
	b := &runBar{epochs: e.Epochs}
	b.last.Store(&runs.Step{Epoch: 1})
	// A bar that knows its total from the start ends by itself, and mpb loses the lines that are logged between then
	// and its Abort.
	b.Bar = s.AddBar(0,
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string {
			return fmt.Sprintf("%sepoch %d/%d ", name, b.last.Load().Epoch, b.epochs)
		})),
		mpb.AppendDecorators(append([]decor.Decorator{
			decor.Percentage(),
			decor.Any(func(decor.Statistics) string { return fmt.Sprintf("  loss %.4f", b.last.Load().EpochLoss) }),
		}, more...)...))
	b.SetTotal(int64(steps), false)
	return b
}

// show moves the bar to the step e. done is how many of the bar's steps the run has taken.
func (b *runBar) show(e runs.Step, done int) {
	b.last.Store(&e)
	b.SetCurrent(int64(done))
}

// progressBar returns an observer that draws a bar of the steps of a run. stop takes the bar away.
func progressBar(log *logrus.Logger) (observe runs.Observer, stop func()) {
	s := newScreen(log)
	var bar *runBar
	status := new(status)
	before := 0 // steps that a resumed run had done; they are not part of the bar, since they took no time now
	observe = func(e runs.Event) error {
		status.see(e, time.Now())
		switch e := e.(type) {
		case runs.Start:
			before = e.Done
			bar = s.run("", e, e.Steps-before, status.decorator(), decor.AverageETA(decor.ET_STYLE_GO))
		case runs.Step:
			bar.show(e, e.Step-before)
		}
		return nil
	}
	stop = func() {
		if bar != nil {
			bar.Abort(true)
		}
		s.close()
	}
	return observe, stop
}
