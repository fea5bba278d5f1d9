package main

import (
	"strings"
	"testing"
)

// It tells all three kinds apart.
func TestRun(t *testing.T) {
	var out strings.Builder
	if err := run(t.Context(), &out, 900, 8); err != nil {
		t.Fatal(err)
	}
	for _, kind := range kinds {
		if !strings.Contains(out.String(), "that "+kind+": the network says that it "+kind+"\n") {
			t.Fatalf("it prints\n%s", &out)
		}
	}
}
