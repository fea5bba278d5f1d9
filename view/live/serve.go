package live

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"syscall"
	"time"
)

// farewell is how long Close waits for viewers to learn how the run ended.
const farewell = 2 * time.Second

// server is the HTTP server that Start starts.
type server struct {
	http  *http.Server
	host  string // for people
	local bool   // only this machine can reach it
	ended chan struct{}
}

// Start returns a Service for the run that the page calls name, and serves it at an address until Close. For port 0
// it picks a free one, which URL has.
func Start(addr, name string) (*Service, error) {
	l, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("live: %w: want a port that no other program has, or 0 for any", err)
	}
	if err != nil {
		return nil, fmt.Errorf("live: address %q: %w: want a host and a port, such as localhost:6006", addr, err)
	}
	hosts, err := names(addr, l.Addr())
	if err != nil {
		l.Close()
		return nil, fmt.Errorf("live: address %q: %w", addr, err)
	}
	s := New(name, hosts...)
	s.server = &server{
		http: &http.Server{
			Handler: s, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: patience, MaxHeaderBytes: 16 << 10,
			ErrorLog: log.New(io.Discard, "", 0),
		},
		host:  shown(addr, l.Addr(), hosts),
		local: l.Addr().(*net.TCPAddr).IP.IsLoopback(),
		ended: make(chan struct{}),
	}
	go func() {
		defer close(s.server.ended)
		_ = s.server.http.Serve(limit(l, connections())) // until Close
	}()
	return s, nil
}

// shown returns the host for people to open.
func shown(addr string, l net.Addr, hosts []string) string {
	_, port, _ := net.SplitHostPort(l.String()) // Start has split it
	if host, _, _ := net.SplitHostPort(addr); slices.Contains(hosts, net.JoinHostPort(host, port)) {
		return net.JoinHostPort(host, port)
	}
	return net.JoinHostPort("localhost", port)
}

// URL returns the address of the page that Start serves, with the token.
func (s *Service) URL() string { return "http://" + s.server.host + "/#token=" + s.token }

// Local reports whether only users of this machine can reach what Start serves. Traffic is not encrypted: if others can
// reach it, anyone on the network can watch the run, and can read the token of a viewer who steers it.
func (s *Service) Local() bool { return s.server.local }

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
