package report

import (
	"strings"

	"anneal/runs"
)

// settings lists what config.json says, except for the command, which the page shows by itself.
func (r *Run) settings() []runs.Entry {
	if r.Record == nil {
		return nil
	}
	var list []runs.Entry
	for _, e := range r.Record.Entries() {
		if e.Key != "notes: command" && e.Key != "notes: arguments" {
			list = append(list, runs.Entry{Key: strings.ReplaceAll(e.Key, "_", " "), Value: e.Value})
		}
	}
	return list
}
