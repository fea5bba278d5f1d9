package app

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sirupsen/logrus"

	"anneal/internal/terminal"
	"anneal/runs"
	"anneal/train"
)

// view returns an observer that shows a run: as a table of its epochs above a bar, or else as lines of a log. It logs
// the loss of every every-th batch, beside a table only if steps says so. stop takes the bar away.
func (c *console) view(log *logrus.Logger, table bool, every int, steps bool) (observe runs.Observer, stop func()) {
	if !table {
		return train.Log(log, every), func() {}
	}
	if !steps {
		every = 0
	}
	rows := new(epochRows)
	lines := train.Log(log, every, func(e runs.Epoch) {
		for _, line := range rows.add(e, terminal.Of(c.stderr)) {
			fmt.Fprintln(log.Out, line)
		}
	})
	bar, stop := progressBar(log)
	return func(e runs.Event) error {
		if e, ok := e.(runs.Start); ok {
			rows.start = e
			if err := rows.before(e); err != nil {
				return err
			}
		}
		if err := lines(e); err != nil {
			return err
		}
		return bar(e)
	}, sync.OnceFunc(stop)
}

// before adds the epochs that a resumed run had done, so that its best epoch may be one of them.
func (t *epochRows) before(e runs.Start) error {
	if e.Done == 0 || e.Dir == "" {
		return nil
	}
	events, err := runs.ReadMetrics(e.Dir)
	for _, e := range events {
		if e, ok := e.(runs.Epoch); ok {
			t.epochs = append(t.epochs, e)
		}
	}
	return err
}

// status is what the bar of a run says behind its loss: the accuracy after the last epoch, the rate, and the samples
// per second.
type status struct {
	accuracy string
	speed    float64
	begun    time.Time // of the stretch that the speed is measured over, zero before its first step
	samples  int       // in it
	parts    atomic.Pointer[[]string]
}

// speedEvery is the time over which the speed on a bar is measured.
const speedEvery = 500 * time.Millisecond

// see takes notice of an event at a time.
func (s *status) see(e runs.Event, now time.Time) {
	switch e := e.(type) {
	case runs.Step:
		if s.begun.IsZero() {
			s.begun = now
			break
		}
		s.samples += e.Samples
		if d := now.Sub(s.begun); d >= speedEvery {
			s.speed = float64(s.samples) / d.Seconds()
			s.begun, s.samples = now, 0
			s.say(e.LR)
		}
	case runs.Epoch:
		s.begun, s.samples = time.Time{}, 0 // the evaluation is not training
		if e.ValidationAccuracy != nil {
			s.accuracy = "val acc " + percent(*e.ValidationAccuracy)
		} else if !e.NoClasses {
			s.accuracy = "acc " + percent(e.TestAccuracy)
		}
		s.say(e.LR)
	}
}

func (s *status) say(lr []float64) {
	var parts []string
	if s.accuracy != "" {
		parts = append(parts, s.accuracy)
	}
	if len(lr) > 0 {
		parts = append(parts, fmt.Sprintf("lr %.3g", lr[0]))
	}
	if s.speed > 0 {
		parts = append(parts, fmt.Sprintf("%.0f/s", s.speed))
	}
	s.parts.Store(&parts)
}

// pieces returns the parts of the status for a bar, and how long the rest takes. The speed is left out first.
func (s *status) pieces(eta string) []piece {
	list := []piece{{4, eta + " left"}}
	if parts := s.parts.Load(); parts != nil {
		for i, part := range *parts {
			list = append(list, piece{5 + i, part})
		}
	}
	return list
}

// fileURL returns the link to a file that terminals open.
func fileURL(path string) string {
	full, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	full = filepath.ToSlash(full)
	if !strings.HasPrefix(full, "/") {
		full = "/" + full // a drive's letter
	}
	return (&url.URL{Scheme: "file", Path: full}).String()
}

// typed returns the command that starts the program as it was called, or as people call it if go run built it.
func (p *program) typed() string {
	if temporary.MatchString(os.Args[0]) {
		return p.command
	}
	return quote(os.Args[0])
}

// next returns commands that go on from the run in dir, as the program was called.
func (p *program) next(dir string) []string {
	weights := filepath.Join(dir, runs.BestFile)
	if _, err := os.Stat(weights); err != nil {
		weights = filepath.Join(dir, runs.FinalFile)
	}
	return []string{
		fmt.Sprintf("%s eval --init %s", p.typed(), quote(weights)),
		fmt.Sprintf("%s serve --init %s", p.typed(), quote(weights)),
		fmt.Sprintf("%s board %s", p.typed(), quote(filepath.Dir(dir))),
	}
}
