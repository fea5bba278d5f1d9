package train_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"anneal/runs"
	"anneal/train"
)

// TestTeamSteered gives rank 0 the commands that one process gets.
func TestTeamSteered(t *testing.T) {
	for name, commands := range map[string][]runs.Command{
		"rate and pause": {{Action: runs.SetRate, LR: 0.02}, {Action: runs.Pause}, {Action: runs.Continue}},
		"stop":           {{Action: runs.Pause}, {Action: runs.SetRate, LR: 0.02}, {Action: runs.Stop}},
		"nobody is left": {{Action: runs.Pause}},
	} {
		t.Run(name, func(t *testing.T) {
			config := func() train.Config {
				c, steering := teamConfig(t), make(chan runs.Command, len(commands))
				for _, command := range commands {
					steering <- command
				}
				close(steering)
				c.Commands = steering
				return c
			}
			alone, dir := config(), filepath.Join(t.TempDir(), "team")
			alone.Dir = filepath.Join(t.TempDir(), "alone")
			if _, err := train.Run(t.Context(), alone); err != nil {
				t.Fatal(err)
			}
			got := runTogether(t, 3, dir, config)
			if diff := cmp.Diff(hashes(t, alone.Dir), got); diff != "" {
				t.Errorf("-alone +team:\n%s", diff)
			}
			if diff := cmp.Diff(lines(t, alone.Dir), withoutExchange(lines(t, dir))); diff != "" {
				t.Errorf("metrics.jsonl (-alone +team):\n%s", diff)
			}
		})
	}
}
