package main

import (
	"fmt"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	var out strings.Builder
	if err := run(t.Context(), &out, 1500, 20); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	var loss, right float64
	if _, err := fmt.Sscanf(lines[len(lines)-1], "epoch 20: test loss %f, %f%% right", &loss, &right); err != nil {
		t.Fatalf("%v in\n%s", err, &out)
	}
	if len(lines) != 4 || !(right > 97) {
		t.Errorf("it prints\n%s", &out)
	}
}
