package app

import (
	"fmt"

	"anneal/models"
)

type modelsCmd struct{}

func (modelsCmd) Run(c *console) error {
	for _, m := range models.All() {
		fmt.Fprintf(c.stdout, "%-15s %s\n", m.Name, m.About)
	}
	return nil
}
