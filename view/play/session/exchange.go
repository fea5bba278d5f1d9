package session

import (
	"context"
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
	Restarted bool   `json:"restarted,omitempty"` // the settings made another network
	Frame     *Frame `json:"frame,omitempty"`
	Error     string `json:"error,omitempty"` // what is wrong with the request; the session is as before
}

// Do carries out a request.
func (s *Session) Do(ctx context.Context, r Request) Reply {
	restarted, err := s.do(ctx, r)
	if err != nil {
		return Refusal(err)
	}
	f, err := s.Frame()
	if err != nil {
		return Refusal(err)
	}
	return Reply{Restarted: restarted, Frame: f}
}

// Refusal is the reply that says what is wrong.
func Refusal(err error) Reply { return Reply{Error: strings.TrimPrefix(err.Error(), "session: ")} }

func (s *Session) do(ctx context.Context, r Request) (restarted bool, err error) {
	if r.Settings != nil {
		if restarted, err = s.Change(*r.Settings); err != nil {
			return false, err
		}
	}
	if r.Reset && !restarted {
		restarted = true
		if err := s.Reset(); err != nil {
			return false, err
		}
	}
	if !(r.Until > 0) && r.Steps < 1 {
		return restarted, nil
	}
	budget := time.Duration(r.Milliseconds) * time.Millisecond
	if budget <= 0 || budget > time.Second {
		budget = time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	if r.Steps > 0 {
		return restarted, s.Advance(ctx, math.Inf(1), r.Steps)
	}
	return restarted, s.Advance(ctx, r.Until, math.MaxInt)
}
