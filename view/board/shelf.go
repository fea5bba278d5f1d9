package board

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"time"

	"anneal/runs"
	"anneal/view/report"
)

// How often and for how long the board reads. Together they leave nineteen twentieths of a processor to the runs that
// are under way.
const (
	pace    = time.Second            // between two looks at the folder, at least
	share   = 20                     // and so many times what the last one took
	longest = 10 * time.Second       // but not more: on a busy machine, a short look takes long
	atATime = 200 * time.Millisecond // after which the runs that are left wait for the next request
)

// shelf is what the board knows of its folder.
type shelf struct {
	life    string // distinguishes its versions from those of another program at this address
	version uint64 // grows with each change
	changed uint64 // the version in which a run or a study came or went

	entries map[string]*entry // by ID
	order   []string          // the IDs, by paths
	studies []study
	more    bool // there are runs that have changed and are not yet read

	looked time.Time // last
	took   time.Duration
}

// entry is a run of the folder.
type entry struct {
	dir     string // its path
	version uint64
	shown   run
	record  *runs.Record // nil if it cannot be read
	stamp   stamp        // when it was read
	read    time.Time
	took    time.Duration // the reading
}

// study is a study of the folder.
type study struct {
	ID    string `json:"id"`
	Name  string `json:"name"` // its path within the folder
	Runs  int    `json:"runs,omitempty"`
	Error string `json:"error,omitempty"`

	dir string
}

// idOf returns the ID of what has a path within the folder.
func idOf(path string) string {
	sum := sha256.Sum256([]byte(path))
	return hex.EncodeToString(sum[:6])
}

// stamp is what changes when the files of a run change.
type stamp struct{ config, metrics, final mark }

type mark struct {
	size int64
	time time.Time
}

func markOf(path string) mark {
	info, err := os.Lstat(path)
	if err != nil {
		return mark{}
	}
	return mark{info.Size(), info.ModTime()}
}

func stampOf(dir string) stamp {
	return stamp{
		markOf(filepath.Join(dir, runs.ConfigFile)), markOf(filepath.Join(dir, runs.MetricsFile)),
		markOf(filepath.Join(dir, runs.FinalFile)),
	}
}

// last returns when the run last wrote something.
func (s stamp) last() time.Time {
	t := s.config.time
	if s.metrics.time.After(t) {
		t = s.metrics.time
	}
	return t
}

// look brings the shelf up to date, as far as it is time to. b.mu is locked.
func (b *Board) look() {
	s := &b.shelf
	if now := b.now(); !s.more && !s.looked.IsZero() && now.Sub(s.looked) < min(max(pace, share*s.took), longest) {
		return
	}
	begun := b.now()
	s.version++
	b.list(runs.Find(b.root.Name()))
	s.more = false
	renew := false
	for _, id := range s.order {
		if b.now().Sub(begun) > atATime {
			s.more = true
			break
		}
		renew = b.reread(s.entries[id]) || renew
	}
	if renew || s.changed == s.version {
		s.distinguish()
	}
	s.looked = b.now()
	s.took = s.looked.Sub(begun)
	if s.more {
		s.took = 0 // the request that follows at once is a part of this look
	}
}

// list takes over what was found in the folder.
func (b *Board) list(found []runs.Found) {
	s := &b.shelf
	there := map[string]bool{}
	var order []string
	var studies []study
	for _, f := range found {
		path, err := filepath.Rel(b.root.Name(), f.Dir)
		if err != nil {
			continue
		}
		path = filepath.ToSlash(path)
		id := idOf(path)
		if f.IsStudy() {
			studies = append(studies, newStudy(id, path, f.Dir))
			continue
		}
		there[id] = true
		order = append(order, id)
		e := s.entries[id]
		if e == nil {
			e = &entry{dir: f.Dir, shown: run{ID: id, Name: path}}
			s.entries[id] = e
			s.changed = s.version
		}
		if f.Study != "" && f.Study != f.Dir {
			in, _ := filepath.Rel(b.root.Name(), f.Study)
			e.shown.Study = idOf(filepath.ToSlash(in))
		}
		if f.Err != nil && e.shown.Error == "" {
			e.shown.fail(f.Err)
			e.version, e.stamp = s.version, stampOf(f.Dir)
		}
	}
	for id := range s.entries {
		if !there[id] {
			delete(s.entries, id)
			s.changed = s.version
		}
	}
	if len(studies) != len(s.studies) {
		s.changed = s.version
	}
	s.order, s.studies = order, studies
}

// reread reads a run if its files have changed, and reports whether its settings are other ones.
func (b *Board) reread(e *entry) bool {
	now, is := b.now(), stampOf(e.dir)
	if e.version > 0 && is == e.stamp {
		if state := e.shown.State; state == training && e.shown.stale(e.dir, is, now) {
			e.version = b.shelf.version
		}
		return false
	}
	if e.version > 0 && now.Sub(e.read) < min(share*e.took, longest) {
		return false // a long one that is under way
	}
	was := e.record
	e.record = e.shown.read(e.dir, is, now)
	e.version, e.stamp, e.read = b.shelf.version, is, b.now()
	e.took = e.read.Sub(now)
	return was == nil || e.record == nil || was.JSON() != e.record.JSON()
}

// distinguish gives each run the settings that differ between all of them.
func (s *shelf) distinguish() {
	var all []report.Run
	var whose []*entry
	for _, id := range s.order {
		if e := s.entries[id]; e.record != nil {
			all = append(all, report.Run{Run: runs.Run{Dir: e.dir, Record: e.record}})
			whose = append(whose, e)
		}
	}
	for i, settings := range report.Distinct(all) {
		e := whose[i]
		settings = slices.DeleteFunc(settings, report.Setting.Follows)
		if !slices.Equal(e.shown.Settings, settings) {
			e.shown.Settings = settings
			e.version = s.version
		}
	}
}
