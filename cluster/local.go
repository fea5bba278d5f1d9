package cluster

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Local returns the n ranks of a group inside this process, each for a goroutine of its own. An exchange waits no
// longer than timeout, or as long as its ctx allows if that is 0. It serves tests, and programs that try what several
// machines would do. A number of ranks below 1 is a panic.
func Local(n int, timeout time.Duration) []Group {
	if n < 1 {
		panic(fmt.Sprintf("cluster: Local: %d ranks: want at least 1", n))
	}
	h := &hub{size: n, timeout: timeout, broken: make(chan struct{})}
	h.next = h.newExchange()
	groups := make([]Group, n)
	for r := range groups {
		groups[r] = &local{h, r}
	}
	return groups
}

// hub is where the ranks of a process meet.
type hub struct {
	size    int
	timeout time.Duration
	mu      sync.Mutex
	next    *exchange
	broken  chan struct{} // closed when a rank has given up
	cause   error         // why
}

// exchange is a call in which all ranks take part. The last one to arrive moves everybody's bytes.
type exchange struct {
	calls   []string // of the ranks, "" of one that has not arrived
	in, out [][]byte
	arrived int
	done    chan struct{}
}

func (h *hub) newExchange() *exchange {
	return &exchange{
		calls: make([]string, h.size), in: make([][]byte, h.size), out: make([][]byte, h.size), done: make(chan struct{}),
	}
}

// giveUp makes the group of no use, because of cause.
func (h *hub) giveUp(cause error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cause == nil {
		h.cause = cause
		close(h.broken)
	}
}

type local struct {
	*hub
	rank int
}

func (l *local) Rank() int      { return l.rank }
func (l *local) Size() int      { return l.size }
func (l *local) String() string { return fmt.Sprintf("rank %d of %d in one process", l.rank, l.size) }

func (l *local) AllGather(ctx context.Context, out, in []byte) error {
	return l.exchange(ctx, AllGather, out, in)
}

func (l *local) AllToAll(ctx context.Context, out, in []byte) error {
	return l.exchange(ctx, AllToAll, out, in)
}

func (l *local) Close(cause error) error {
	if cause == nil {
		return l.exchange(context.Background(), "Close", nil, nil)
	}
	l.giveUp(fmt.Errorf("rank %d gave up: %w", l.rank, cause))
	return nil
}

// exchange takes part in the next exchange of the group.
func (l *local) exchange(ctx context.Context, call string, out, in []byte) error {
	if err := CheckSizes(call, l.size, len(out), len(in)); err != nil {
		return err
	}
	began := time.Now()
	var over <-chan time.Time
	if l.timeout > 0 {
		timer := time.NewTimer(l.timeout)
		defer timer.Stop()
		over = timer.C
	}
	e, err := l.arrive(call, out, in)
	if err != nil {
		return &Error{Rank: l.rank, Size: l.size, Call: call, Err: err}
	}
	failure := &Error{Rank: l.rank, Size: l.size, Call: call}
	select {
	case <-e.done:
		return nil
	case <-l.broken:
		failure.Err = l.cause
	case <-ctx.Done():
		failure.Err, failure.For = context.Cause(ctx), l.missing(e)
	case <-over:
		failure.For = l.missing(e)
	}
	select {
	case <-e.done: // meanwhile
		return nil
	default:
	}
	failure.Waited = time.Since(began)
	l.giveUp(failure)
	return failure
}

// arrive adds a rank to the next exchange, which it carries out if all are there.
func (l *local) arrive(call string, out, in []byte) (*exchange, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cause != nil {
		return nil, l.cause
	}
	e := l.next
	e.calls[l.rank], e.in[l.rank], e.out[l.rank] = call, in, out
	if e.arrived++; e.arrived < l.size {
		return e, nil
	}
	l.next = l.newExchange()
	if err := e.move(); err != nil {
		l.cause = err
		close(l.broken)
		return nil, err
	}
	close(e.done)
	return e, nil
}

// missing lists the ranks that have not arrived.
func (l *local) missing(e *exchange) (list []int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for r, call := range e.calls {
		if call == "" {
			list = append(list, r)
		}
	}
	return list
}

// move gives each rank what the others have sent. It is an error if the ranks call different methods, or with messages
// of different lengths.
func (e *exchange) move() error {
	call, length := e.calls[0], len(e.in[0])
	for r, in := range e.in {
		if e.calls[r] != call || len(in) != length {
			return fmt.Errorf("rank 0 calls %s with %d bytes and rank %d %s with %d: want the same in all ranks",
				call, length, r, e.calls[r], len(in))
		}
	}
	part := length / len(e.in)
	for r, out := range e.out {
		for from, in := range e.in {
			switch call {
			case AllGather:
				copy(out[from*length:], in)
			case AllToAll:
				copy(out[from*part:][:part], in[r*part:])
			}
		}
	}
	return nil
}
