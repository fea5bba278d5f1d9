package board

import (
	"errors"
	"fmt"
	"net/http"

	"anneal/internal/answer"
	"anneal/internal/plural"
	"anneal/view/report"
)

// maxCompared is the largest number of runs in one report.
const maxCompared = 500

// report answers with a report about runs, which the parameters run or study name.
func (b *Board) report(w http.ResponseWriter, r *http.Request) {
	dirs, title, err := b.chosen(r.URL.Query()["run"], r.FormValue("study"))
	if err != nil {
		answer.Error(w, http.StatusNotFound, err)
		return
	}
	if len(dirs) > maxCompared {
		answer.Error(w, http.StatusBadRequest, fmt.Errorf("got %d runs, want at most %d", len(dirs), maxCompared))
		return
	}
	b.drawing.Lock()
	defer b.drawing.Unlock()
	page := report.Page{}
	var wrong error
	for _, dir := range dirs {
		if err := r.Context().Err(); err != nil {
			return // nobody waits for it
		}
		var run *report.Run
		err := b.own(dir)
		if err == nil {
			run, err = b.Read(dir)
		}
		if err != nil {
			wrong = errors.Join(wrong, err)
			continue
		}
		page.Runs = append(page.Runs, *run)
	}
	if len(page.Runs) == 0 {
		answer.Error(w, http.StatusConflict, wrong)
		return
	}
	report.Distinguish(page.Runs)
	if title != "" {
		page.Title = fmt.Sprintf("%s: %s", title, plural.Of(len(page.Runs), "run"))
	}
	html, err := page.HTML()
	if err != nil {
		answer.Error(w, http.StatusInternalServerError, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "frame-ancestors 'none'") // the page has the rest
	_, _ = w.Write(html)                                                // an error means that the client has gone
}

// chosen returns the folders of some runs or of the runs of a study, and the study's name.
func (b *Board) chosen(ids []string, ofStudy string) (dirs []string, name string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.look()
	s := &b.shelf
	for _, id := range s.order {
		if e := s.entries[id]; ofStudy != "" && e.shown.Study == ofStudy {
			dirs = append(dirs, e.dir)
		}
	}
	for _, st := range s.studies {
		if st.ID == ofStudy {
			name = st.Name
		}
	}
	for _, id := range ids {
		e := s.entries[id]
		if e == nil {
			return nil, "", fmt.Errorf("run %.40q: there is no such run any more", id)
		}
		dirs = append(dirs, e.dir)
	}
	if len(dirs) == 0 {
		return nil, "", errors.New("there is no such run or study, or no run of the study has begun yet")
	}
	return dirs, name, nil
}
