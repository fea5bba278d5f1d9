package guard

import (
	"net"
	"sync"
)

// connections returns how many connections a listener may have: a quarter of the files that the program may open, which
// leaves enough to what else it does, and at most most.
func connections(most int) int { return max(1, min(most, openFiles()/4)) }

// limit returns l, which accepts no connection while n others are open. It closes those of a client that has each
// already, unless each is 0.
func limit(l net.Listener, n, each int) net.Listener {
	return &limited{
		Listener: l, room: make(chan struct{}, n), each: each, closed: make(chan struct{}), clients: map[string]int{},
	}
}

type limited struct {
	net.Listener
	room   chan struct{} // full while no connection is accepted
	each   int
	closed chan struct{}
	once   sync.Once

	mu      sync.Mutex
	clients map[string]int // their connections
}

func (l *limited) Accept() (net.Conn, error) {
	select {
	case l.room <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			<-l.room
			return nil, err
		}
		client := addressOf(c.RemoteAddr().String())
		if !l.enter(client) {
			c.Close()
			continue
		}
		return &counted{Conn: c, leave: sync.OnceFunc(func() {
			l.leave(client)
			<-l.room
		})}, nil
	}
}

// enter counts a connection, unless its client has enough.
func (l *limited) enter(client string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.each > 0 && l.clients[client] >= l.each {
		return false
	}
	l.clients[client]++
	return true
}

func (l *limited) leave(client string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.clients[client]--; l.clients[client] == 0 {
		delete(l.clients, client)
	}
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
