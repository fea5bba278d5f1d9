package app

import (
	"context"
	"errors"
	"reflect"
	"time"

	"github.com/alecthomas/kong"
)

// errStopped ends what does not look at the context when that is done.
var errStopped = errors.New("stopped")

// lastWords is how long what does not look at the context may still take when that is done.
const lastWords = 500 * time.Millisecond

// stoppable calls f, which does not look at ctx, and returns its error, or errStopped if ctx is done and f goes on. The
// program then ends.
func stoppable(ctx context.Context, f func() error) error {
	ended := make(chan error, 1)
	go func() { ended <- f() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-ended:
		return err
	case <-time.After(lastWords):
		return errStopped
	}
}

// heeds reports whether a command's Run takes the context, and ends in its own way when that is done.
func heeds(command *kong.Context) bool {
	selected := command.Selected()
	if selected == nil {
		return false
	}
	run := selected.Target.Addr().MethodByName("Run")
	return run.IsValid() && run.Type().NumIn() > 0 && run.Type().In(0) == reflect.TypeFor[context.Context]()
}
