package guard

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// One client cannot hold all: what is left is for the others.
func TestShares(t *testing.T) {
	s := NewShares(10, 4)
	take := func(client string, n int64, want bool) {
		t.Helper()
		if got := s.TryAcquire(client, n); got != want {
			t.Errorf("%q takes %d: got %v, want %v", client, n, got, want)
		}
	}
	take("a", 5, false) // more than one may have
	take("a", 3, true)
	take("a", 2, false)
	take("a", 1, true)
	take("b", 4, true)
	take("c", 3, false) // only 2 are left
	take("", 3, false)
	take("", 2, true) // no limit of its own
	s.Release("a", 3)
	take("c", 4, false)
	take("c", 3, true)
	for client, n := range map[string]int64{"a": 1, "b": 4, "c": 3, "": 2} {
		s.Release(client, n)
	}
	take("", 10, true)
	s.Release("", 10)
	if len(s.clients) != 0 {
		t.Errorf("%d clients are kept", len(s.clients))
	}
}

// Who waits does so behind its own first, until its context ends, with the cause of that.
func TestSharesWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewShares(10, 4)
		for range 2 {
			if err := s.Acquire(t.Context(), "a", 2); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, ErrSlow)
		defer cancel()
		waits := make(chan error)
		go func() { waits <- s.Acquire(ctx, "a", 1) }()
		if err := s.Acquire(t.Context(), "b", 4); err != nil { // does not wait behind a
			t.Fatal(err)
		}
		if err := <-waits; !errors.Is(err, ErrSlow) {
			t.Errorf("got %v, want %v", err, ErrSlow)
		}
		go func() { waits <- s.Acquire(t.Context(), "a", 1) }()
		synctest.Wait()
		s.Release("a", 2)
		if err := <-waits; err != nil {
			t.Error(err)
		}
		ctx, cancel = context.WithCancel(t.Context())
		go func() { waits <- s.Acquire(ctx, "", 10) }()
		synctest.Wait()
		cancel()
		if err := <-waits; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want %v", err, context.Canceled)
		}
		s.Release("a", 2)
		s.Release("a", 1)
		s.Release("b", 4)
		if len(s.clients) != 0 || !s.TryAcquire("", 10) {
			t.Errorf("%d clients are kept, or something is", len(s.clients))
		}
	})
}
