package main

import (
	"fmt"
	"strings"
	"testing"
)

// The frozen layers do better on the new textures than a network from scratch.
func TestRun(t *testing.T) {
	var out strings.Builder
	if err := run(t.Context(), &out, 2000, 6); err != nil {
		t.Fatal(err)
	}
	var right []float64
	for line := range strings.Lines(out.String()) {
		_, number, _ := strings.Cut(line, "images, ")
		var share float64
		if _, err := fmt.Sscanf(number, "%f%%", &share); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		right = append(right, share)
	}
	if len(right) != 3 || !(right[2] > right[1]) {
		t.Errorf("it prints\n%s", &out)
	}
}
