package app

import (
	"fmt"

	"github.com/sirupsen/logrus"

	"anneal/view/live"
)

// livePage serves the page of a run at addr. It prints the address even if the log is quiet, since the
// address contains the token that steers the run.
func (c *console) livePage(log logrus.FieldLogger, quiet bool, addr, name string) (*live.Service, error) {
	page, err := live.Start(addr, name)
	if err != nil {
		return nil, fmt.Errorf("--live: %w", err)
	}
	if !page.Local() {
		log.Warnf("--live %s: everyone on the network can watch the run, and can read the token of whoever steers it", addr)
	}
	if quiet {
		fmt.Fprintln(c.stderr, page.URL())
	} else {
		log.Infof("watch and steer the run at %s", page.URL())
	}
	return page, nil
}
