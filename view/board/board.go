// Package board serves a page with all runs of a folder, also those that are under way, and of the folders in it:
//
//	GET  /               the page: a table to filter and to sort
//	GET  /runs?since=N   what it shows, as far as it changed since the version N
//	GET  /report?run=ID  a report about one run or, with several, a comparison; ?study=ID about the runs of a study
//	POST /describe       {"run": ID, "note": "…", "tags": ["…"]} gives a run another note and other tags
//	POST /delete         {"run": ID} moves the folder of a run into the folder .deleted
//
// An error is JSON with a 4xx or 5xx status: {"error": "what is wrong"}. Every request needs the token that is in URL;
// opening URL sets it as a cookie. The package guard says what else a request needs.
//
// The board looks at the folder when a page asks, not more often than every second, and reads a run again when one of
// its files has changed. The folders of runs that are damaged are in the table with their error. The board never
// follows a symbolic link below its folder, and moves only a folder that a run wrote and that no program works in.
package board

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"anneal/internal/answer"
	"anneal/internal/guard"
	"anneal/view/report"
)

// Config says what a Board shows.
type Config struct {
	Dir  string                                // the folder
	Read func(dir string) (*report.Run, error) // reads a run for its report; nil: report.ReadRun
}

// Board shows the runs of a folder. It is an http.Handler; its methods may be called from any goroutine.
type Board struct {
	Config
	root   *os.Root // the folder
	token  guard.Token
	guard  *guard.Guard
	server *server // nil if the handler is served by others
	now    func() time.Time

	mu      sync.Mutex
	shelf   shelf
	drawing sync.Mutex // one report at a time
}

// New returns a Board of a folder. It answers requests to these hosts, such as gpu.example:6006, and to localhost.
func New(c Config, hosts ...string) (*Board, error) {
	dir, err := filepath.EvalSymlinks(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("board: %w: want a folder of runs", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("board: %w: want a folder of runs", err)
	}
	if c.Read == nil {
		c.Read = report.ReadRun
	}
	b := &Board{Config: c, root: root, token: guard.NewToken(), now: time.Now}
	b.shelf = shelf{life: rand.Text(), entries: map[string]*entry{}}
	mux := http.NewServeMux()
	mux.Handle("/", answer.Only(http.MethodGet, page))
	mux.Handle("/runs", answer.Only(http.MethodGet, b.runs))
	mux.Handle("/report", answer.Only(http.MethodGet, b.report))
	mux.Handle("/describe", answer.Only(http.MethodPost, b.describe))
	mux.Handle("/delete", answer.Only(http.MethodPost, b.delete))
	b.guard = guard.New(guard.Config{Hosts: hosts, Token: b.token, Write: time.Minute}, mux)
	return b, nil
}

// Token returns the token that every request must have: as Authorization: Bearer TOKEN, or once as /?token=TOKEN.
func (b *Board) Token() string { return string(b.token) }

// ServeHTTP answers one request.
func (b *Board) ServeHTTP(w http.ResponseWriter, r *http.Request) { b.guard.ServeHTTP(w, r) }
