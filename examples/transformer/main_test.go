package main

import (
	"fmt"
	"strings"
	"testing"
)

// It knows which of the two sequences has its first token again.
func TestRun(t *testing.T) {
	var out strings.Builder
	if err := run(t.Context(), &out, 4000, 12); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	var p [2]float64
	for i := range p {
		_, number, _ := strings.Cut(lines[12+i], "probability of ")
		if _, err := fmt.Sscan(number, &p[i]); err != nil {
			t.Fatalf("%v in\n%s", err, &out)
		}
	}
	if !(p[0] < 0.3) || !(p[1] > 0.7) {
		t.Errorf("it prints\n%s", &out)
	}
}
