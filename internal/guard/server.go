package guard

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// NewServer returns an HTTP server for a Guard. It keeps an idle connection for so long, and tells nobody what clients
// do wrong.
func NewServer(h http.Handler, idle time.Duration) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: idle, MaxHeaderBytes: 16 << 10,
		ErrorLog: log.New(io.Discard, "", 0),
	}
}

// farewell is how long Serve waits for answers to requests whose context it has ended.
const farewell = time.Second

// Serve serves h on l until ctx is done. It then takes no more requests, answers those it has, and closes connections
// over which none comes. The contexts of requests that take longer than grace end then, and soon after that the
// connections, which is an error. It closes l.
func Serve(ctx context.Context, s *http.Server, l net.Listener, grace time.Duration) error {
	base, end := context.WithCancelCause(context.WithoutCancel(ctx))
	defer end(nil)
	s.BaseContext = func(net.Listener) context.Context { return base }
	quiet := &silent{connections: map[net.Conn]bool{}}
	s.ConnState = quiet.note
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	timer := time.AfterFunc(grace, func() { end(ErrClosed) })
	defer timer.Stop()
	closing := time.AfterFunc(silence, quiet.close)
	defer closing.Stop()
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace+farewell)
	defer cancel()
	if err := s.Shutdown(late); err != nil {
		_ = s.Close() // of listeners that are closed and connections that are cut off
		return fmt.Errorf("requests cut off after %v: %w", grace, err)
	}
	return nil
}
