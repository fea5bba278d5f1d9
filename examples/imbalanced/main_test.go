package main

import (
	"fmt"
	"strings"
	"testing"
)

// The weight of positives finds far more of them.
func TestRun(t *testing.T) {
	var out strings.Builder
	if err := run(t.Context(), &out, 3000, 5); err != nil {
		t.Fatal(err)
	}
	var recall []float64
	for line := range strings.Lines(out.String()) {
		var r, p float64
		_, numbers, _ := strings.Cut(line, "found, ")
		if _, err := fmt.Sscanf(numbers, "recall %f, precision %f", &r, &p); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		recall = append(recall, r)
	}
	if len(recall) != 2 || !(recall[0] < 0.5) || !(recall[1] > 0.7) {
		t.Errorf("it prints\n%s", &out)
	}
}
