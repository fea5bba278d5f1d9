package guard

import (
	"context"
	"sync"

	"golang.org/x/sync/semaphore"
)

// Shares is a budget of which each client may hold a part, so that none can hold all. The client "" has no limit of its
// own.
type Shares struct {
	all  *semaphore.Weighted
	each int64

	mu      sync.Mutex
	clients map[string]*share // those that hold or wait
}

// share is the part of a client.
type share struct {
	*semaphore.Weighted
	uses int // Acquires without a Release
}

// NewShares returns a budget of all in total and each per client.
func NewShares(all, each int64) *Shares {
	return &Shares{all: semaphore.NewWeighted(all), each: each, clients: map[string]*share{}}
}

// Acquire takes n, at least 1, for a client. It waits while there is not as much, at most until ctx ends, and then
// returns the cause of that.
func (s *Shares) Acquire(ctx context.Context, client string, n int64) error {
	own := s.enter(client)
	if own != nil && own.Acquire(ctx, n) != nil {
		s.leave(client)
		return context.Cause(ctx)
	}
	if s.all.Acquire(ctx, n) != nil {
		if own != nil {
			own.Release(n)
			s.leave(client)
		}
		return context.Cause(ctx)
	}
	return nil
}

// TryAcquire takes n, at least 1, for a client if there is as much now.
func (s *Shares) TryAcquire(client string, n int64) bool {
	own := s.enter(client)
	if own != nil && !own.TryAcquire(n) {
		s.leave(client)
		return false
	}
	if s.all.TryAcquire(n) {
		return true
	}
	if own != nil {
		own.Release(n)
		s.leave(client)
	}
	return false
}

// Release gives back what one Acquire or TryAcquire took, or nothing if n is 0.
func (s *Shares) Release(client string, n int64) {
	if n == 0 {
		return
	}
	s.all.Release(n)
	s.mu.Lock()
	own := s.clients[client]
	s.mu.Unlock()
	if own != nil {
		own.Release(n)
		s.leave(client)
	}
}

// enter returns the share of a client, nil if it has no limit.
func (s *Shares) enter(client string) *share {
	if client == "" {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	own := s.clients[client]
	if own == nil {
		own = &share{Weighted: semaphore.NewWeighted(s.each)}
		s.clients[client] = own
	}
	own.uses++
	return own
}

// leave forgets a client that holds nothing more.
func (s *Shares) leave(client string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	own := s.clients[client]
	if own.uses--; own.uses == 0 {
		delete(s.clients, client)
	}
}
