package session

import (
	"context"
	"errors"
	"math"
	"strings"
	"time"
)

// Request asks a session to take settings or to begin again, then to train, then to say what it looks like. Zero
// leaves a part out.
type Request struct {
	Settings     *Settings `json:"settings,omitempty"`
	Reset        bool      `json:"reset,omitempty"`
	Until        float64   `json:"until,omitempty"`        // train to this position, in epochs
	Steps        int       `json:"steps,omitempty"`        // train so many steps, whatever Until says
	Milliseconds int       `json:"milliseconds,omitempty"` // of training at most; 0 and more than 1,000 stand for 1,000
}

// Reply is what a session answers.
type Reply struct {
	Restarted bool   `json:"restarted,omitempty"` // the session began again
	Trained   int64  `json:"trained,omitempty"`   // how many microseconds it trained
	Frame     *Frame `json:"frame,omitempty"`
	Error     string `json:"error,omitempty"` // what is wrong; after wrong settings the session is as before
}

// Begin makes a session with the settings of a first request, and carries out the request. digits is that of New. There
// is no session if the reply has an error.
func Begin(ctx context.Context, r Request, digits func() (*Digits, error)) (*Session, Reply) {
	if r.Settings == nil {
		return nil, Refusal(errors.New("a first request without settings"))
	}
	s, err := New(*r.Settings, digits)
	if err != nil {
		return nil, Refusal(err)
	}
	reply := s.Do(ctx, r)
	if reply.Error != "" {
		return nil, reply
	}
	return s, reply
}

// Do carries out a request.
func (s *Session) Do(ctx context.Context, r Request) Reply {
	restarted, err := s.take(r)
	if err != nil {
		return Refusal(err)
	}
	began := time.Now()
	if err := s.trainAs(ctx, r); err != nil {
		return Refusal(err)
	}
	trained := time.Since(began).Microseconds()
	f, err := s.Frame()
	if err != nil {
		return Refusal(err)
	}
	return Reply{Restarted: restarted, Trained: trained, Frame: f}
}

// Refusal is the reply that says what is wrong.
func Refusal(err error) Reply { return Reply{Error: strings.TrimPrefix(err.Error(), "session: ")} }

// take takes the settings, or begins again.
func (s *Session) take(r Request) (restarted bool, err error) {
	if r.Settings != nil {
		restarted, err = s.Change(*r.Settings)
	}
	if err == nil && r.Reset && !restarted {
		return true, s.Reset()
	}
	return restarted, err
}

// trainAs trains as a request says.
func (s *Session) trainAs(ctx context.Context, r Request) error {
	budget := time.Duration(r.Milliseconds) * time.Millisecond
	if budget <= 0 || budget > time.Second {
		budget = time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	switch {
	case r.Steps > 0:
		return s.Advance(ctx, math.Inf(1), r.Steps)
	case r.Until > 0:
		return s.Advance(ctx, r.Until, math.MaxInt)
	}
	return nil
}
