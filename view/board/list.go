package board

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"

	"anneal/internal/answer"
	"anneal/internal/bounded"
	"anneal/runs"
)

// news is what has changed since a version of the shelf.
type news struct {
	Life    string `json:"life"` // versions of another life mean nothing
	Version uint64 `json:"version"`
	Dir     string `json:"dir"`
	More    bool   `json:"more,omitempty"` // there are runs that are not yet read: ask again at once

	Runs    []run    `json:"runs"`
	IDs     []string `json:"ids,omitzero"` // of all runs, in their order, if one came or went; empty if none is left
	Studies []study  `json:"studies"`
}

// runs answers with what has changed since a version, the parameter since, which is one of a life, the parameter life.
// Without the two everything is new.
func (b *Board) runs(w http.ResponseWriter, r *http.Request) {
	var since uint64
	if text := r.FormValue("since"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			answer.Error(w, http.StatusBadRequest, fmt.Errorf("since: got %.20q, want a version, such as 3", text))
			return
		}
		since = n
	}
	answer.JSON(w, http.StatusOK, b.since(r.FormValue("life"), since))
}

func (b *Board) since(life string, version uint64) news {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.look()
	s := &b.shelf
	if life != s.life {
		version = 0
	}
	n := news{Life: s.life, Version: s.version, Dir: b.Dir, More: s.more, Runs: []run{}, Studies: s.studies}
	for _, id := range s.order {
		if e := s.entries[id]; e.version > version {
			n.Runs = append(n.Runs, e.shown)
		}
	}
	if s.changed > version {
		n.IDs = append([]string{}, s.order...)
	}
	return n
}

// newStudy returns the study in a folder.
func newStudy(id, path, dir string) study {
	s := study{ID: id, Name: path, dir: dir}
	if path == "." {
		s.Name = filepath.Base(dir)
	}
	var record struct {
		Cells []struct{} `json:"cells"`
	}
	content, err := bounded.ReadFile(filepath.Join(dir, runs.StudyFile), runs.MaxRecord)
	if err == nil {
		err = json.Unmarshal(content, &record)
	}
	if err != nil {
		s.Error = err.Error()
	}
	s.Runs = len(record.Cells)
	return s
}
