// Package live serves a page that shows a training run while it trains, and lets anyone who has its token steer it:
//
//	GET  /         the page: curves of loss, accuracy and rate, the rate ahead, samples per second, the time left
//	GET  /events   what it draws, as server-sent events
//	POST /control  {"action":"rate","lr":0.01}, or pause, continue or stop without lr: a runs.Command
//
// The answer to a command has status 202. An event follows when the run has carried out the command, or has refused it
// with a reason. An error is JSON with a 4xx or 5xx status: {"error": "what is wrong"}.
//
// Anyone who can reach the address can watch. Steering needs the token, which is in URL after the #, a part that
// browsers do not send. The Service refuses a request whose Host header is not one of its own. Otherwise a page of
// another site could watch the run after its name is made to resolve to this machine (DNS rebinding). An Origin
// header, if there is one, must name the same host.
//
// The forecast of the rate is the schedules' rates from here on, scaled by current rate ÷ scheduled rate. It assumes
// that no plateau triggers again and nobody sets another rate. Training never waits for a viewer. It adds to a history
// of bounded resolution, from which each viewer takes what is new to it as fast as it can. A viewer that has lost its
// connection continues where it was.
package live

import (
	"crypto/rand"
	"net/http"
	"sync"
	"time"

	"anneal/internal/answer"
	"anneal/internal/guard"
	"anneal/runs"
)

const (
	maxViewers     = 64
	maxConnections = 2 * maxViewers // at a time; others wait until one ends
	maxCommands    = 16             // waiting for the end of a step
)

// Service shows and steers one run. It is an http.Handler; its methods may be called from any goroutine.
type Service struct {
	guard    *guard.Guard
	token    guard.Token
	life     string // distinguishes its events from those of another program at this address
	commands chan runs.Command
	server   *server // nil if the handler is served by others
	now      func() time.Time

	mu      sync.Mutex
	history *history
	viewers map[chan<- struct{}]bool // each signals that there is something new
	closed  chan struct{}
	once    sync.Once // closes it
}

// New returns a Service for the run that the page calls name. It answers only requests to these hosts, such as
// gpu.example:6006, and to localhost, on any port: that of a forwarded port is another.
func New(name string, hosts ...string) *Service {
	s := &Service{
		token: guard.NewToken(), life: rand.Text(),
		commands: make(chan runs.Command, maxCommands), now: time.Now,
		viewers: map[chan<- struct{}]bool{}, closed: make(chan struct{}),
	}
	s.history = newHistory(name, func() time.Time { return s.now() })
	mux := http.NewServeMux()
	mux.Handle("/control", answer.Only(http.MethodPost, s.control))
	mux.Handle("/events", answer.Only(http.MethodGet, s.events))
	mux.Handle("/", answer.Only(http.MethodGet, page))
	s.guard = guard.New(guard.Config{Hosts: hosts, Read: patience, Write: 2 * patience}, mux)
	return s
}

// ServeHTTP answers one request.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.guard.ServeHTTP(w, r) }

// Token returns the token that a request to /control must have, as Authorization: Bearer TOKEN.
func (s *Service) Token() string { return string(s.token) }

// Commands returns the commands of viewers, for the Commands of a train.Config.
func (s *Service) Commands() <-chan runs.Command { return s.commands }

// Observe shows an event to the viewers. It is an observer for a train.Config.
func (s *Service) Observe(e runs.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.history.add(e)
	s.wake()
	return err
}

// wake signals to the viewers that there is something new. It skips those that have not yet read the last signal.
func (s *Service) wake() {
	for v := range s.viewers {
		select {
		case v <- struct{}{}:
		default:
		}
	}
}
