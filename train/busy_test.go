package train_test

import (
	"path/filepath"
	"strings"
	"testing"

	"anneal/runs"
	"anneal/train"
)

// A run that is under way cannot be resumed by another program, and is not disturbed.
func TestResumeOfARunUnderWay(t *testing.T) {
	c := settings[0].of(t)
	c.Dir = filepath.Join(t.TempDir(), "run")
	other, tried := c, 0
	c.Observers = []runs.Observer{func(e runs.Event) error {
		if _, ok := e.(runs.Step); !ok {
			return nil
		}
		tried++
		if _, err := resume(t.Context(), other); err == nil ||
			!strings.Contains(err.Error(), c.Dir+": another program is at work in it") {
			t.Errorf("got %v", err)
		}
		return nil
	}}
	if result, err := train.Run(t.Context(), c); err != nil || result.End.Reason != runs.Completed || tried == 0 {
		t.Fatalf("after %d tries: got %+v, %v", tried, result, err)
	}
	if _, err := resume(t.Context(), other); err != nil {
		t.Errorf("afterwards: got %v", err)
	}
}
