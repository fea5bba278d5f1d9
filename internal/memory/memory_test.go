package memory

import (
	"runtime"
	"testing"
)

func TestTotal(t *testing.T) {
	got := Total()
	if runtime.GOOS != "linux" {
		if got != 0 {
			t.Errorf("got %d, want 0: unknown", got)
		}
		return
	}
	if got < 64<<20 {
		t.Errorf("got %d bytes, want at least what this test has", got)
	}
}
