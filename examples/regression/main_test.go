package main

import (
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	var out strings.Builder
	if err := run(t.Context(), &out, 800, 12); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 14 || !strings.HasPrefix(lines[12], "prices are off by 0.") {
		t.Errorf("it prints\n%s", &out)
	}
}
