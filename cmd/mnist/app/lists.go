package app

import (
	"strings"

	"anneal/schedules"
	"anneal/solvers"
)

type solversCmd struct{}

func (solversCmd) Run(c *console) error { return c.list(solvers.Signatures()) }

type schedulesCmd struct{}

func (schedulesCmd) Run(c *console) error { return c.list(schedules.Signatures()) }

// list prints lines, on a terminal broken between words.
func (c *console) list(lines []string) error {
	return say(c.stdout, "%s\n", strings.Join(lines, "\n"))
}
