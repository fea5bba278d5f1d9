package guard

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// silence is how long a request may take that is on its way when Serve ends.
const silence = 250 * time.Millisecond

// silent are the connections over which no request has come yet. Browsers open some in advance.
type silent struct {
	mu          sync.Mutex
	connections map[net.Conn]bool
}

// note is for the ConnState of an http.Server.
func (s *silent) note(c net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if state == http.StateNew {
		s.connections[c] = true
	} else {
		delete(s.connections, c)
	}
}

// close closes them. An http.Server would wait for them for 5 s when it shuts down.
func (s *silent) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.connections {
		_ = c.Close() // nobody has asked for anything
	}
}
