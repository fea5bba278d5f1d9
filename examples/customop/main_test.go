package main

import (
	"fmt"
	"strings"
	"testing"
)

// The op's gradient is right, and a network with it fits the wave better than one with ReLU, beyond the samples too.
func TestRun(t *testing.T) {
	var out strings.Builder
	if err := run(t.Context(), &out, 1500, 30); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	var within, beyond [2]float64
	for i, line := range lines[1:] {
		_, numbers, _ := strings.Cut(line, ": ")
		if _, err := fmt.Sscanf(numbers, "off by %f where it was trained, %f beyond", &within[i], &beyond[i]); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
	}
	if !(within[0] < within[1]/2) || !(beyond[0] < beyond[1]/2) {
		t.Errorf("it prints\n%s", &out)
	}
}
