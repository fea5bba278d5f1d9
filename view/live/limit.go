package live

import (
	"net"
	"sync"
)

// maxConnections is the largest number of connections at a time. Others wait until one ends.
const maxConnections = 2 * maxViewers

// connections returns how many connections the page may have: a quarter of the files that the program may open, which
// leaves enough to the run, and at most maxConnections.
func connections() int { return max(1, min(maxConnections, openFiles()/4)) }

// limit returns l, which accepts no connection while n others are open.
func limit(l net.Listener, n int) net.Listener {
	return &limited{Listener: l, room: make(chan struct{}, n), closed: make(chan struct{})}
}

type limited struct {
	net.Listener
	room   chan struct{} // full while no connection is accepted
	closed chan struct{}
	once   sync.Once
}

func (l *limited) Accept() (net.Conn, error) {
	select {
	case l.room <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.room
		return nil, err
	}
	return &counted{Conn: c, leave: sync.OnceFunc(func() { <-l.room })}, nil
}

func (l *limited) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// counted is a connection that makes room when it is closed.
type counted struct {
	net.Conn
	leave func()
}

// CloseWrite lets a server end what it sends, so that the client reads the last of it.
func (c *counted) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

func (c *counted) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
