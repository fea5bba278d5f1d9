package main

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// The shares of targets below the quantiles are the quantiles.
func TestRun(t *testing.T) {
	var out strings.Builder
	if err := run(t.Context(), &out, 1500, 12); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i, want := range []float64{10, 90} {
		var q, share float64
		if _, err := fmt.Sscanf(lines[i], "pinball(%f): %f%% of", &q, &share); err != nil {
			t.Fatalf("%v in\n%s", err, &out)
		}
		if !(math.Abs(share-want) < 5) {
			t.Errorf("%s: want about %v%%", lines[i], want)
		}
	}
}
