// Package play serves a page on which people play with two small networks side by side: they change a setting and see
// at once what it does. Package session trains them.
//
//	GET  /              the page
//	POST /sessions      begins a session: a session.Request with settings
//	POST /sessions/ID   a session.Request to it
//
// The answer to a request is a session.Reply, that to the first one with the session's ID. An error is JSON, too:
// {"error": "what is wrong"}, with status 400 if the request is wrong and 404 if there is no such session. The page
// asks for the next steps when it has drawn the last ones. A session trains only while it is asked, and the service
// drops the one that has waited longest when there are more than it keeps.
//
// Whoever asks needs the token, which is in Link, and in a cookie from then on. Export writes the same page as a folder
// of static files: there the sessions run in the browser.
package play

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"anneal/internal/answer"
	"anneal/internal/guard"
	"anneal/view/play/session"
)

const (
	maxSessions = 16       // of up to 90 MB
	maxBegin    = 4        // sessions that begin at a time: they do not count yet
	maxRequest  = 16 << 10 // bytes
	idle        = 2 * time.Minute
	grace       = 3 * time.Second
)

// Service is the page with its sessions.
type Service struct {
	listener  *guard.Listener
	token     guard.Token
	digits    func() (*session.Digits, error)
	beginning *semaphore.Weighted

	mu       sync.Mutex
	sessions map[string]*held
}

// held is a session between requests.
type held struct {
	mu      sync.Mutex // one request at a time
	session *session.Session
	used    time.Time // the latest request; Service.mu guards it
}

// Listen returns a Service at an address. For port 0 it picks a free one, which Link has. digits gives the images of
// handwritten digits. The Service calls it when someone asks for them, until it succeeds.
func Listen(addr string, digits func() (*session.Digits, error)) (*Service, error) {
	l, err := guard.Listen(addr, guard.Door{Connections: 128, PerClient: 64})
	if err != nil {
		return nil, fmt.Errorf("play: %w", err)
	}
	return &Service{
		listener: l, token: guard.NewToken(), digits: loadOnce(digits), beginning: semaphore.NewWeighted(maxBegin),
		sessions: map[string]*held{},
	}, nil
}

// loadOnce returns a function that calls load until it has succeeded once: a download that fails can be tried again.
func loadOnce(load func() (*session.Digits, error)) func() (*session.Digits, error) {
	var mu sync.Mutex
	var loaded *session.Digits
	return func() (d *session.Digits, err error) {
		mu.Lock()
		defer mu.Unlock()
		if loaded == nil {
			loaded, err = load()
		}
		return loaded, err
	}
}

// Link returns the address of the page, with the token.
func (s *Service) Link() string { return s.listener.Link(s.token) }

// Local reports whether only users of this machine can reach the page. Traffic is not encrypted.
func (s *Service) Local() bool { return s.listener.Local() }

// Serve serves the page until ctx is done.
func (s *Service) Serve(ctx context.Context) error {
	door := guard.New(guard.Config{Hosts: s.listener.Hosts(), Token: s.token}, s.handler())
	if err := guard.Serve(ctx, guard.NewServer(door, idle), s.listener, grace); err != nil {
		return fmt.Errorf("play: %w", err)
	}
	return nil
}

func (s *Service) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/sessions", answer.Only(http.MethodPost, s.begin))
	mux.Handle("/sessions/{id}", answer.Only(http.MethodPost, s.ask))
	mux.Handle("/", answer.Only(http.MethodGet, page))
	return mux
}

// begun is the answer to the first request.
type begun struct {
	ID string `json:"id"`
	session.Reply
}

// begin begins a session.
func (s *Service) begin(w http.ResponseWriter, r *http.Request) {
	request, err := read(w, r)
	if err != nil {
		answer.Error(w, http.StatusBadRequest, err)
		return
	}
	if err := s.beginning.Acquire(r.Context(), 1); err != nil {
		answer.Error(w, http.StatusServiceUnavailable, context.Cause(r.Context()))
		return
	}
	defer s.beginning.Release(1)
	made, reply := session.Begin(r.Context(), request, s.digits)
	if reply.Error != "" {
		answer.JSON(w, http.StatusBadRequest, reply)
		return
	}
	id := rand.Text()
	s.keep(id, &held{session: made})
	answer.JSON(w, http.StatusOK, begun{id, reply})
}

// keep adds a session, in place of the one that has waited longest if there are too many.
func (s *Service) keep(id string, h *held) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sessions) >= maxSessions {
		oldest := ""
		for id, other := range s.sessions {
			if oldest == "" || other.used.Before(s.sessions[oldest].used) {
				oldest = id
			}
		}
		delete(s.sessions, oldest)
	}
	h.used = time.Now()
	s.sessions[id] = h
}

// ask carries out a request to a session.
func (s *Service) ask(w http.ResponseWriter, r *http.Request) {
	request, err := read(w, r)
	if err != nil {
		answer.Error(w, http.StatusBadRequest, err)
		return
	}
	s.mu.Lock()
	h := s.sessions[r.PathValue("id")]
	if h != nil {
		h.used = time.Now()
	}
	s.mu.Unlock()
	if h == nil {
		err := fmt.Errorf("session %q: want one that POST /sessions has begun", r.PathValue("id"))
		answer.Error(w, http.StatusNotFound, err)
		return
	}
	reply := h.do(r.Context(), request)
	status := http.StatusOK
	if reply.Error != "" {
		status = http.StatusBadRequest
	}
	answer.JSON(w, status, reply)
}

func (h *held) do(ctx context.Context, r session.Request) session.Reply {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.session.Do(ctx, r)
}

// read reads the body of a request.
func read(w http.ResponseWriter, r *http.Request) (request session.Request, err error) {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&request); err != nil {
		return request, fmt.Errorf("the request: %w", err)
	}
	return request, nil
}
