package main

import (
	"fmt"
	"sync/atomic"

	"github.com/sirupsen/logrus"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"anneal/train"
)

// progressBar returns an observer that draws a bar of the run's steps under the lines of log, which it writes for log
// so that the two do not tear each other. stop takes the bar away and gives log its output back.
func progressBar(log *logrus.Logger) (observe train.Observer, stop func()) {
	output := log.Out
	screen := mpb.New(mpb.WithOutput(output), mpb.WithWidth(40))
	log.SetOutput(screen)
	var bar *mpb.Bar
	var epochs, done int                // done: before the run was resumed, which took time that the bar does not know
	var last atomic.Pointer[train.Step] // the bar is drawn by another goroutine
	last.Store(&train.Step{Epoch: 1})
	observe = func(e train.Event) error {
		switch e := e.(type) {
		case train.Start:
			epochs, done = e.Epochs, e.Done
			// A bar that knows its total ends by itself, and mpb loses what is logged between then and stop.
			bar = screen.AddBar(0,
				mpb.PrependDecorators(decor.Any(func(decor.Statistics) string {
					return fmt.Sprintf("epoch %d/%d ", last.Load().Epoch, epochs)
				})),
				mpb.AppendDecorators(
					decor.Percentage(),
					decor.Any(func(decor.Statistics) string { return fmt.Sprintf("  loss %.4f  ", last.Load().Loss) }),
					decor.AverageETA(decor.ET_STYLE_GO),
				))
			bar.SetTotal(int64(e.Steps-done), false)
		case train.Step:
			last.Store(&e)
			bar.SetCurrent(int64(e.Step - done))
		}
		return nil
	}
	stop = func() {
		if bar != nil {
			bar.Abort(true)
		}
		screen.Wait()
		log.SetOutput(output)
	}
	return observe, stop
}
