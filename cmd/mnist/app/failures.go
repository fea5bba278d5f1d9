package app

import (
	"fmt"

	"github.com/sirupsen/logrus"

	"anneal/internal/plural"
)

// failures are the errors of some of a command's inputs, which do not keep it from the others.
type failures struct {
	n    int
	last error
}

// maxFailures is how many errors are logged.
const maxFailures = 20

// add logs the error of one input, unless many were logged.
func (f *failures) add(log logrus.FieldLogger, err error) {
	if f.n++; f.n > 1 && f.n <= maxFailures {
		log.Error(message(f.last))
	}
	f.last = err
}

// of returns the command's error: nil if there were no failures, otherwise the last one, and how many of all inputs
// failed if there were several.
func (f *failures) of(all int, noun string) error {
	if f.n == 0 || all == 1 {
		return f.last
	}
	return fmt.Errorf("%d of %s could not be read: %w", f.n, plural.Of(all, noun), f.last)
}
