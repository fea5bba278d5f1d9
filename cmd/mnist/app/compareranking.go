package app

import (
	"fmt"
	"strings"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"anneal/internal/terminal"
	"anneal/runs"
	"anneal/study"
)

const mostAhead = 5 // settings that are shown while a study is under way

// ahead are the settings of a study that are ahead, of those that have a run that has ended.
type ahead struct {
	by     string
	places []rankedSetting
}

// rankedSetting is a setting and what it is compared by.
type rankedSetting struct{ name, value string }

// newAhead returns the first settings of results. Names are by what differs between cells.
func newAhead(r *study.Results, cells []study.Cell) *ahead {
	a := &ahead{by: r.JudgedBy()}
	if strings.HasSuffix(a.by, " "+string(runs.ByAccuracy)) {
		a.by += ", %"
	}
	ranked := r.Ranked()
	for _, s := range ranked[:min(len(ranked), mostAhead)] {
		p := rankedSetting{study.Label(s.Cell, cells), r.Judged(s).Text}
		if s.Diverged > 0 {
			p.value = runs.Diverged
		}
		a.places = append(a.places, p)
	}
	return a
}

// line returns the i-th line for a screen: the head, or a setting after its place. It is "" after the last one.
func (a *ahead) line(s terminal.Screen, i int) string {
	const widest = 60 // of a name
	switch {
	case i == 0:
		return s.Paint(terminal.Cut("best so far by "+a.by, s.Width), terminal.Bold)
	case i > len(a.places):
		return ""
	}
	p := a.places[i-1]
	room := s.Width - terminal.Width(p.value) - len("1    ")
	name := terminal.Cut(p.name, room)
	space := strings.Repeat(" ", max(0, min(room, widest)-terminal.Width(name)))
	colour := ""
	if i == 1 {
		colour = terminal.Green
	}
	return s.Paint(fmt.Sprintf("%d  %s%s  %s", i, name, space, p.value), colour)
}

// ranked shows which settings are ahead.
func (w *watch) ranked(r *study.Results) {
	if w.screen == nil || r.By == runs.ByNothing {
		return
	}
	var cells []study.Cell
	if w.runs > 0 {
		cells = w.cells
	} else { // w.cells grow, in another goroutine
		for _, c := range r.Cells {
			cells = append(cells, c.Cell)
		}
	}
	if a := newAhead(r, cells); len(a.places) > 1 {
		w.ahead.Store(a)
	}
}

// ranking draws the settings that are ahead above a bar.
func (w *watch) ranking() mpb.BarOption {
	var rows []mpb.BarFiller
	for i := mostAhead; i >= 0; i-- { // mpb counts rows from below
		rows = append(rows, filler(func(st decor.Statistics) string {
			if a := w.ahead.Load(); a != nil && i <= len(a.places) {
				return a.line(w.screen.shown(st.AvailableWidth), i) + "\n"
			}
			return ""
		}))
	}
	return mpb.BarTopExtender(rows...)
}
