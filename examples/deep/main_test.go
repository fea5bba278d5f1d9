package main

import (
	"path/filepath"
	"strings"
	"testing"

	"anneal/cmd/mnist/app"
	"anneal/internal/longtest"
)

// Four networks train for 10 steps from one seed.
func TestRun(t *testing.T) {
	longtest.SkipIfRace(t, "trains four networks")
	var out, log strings.Builder
	args := strings.Fields("compare --model deep,deep-bn,large,large-bn --lr 0.01 --schedule none --train-limit 640 " +
		"--epochs 1 --valid none --seed 1 --quiet --out")
	args = append(args, filepath.Join(t.TempDir(), "study"))
	if code := app.Run(t.Context(), args, &out, &log, options...); code != 0 {
		t.Fatalf("exit code %d\n%s", code, &log)
	}
	for _, name := range []string{"deep  ", "deep-bn  ", "large  ", "large-bn  "} {
		if !strings.Contains(out.String(), name) {
			t.Errorf("no row of %s in\n%s", name, &out)
		}
	}
}
