package app

import (
	"context"
	"fmt"
	"time"

	"github.com/sirupsen/logrus"

	"anneal/view/live"
)

// liveFlags are the flags of commands whose work can be watched.
type liveFlags struct {
	Live string    `placeholder:"ADDR" help:"${live}"`
	Stay *stayFlag `placeholder:"TIME" help:"${stay}"`
}

// stayFlag is how long a page or a service stays.
type stayFlag struct{ time.Duration }

func (f *stayFlag) UnmarshalText(text []byte) (err error) {
	f.Duration, err = time.ParseDuration(string(text))
	if err != nil || f.Duration < 0 {
		return fmt.Errorf("got %q, want a time of at least 0, such as 30m or 2h", text)
	}
	return nil
}

// check checks flags that depend on one another.
func (f *liveFlags) check() error {
	if f.Stay != nil && f.Live == "" {
		return fmt.Errorf("--stay %v says how long the page of --live stays: give --live, such as --live localhost:6006",
			f.Stay.Duration)
	}
	return nil
}

// livePage is a page that can be watched.
type livePage interface {
	URL() string
	Local() bool
	Stay(ctx context.Context, limit time.Duration)
	Close()
}

// run starts the page of a run.
func (f *liveFlags) run(c *console, log logrus.FieldLogger, quiet bool, name string) (*live.Service, error) {
	page, err := live.Start(f.Live, name)
	if err != nil {
		return nil, fmt.Errorf("--live: %w", err)
	}
	page.Report = c.program.reportOf
	f.tell(c, log, quiet, page, "watch and steer the run at")
	return page, nil
}

// tell prints the address even if the log is quiet, since the address contains the token that steers the run.
func (f *liveFlags) tell(c *console, log logrus.FieldLogger, quiet bool, page livePage, at string) {
	if !page.Local() {
		log.Warnf("--live %s: everyone on the network can watch, and can read the token of whoever steers or closes", f.Live)
	}
	if quiet {
		fmt.Fprintln(c.stderr, page.URL())
	} else {
		log.Infof("%s %s", at, page.URL())
	}
}

// close ends a page. If the work is over it first stays as long as --stay says or, without that, until the user ends
// the program or closes the page, if the log is on a terminal. A program without a terminal, that perhaps nobody
// watches, ends with its work.
func (f *liveFlags) close(ctx context.Context, log logrus.FieldLogger, page livePage, over, terminal bool) {
	defer page.Close()
	switch {
	case !over || ctx.Err() != nil:
	case f.Stay == nil && terminal:
		log.Infof("the page stays until Ctrl-C, or Close on it: %s", page.URL())
		page.Stay(ctx, 0)
	case f.Stay != nil && f.Stay.Duration > 0:
		log.Infof("the page stays for %v, or until Ctrl-C, or Close on it: %s", f.Stay.Duration, page.URL())
		page.Stay(ctx, f.Stay.Duration)
	}
}
