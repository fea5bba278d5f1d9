package main

import (
	"fmt"
	"strings"
	"testing"
)

// What it draws is much closer to the image than an empty one is.
func TestRun(t *testing.T) {
	var out strings.Builder
	if err := run(t.Context(), &out, 1200, 12); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	var drawn, empty float64
	if _, err := fmt.Sscanf(lines[len(lines)-1], "what it draws is off by %f, an empty image by %f",
		&drawn, &empty); err != nil {
		t.Fatalf("%v in\n%s", err, &out)
	}
	if !(drawn < empty/3) {
		t.Errorf("it prints\n%s", &out)
	}
}
