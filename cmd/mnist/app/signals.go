package app

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"anneal/internal/terminal"
)

// untilStopped returns a context that ends when the user asks the program to stop: by Ctrl-C or SIGTERM, by closing the
// terminal, or by ending the program that reads the output. After a first Ctrl-C or SIGTERM, the next has its usual
// effect. A lost terminal or reader ends nothing else however often it is noticed: shell and kernel both send SIGHUP,
// and each line of the log that goes to a closed pipe is a SIGPIPE. So is each answer to a client of a page that has
// left, which ends nothing.
func untilStopped() context.Context {
	asked, restore := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(asked, func() {
		restore()
		if terminal.Of(os.Stderr).Width > 0 {
			fmt.Fprint(os.Stderr, "\r") // over the ^C that the terminal shows, so that bars know where they are
		}
	})
	ctx, cancel := context.WithCancel(asked)
	onLoss(cancel)
	return ctx
}

// onLoss calls f whenever the terminal or the reader of the output is lost.
func onLoss(f func()) {
	for _, s := range lost() {
		gone := make(chan os.Signal, 1) // of its own, so that none keeps another out
		signal.Notify(gone, s)
		go func() {
			for range gone {
				if !ofClient(s) {
					f()
				}
			}
		}()
	}
}
