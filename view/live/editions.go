package live

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

const (
	pace = 400 * time.Millisecond // between pulses, at least
	kept = 8                      // editions until the next pulse
)

// edition is what viewers get who had the same before.
type edition struct {
	number uint64                 // of its newest item
	over   bool                   // nothing follows
	event  func() ([]byte, error) // encodes it, once for all
}

// edition returns what came after a number, and a channel that is closed at the next pulse, which brings the rest:
// what has come since another viewer was given the same edition.
func (s *stream) edition(after uint64) (e *edition, pulse <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e = s.editions[after]; e != nil {
		return e, s.pulse
	}
	u, number := s.subject.news(after)
	e = &edition{number, s.subject.over(), sync.OnceValues(func() ([]byte, error) {
		text, err := json.Marshal(u)
		return fmt.Appendf(nil, "id: %s.%d\ndata: %s\n\n", s.life, number, text), err
	})}
	if len(s.editions) == kept {
		clear(s.editions)
	}
	s.editions[after] = e
	return e, s.pulse
}

// wake sees to it that viewers learn what is new: with a pulse for all at once, pace after the last one or at once. To
// wake each at its own time would interrupt training far more often. It is called with the lock.
func (s *stream) wake() {
	if s.viewers == 0 {
		clear(s.editions)
		return
	}
	if !s.due {
		s.due = true
		time.AfterFunc(time.Until(s.pulsed.Add(pace)), s.publish)
	}
}

// publish is the pulse.
func (s *stream) publish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.due, s.pulsed = false, time.Now()
	clear(s.editions)
	close(s.pulse)
	s.pulse = make(chan struct{})
}
