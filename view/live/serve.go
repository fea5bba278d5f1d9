package live

import (
	"fmt"
	"net/http"
	"time"

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
	l, err := guard.Listen(addr, guard.Door{Connections: maxConnections})
	if err != nil {
		return nil, fmt.Errorf("live: %w", err)
	}
	s := New(name, l.Hosts()...)
	s.server = &server{l, guard.NewServer(s, patience), make(chan struct{})}
	go func() {
		defer close(s.server.ended)
		_ = s.server.http.Serve(l) // until Close
	}()
	return s, nil
}

// URL returns the address of the page that Start serves, with the token.
func (s *Service) URL() string { return s.server.listener.URL() + "/#token=" + s.Token() }

// Local reports whether only users of this machine can reach what Start serves. Traffic is not encrypted: if others can
// reach it, anyone on the network can watch the run, and can read the token of a viewer who steers it.
func (s *Service) Local() bool { return s.server.listener.Local() }

// Close ends what Start began. It first waits until the viewers know how the run ended, for 2 s at most. A run
// without a runs.End has failed.
func (s *Service) Close() {
	s.mu.Lock()
	s.history.fail()
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

// watched reports whether there are viewers.
func (s *Service) watched() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.viewers) > 0
}
