package app

import (
	"fmt"

	"anneal/schedules"
	"anneal/solvers"
)

type solversCmd struct{}

func (solversCmd) Run(c *console) error { return c.list(solvers.Signatures()) }

type schedulesCmd struct{}

func (schedulesCmd) Run(c *console) error { return c.list(schedules.Signatures()) }

// list prints lines, on a terminal broken between words.
func (c *console) list(lines []string) error {
	for _, line := range lines {
		if _, err := fmt.Fprintln(c.stdout, wrap(line, widthOf(c.stdout))); err != nil {
			return err
		}
	}
	return nil
}
