package live

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"anneal/internal/answer"
	"anneal/internal/guard"
)

// farewell is how long Close waits for viewers to learn how the run ended.
const farewell = 2 * time.Second

// server is the HTTP server that Start starts.
type server struct {
	listener *guard.Listener
	http     *http.Server
	ended    chan struct{}
}

// Start returns a Service for the run that the page calls name, and serves it at an address until Close. For port 0
// it picks a free one, which URL has.
func Start(addr, name string) (*Service, error) {
	l, err := listen(addr)
	if err != nil {
		return nil, err
	}
	s := New(name, l.Hosts()...)
	s.serve(l)
	return s, nil
}

// StartStudy returns a Study that the page calls name, and serves it as Start does.
func StartStudy(addr, name string) (*Study, error) {
	l, err := listen(addr)
	if err != nil {
		return nil, err
	}
	s := NewStudy(name, l.Hosts()...)
	s.serve(l)
	return s, nil
}

func listen(addr string) (*guard.Listener, error) {
	l, err := guard.Listen(addr, guard.Door{Connections: maxConnections})
	if err != nil {
		return nil, fmt.Errorf("live: %w", err)
	}
	return l, nil
}

func (s *stream) serve(l *guard.Listener) {
	s.server = &server{l, guard.NewServer(s, patience), make(chan struct{})}
	go func() {
		defer close(s.server.ended)
		_ = s.server.http.Serve(l) // until Close
	}()
}

// URL returns the address of the page that Start serves, with the token.
func (s *stream) URL() string { return s.server.listener.URL() + "/#token=" + s.Token() }

// Local reports whether only users of this machine can reach what Start serves. Traffic is not encrypted: if others can
// reach it, anyone on the network can watch the run, and can read the token of a viewer who steers it.
func (s *stream) Local() bool { return s.server.listener.Local() }

// Stay keeps the page of a run that is over: it returns when ctx is done or when a viewer who has the token closes the
// page, and after a time unless that is 0. Close must follow.
func (s *stream) Stay(ctx context.Context, limit time.Duration) {
	if limit > 0 {
		short, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		ctx = short
	}
	select {
	case <-s.asked:
	case <-ctx.Done():
	}
}

// close ends Stay.
func (s *stream) close(w http.ResponseWriter, r *http.Request) {
	if err := s.token.Check(r); err != nil {
		answer.Error(w, http.StatusForbidden, err)
		return
	}
	s.mu.Lock()
	ended := s.subject.over()
	s.mu.Unlock()
	if !ended {
		answer.Error(w, http.StatusConflict, errors.New("what the page shows is under way: close it when that is over"))
		return
	}
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusAccepted)
	_ = http.NewResponseController(w).Flush() // the whole answer, before Close ends the connection
	s.asking.Do(func() { close(s.asked) })
}

// Close ends what Start began. It first waits until the viewers know how the run ended, for 2 s at most. A run
// without a runs.End has failed.
func (s *stream) Close() {
	s.mu.Lock()
	s.subject.fail()
	s.wake()
	s.mu.Unlock()
	for end := time.Now().Add(farewell); s.watched() && time.Now().Before(end); {
		time.Sleep(pace / 20)
	}
	s.once.Do(func() { close(s.closed) })
	if s.server != nil {
		_ = s.server.http.Close() // the viewers that are left have had 2 s
		<-s.server.ended
	}
}
