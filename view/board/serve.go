package board

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"anneal/internal/guard"
)

const (
	maxConnections = 64               // at a time; others wait until one ends
	idle           = 30 * time.Second // that a connection may be
	grace          = 2 * time.Second  // for requests under way when Serve ends
)

// server is the HTTP server of a Board that Start returns.
type server struct {
	listener *guard.Listener
	http     *http.Server
}

// Start returns a Board that listens at an address. For port 0 it picks a free one, which URL has. Serve must follow.
func Start(addr string, c Config) (*Board, error) {
	l, err := guard.Listen(addr, guard.Door{Connections: maxConnections})
	if err != nil {
		return nil, fmt.Errorf("board: %w", err)
	}
	b, err := New(c, l.Hosts()...)
	if err != nil {
		l.Close()
		return nil, err
	}
	b.server = &server{l, guard.NewServer(b, idle)}
	return b, nil
}

// URL returns the address of the page, with the token.
func (b *Board) URL() string { return b.server.listener.Link(b.token) }

// Local reports whether only programs of this machine can reach what Serve serves.
func (b *Board) Local() bool { return b.server.listener.Local() }

// Serve serves the page until ctx is done.
func (b *Board) Serve(ctx context.Context) error {
	defer b.root.Close()
	if err := guard.Serve(ctx, b.server.http, b.server.listener, grace); err != nil {
		return fmt.Errorf("board: %w", err)
	}
	return nil
}
