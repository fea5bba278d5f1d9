package cluster

import (
	"context"
	"errors"
	"fmt"
)

// Agreed is an error that all ranks have got from the same exchange, so that none of them waits for another: each may
// close its group without a cause.
type Agreed struct{ Err error }

func (a *Agreed) Error() string { return a.Err.Error() }
func (a *Agreed) Unwrap() error { return a.Err }

// Agree returns nil if failure is nil in all ranks. Otherwise it returns, in all ranks, an *Agreed: in a rank with a
// failure its own, elsewhere that of the first rank that has one, with its number. If the exchange itself fails, the
// error also wraps this rank's failure.
func Agree(ctx context.Context, g Group, failure error) error {
	var message []byte // empty without a failure; a failure may have an empty text
	if failure != nil {
		message = append([]byte{1}, failure.Error()...)
	}
	messages, err := Gather(ctx, g, message)
	switch {
	case err != nil:
		return errors.Join(failure, err)
	case failure != nil:
		return &Agreed{failure}
	}
	for rank, m := range messages {
		if len(m) > 0 {
			return &Agreed{fmt.Errorf("rank %d: %s", rank, m[1:])}
		}
	}
	return nil
}
