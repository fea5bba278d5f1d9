package live

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"anneal/internal/answer"
)

var (
	patience  = 10 * time.Second // for a client that takes or sends nothing
	heartbeat = 15 * time.Second // between signs of life when there is nothing new
)

// events sends a viewer everything so far, or with the header Last-Event-ID what came after that event, and then what
// is new. It ends with the run.
func (s *stream) events(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead {
		return
	}
	if !s.join() {
		answer.Error(w, http.StatusServiceUnavailable,
			fmt.Errorf("%d viewers are here already, want at most that", maxViewers))
		return
	}
	defer s.leave()
	defer silence(w)()
	w.Header().Set("Content-Type", "text/event-stream")
	send := sender(w)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for last := s.last(r.Header.Get("Last-Event-ID")); ; {
		e, pulse := s.edition(last)
		event, err := e.event()
		if err != nil || send(event) != nil || e.over {
			return
		}
		last = e.number
		for still := true; still; {
			select {
			case <-pulse:
				still = false
			case <-beat.C:
				if send([]byte(": nothing new\n\n")) != nil {
					return
				}
			case <-r.Context().Done():
				return
			case <-s.closed:
				return
			}
		}
	}
}

// silence lets a client that only listens send nothing for as long as it likes, until end is called.
func silence(w http.ResponseWriter) (end func()) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Time{}) // where there is a connection
	return func() { _ = control.SetReadDeadline(time.Now().Add(patience)) }
}

// sender returns a function that writes to a client at once, and gives up on one that takes nothing.
func sender(w http.ResponseWriter) func(text []byte) error {
	control := http.NewResponseController(w)
	return func(text []byte) error {
		_ = control.SetWriteDeadline(time.Now().Add(patience)) // where there is a connection
		if _, err := w.Write(text); err != nil {
			return err
		}
		return control.Flush()
	}
}

// last returns the number of an event of this Service from its id, 0 for any other.
func (s *stream) last(id string) uint64 {
	if life, number, _ := strings.Cut(id, "."); life == s.life {
		n, _ := strconv.ParseUint(number, 10, 64) // 0 if it is none
		return n
	}
	return 0
}
