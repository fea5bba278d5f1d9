package live

import (
	"crypto/rand"
	"net/http"
	"sync"
	"time"

	"anneal/internal/answer"
	"anneal/internal/guard"
)

const (
	maxViewers     = 64
	maxConnections = 2 * maxViewers // at a time; others wait until one ends
)

// stream is what the pages of runs and of studies have in common: a guarded handler whose viewers get what is new, and
// a server.
type stream struct {
	guard  *guard.Guard
	token  guard.Token
	life   string  // distinguishes its events from those of another program at this address
	server *server // nil if the handler is served by others
	now    func() time.Time
	drawn  drawn

	mu       sync.Mutex
	subject  subject
	viewers  int
	editions map[uint64]*edition // by the number after which they begin
	pulse    chan struct{}       // closed at the next pulse
	pulsed   time.Time           // when the last one was
	due      bool                // there will be one
	closed   chan struct{}
	once     sync.Once // closes it
	asked    chan struct{}
	asking   sync.Once // closes it
}

// subject is what a stream shows. Its methods are called with the lock of the stream.
type subject interface {
	// news returns what came after a number, as a value for JSON, and the number of the newest item.
	news(number uint64) (update any, newest uint64)
	over() bool
	// fail ends what had no end.
	fail()
	// drawing returns a function that draws a report, which is called without the lock, and a number that changes when
	// there is more to report; nil if there is nothing yet.
	drawing() (edition uint64, draw func() ([]byte, error))
}

// open makes the handler, whose page is in the file index, and returns its mux for more.
func (s *stream) open(index string, hosts []string, of subject) *http.ServeMux {
	s.token, s.life, s.now, s.subject = guard.NewToken(), rand.Text(), time.Now, of
	s.editions, s.pulse = map[uint64]*edition{}, make(chan struct{})
	s.closed, s.asked = make(chan struct{}), make(chan struct{})
	mux := http.NewServeMux()
	mux.Handle("/events", answer.Only(http.MethodGet, s.events))
	mux.Handle("/report", answer.Only(http.MethodGet, s.report))
	mux.Handle("/close", answer.Only(http.MethodPost, s.close))
	mux.Handle("/", answer.Only(http.MethodGet, page(index)))
	s.guard = guard.New(guard.Config{Hosts: hosts, Read: patience, Write: 2 * patience}, mux)
	return mux
}

// ServeHTTP answers one request.
func (s *stream) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.guard.ServeHTTP(w, r) }

// Token returns the token that a request to /control or /close must have, as Authorization: Bearer TOKEN.
func (s *stream) Token() string { return string(s.token) }

// join adds a viewer, if there is room.
func (s *stream) join() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.viewers == maxViewers {
		return false
	}
	s.viewers++
	return true
}

func (s *stream) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.viewers--
}

// watched reports whether there are viewers.
func (s *stream) watched() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.viewers > 0
}
