package examples_test

import (
	"path/filepath"
	"testing"

	"anneal/internal/longtest"
	"anneal/internal/moduletest"
)

// TestJobs runs what users come to do, written in a module of their own, without anything internal.
func TestJobs(t *testing.T) {
	longtest.SkipIfRace(t, "trains networks in another program")
	moduletest.Run(t, filepath.Join("testdata", "jobs"), "..")
}
