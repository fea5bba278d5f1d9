package app

import (
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"anneal/internal/terminal"
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
	s := &screen{mpb.New(mpb.WithOutput(log.Out)), log, log.Out}
	log.SetOutput(s)
	return s
}

// close waits until all bars are gone, and gives log its output back.
func (s *screen) close() {
	s.Wait()
	s.log.SetOutput(s.output)
}

// shown returns what the terminal shows, in a width that leaves its last column empty: some terminals begin another
// line after it.
func (s *screen) shown(width int) terminal.Screen {
	shown := terminal.Of(s.output)
	shown.Width = width - 1
	return shown
}

// filler draws a line at the bottom of the screen.
type filler func(decor.Statistics) string

func (f filler) Build() mpb.BarFiller { return f }

func (f filler) Fill(w io.Writer, s decor.Statistics) error {
	_, err := io.WriteString(w, f(s))
	return err
}

// add adds a bar of so many steps, whose line has the pieces that text returns.
func (s *screen) add(steps int64, text func(eta string) []piece, options ...mpb.BarOption) *mpb.Bar {
	eta := decor.AverageETA(decor.ET_STYLE_GO)
	line := filler(func(st decor.Statistics) string {
		share := 0.0
		if st.Total > 0 {
			share = min(1, float64(st.Current)/float64(st.Total))
		}
		left, _ := eta.Decor(st)
		shown, pieces := s.shown(st.AvailableWidth), text(left)
		if steps == 0 { // it is not known how many there are
			return terminal.Cut(pieces[0].text, shown.Width)
		}
		return barLine(shown, share, pieces)
	})
	// A bar that knows its total from the start ends by itself, and mpb loses the lines that are logged between then
	// and its Abort.
	b := s.New(0, line, append(options, mpb.BarFillerTrim())...)
	b.SetTotal(steps, false)
	return b
}

// piece is a part of a bar's line.
type piece struct {
	rank int // pieces of higher ranks are left out first
	text string
}

// barLine returns the line of a bar of which a share is done: the first piece, the bar itself, which takes the room
// that the others leave, the share in %, and the other pieces, as many as there is room for.
func barLine(s terminal.Screen, share float64, pieces []piece) string {
	const least, most = 6, 40 // columns of the bar itself
	first := piece{pieces[0].rank, terminal.Cut(pieces[0].text, s.Width*3/5)}
	pieces = append([]piece{first, {1, fmt.Sprintf("%3.0f %%", 100*share)}}, pieces[1:]...)
	for {
		width, last := -2, 0
		for i, p := range pieces {
			width += 2 + terminal.Width(p.text)
			if p.rank > pieces[last].rank {
				last = i
			}
		}
		room := s.Width - width - 2
		if room >= least || len(pieces) == 1 {
			texts := []string{pieces[0].text, barOf(s, share, min(max(room, 0), most))}
			for _, p := range pieces[1:] {
				texts = append(texts, p.text)
			}
			return strings.Join(texts, "  ")
		}
		pieces = append(pieces[:last:last], pieces[last+1:]...)
	}
}

// barOf returns a bar of so many columns.
func barOf(s terminal.Screen, share float64, columns int) string {
	done, rest := "=", "-"
	if s.Unicode {
		done, rest = "━", "╌"
	}
	n := int(share * float64(columns))
	return s.Paint(strings.Repeat(done, n), terminal.Green) + strings.Repeat(rest, columns-n)
}

// runBar is the bar of a run.
type runBar struct {
	*mpb.Bar
	last atomic.Pointer[runs.Step] // the bar is drawn by another goroutine
}

// run adds the bar of a run that starts with e. The bar has as many units as steps, and begins with a name if there is
// one. more returns what it says beside its epoch and its loss.
func (s *screen) run(name string, e runs.Start, steps int, more func(eta string) []piece) *runBar {
	b := &runBar{}
	b.last.Store(&runs.Step{Epoch: 1})
	b.Bar = s.add(int64(steps), func(eta string) []piece {
		step := b.last.Load()
		list := []piece{
			{0, fmt.Sprintf("epoch %d/%d", step.Epoch, e.Epochs)}, {3, fmt.Sprintf("loss %.4f", step.EpochLoss)},
		}
		if name != "" {
			list[0].rank = 2
			list = append([]piece{{0, name}}, list...)
		}
		return append(list, more(eta)...)
	})
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
			bar = s.run("", e, e.Steps-before, status.pieces)
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
