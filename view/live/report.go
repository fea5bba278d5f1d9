package live

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"sync"

	"anneal/internal/answer"
	"anneal/view/report"
)

// drawn is the last report that was drawn.
type drawn struct {
	mu      sync.Mutex // one is drawn at a time
	edition uint64
	html    []byte
}

// report answers with a report of what was told so far. It draws it again when there is more.
func (s *stream) report(w http.ResponseWriter, r *http.Request) {
	s.drawn.mu.Lock()
	defer s.drawn.mu.Unlock()
	if r.Context().Err() != nil {
		return // nobody waits for it
	}
	s.mu.Lock()
	edition, draw := s.subject.drawing()
	s.mu.Unlock()
	if draw == nil {
		answer.Error(w, http.StatusNotFound,
			errors.New("there is no report: want a run that has a folder and has come to the end of an epoch"))
		return
	}
	if s.drawn.html == nil || s.drawn.edition != edition {
		html, err := draw()
		if errors.Is(err, fs.ErrNotExist) {
			answer.Error(w, http.StatusNotFound, fmt.Errorf("there is no report yet: %w", err))
			return
		}
		if err != nil {
			answer.Error(w, http.StatusConflict, err)
			return
		}
		s.drawn.edition, s.drawn.html = edition, html
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "frame-ancestors 'none'") // the page has the rest
	_, _ = w.Write(s.drawn.html)                                        // an error means that the client has gone
}

// drawRun draws the report of the run in a folder.
func drawRun(dir string) ([]byte, error) {
	run, err := report.ReadRun(dir)
	if err != nil {
		return nil, err
	}
	return report.Page{Runs: []report.Run{*run}}.HTML()
}
