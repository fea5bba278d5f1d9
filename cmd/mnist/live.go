package main

import (
	"fmt"

	"github.com/sirupsen/logrus"

	"anneal/view/live"
)

// livePage serves the page of a run at addr and says where, even if the log is quiet: nothing else tells the token.
func (c *console) livePage(log logrus.FieldLogger, quiet bool, addr, name string) (*live.Service, error) {
	page, err := live.Start(addr, name)
	if err != nil {
		return nil, fmt.Errorf("--live: %w", err)
	}
	if !page.Local() {
		log.Warnf("--live %s: everyone on the network can watch the run there, and read the token of whoever steers it", addr)
	}
	if quiet {
		fmt.Fprintln(c.stderr, page.URL())
	} else {
		log.Infof("watch and steer the run on %s", page.URL())
	}
	return page, nil
}
