package main

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	var out strings.Builder
	if err := run(t.Context(), &out, 1500, 12); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	var kind, says int
	var age, about float64
	if _, err := fmt.Sscanf(lines[12], "kind %d of age %f: the network says kind %d of age %f",
		&kind, &age, &says, &about); err != nil {
		t.Fatalf("%v in\n%s", err, &out)
	}
	if says != kind || !(math.Abs(about-age) < 0.4) {
		t.Errorf("it prints\n%s", &out)
	}
}
