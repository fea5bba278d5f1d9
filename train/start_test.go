package train_test

import (
	"strings"
	"testing"

	"anneal/runs"
)

// A folder of a run that was killed when it started cannot be resumed, and the error says what to do.
func TestResumeKilledStart(t *testing.T) {
	c := small(t)
	c.Dir = t.TempDir()
	put(t, "", c.Dir, runs.MetricsFile)
	if _, err := resume(t.Context(), c); err == nil || !strings.Contains(err.Error(), "start it again") {
		t.Errorf("got %v", err)
	}
}
