package app

import (
	"fmt"

	"anneal/internal/terminal"
	"anneal/models"
)

type modelsCmd struct{}

func (modelsCmd) Run(c *console) error {
	screen := terminal.Of(c.stdout)
	for _, m := range models.All() {
		fmt.Fprintln(c.stdout, screen.Hang(fmt.Sprintf("%-15s %s", m.Name, m.About), 16))
	}
	return nil
}
