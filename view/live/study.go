package live

import (
	"path/filepath"

	"anneal/internal/bounded"
	"anneal/runs"
)

// Study shows a study while its runs train: those that are done, under way and still to come, the best setting so far
// with its spread, and curves. It is an http.Handler; its methods may be called from any goroutine.
type Study struct {
	stream
	shelf *shelf
}

// Cell is a run of a study.
type Cell struct {
	Name    string // no other run has it
	Setting string // what runs that differ only in their seed have in common
	Seed    uint64
}

// Plan is what is known of a study before its runs begin.
type Plan struct {
	Dir    string // its folder, in which Report is
	Report string // the name of the file with the report, which is there at the end or earlier
	Epochs int    // of a run
	Cells  []Cell // in their order; of a search none, since it decides as it goes
	Search bool
	Rungs  []int // epochs after which a search compares settings

	// Of a study in shares.
	Share  int   // the one that this program trains, from 1; 0: all of the study
	Of     int   // how many there are
	Shares []int // of each of Cells the share that has it
}

// NewStudy returns a Study that the page calls name. hosts are those of New.
func NewStudy(name string, hosts ...string) *Study {
	s := &Study{shelf: newShelf(name)}
	s.open("study.html", hosts, s)
	return s
}

// Begin shows what is known before the runs begin.
func (s *Study) Begin(p Plan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shelf.begin(p)
	s.wake()
}

// Ended is the result of a run.
type Ended struct {
	By     runs.ChooseBy // the data by which settings are compared
	Best   runs.Best     // and the measure
	Epochs []runs.Epoch
	End    runs.End
}

// Ended shows the result of a run of which there are no events, since another program has trained it.
func (s *Study) Ended(c Cell, r Ended) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shelf.ended(c, r)
	s.wake()
}

// Observe shows an event of a run to the viewers.
func (s *Study) Observe(c Cell, e runs.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shelf.add(c, e)
	s.wake()
}

// End says how the study ended: runs.Completed or runs.Interrupted. A Study that is closed without an End has failed.
func (s *Study) End(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shelf.end(reason)
	s.wake()
}

func (s *Study) news(number uint64) (any, uint64) { return s.shelf.since(number) }
func (s *Study) over() bool                       { return s.shelf.state.State == over }
func (s *Study) fail()                            { s.shelf.end(failed) }

// drawing returns a function that reads the report, which others draw.
func (s *Study) drawing() (edition uint64, draw func() ([]byte, error)) {
	path := filepath.Join(s.shelf.plan.Dir, s.shelf.plan.Report)
	if s.shelf.plan.Report == "" {
		return 0, nil
	}
	return s.shelf.last, func() ([]byte, error) { return bounded.ReadFile(path, 1<<30) }
}
