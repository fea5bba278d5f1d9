// Package longtest says which tests are long and how to run them. There are three sizes:
//
//   - go test -short runs what ends within seconds, and leaves out long tests;
//   - go test runs those too: trainings on real images, runs that are killed and resumed, comparisons of many runs;
//   - ANNEAL_LONG=1 go test also runs at full length the few tests of which go test runs a beginning.
//
// Under the race detector a program takes a second of processor time to begin. Tests that start it dozens of times, one
// after the other, are skipped there.
package longtest

import (
	"os"
	"testing"
)

// SkipIfShort skips t under -short. does says what takes so long, as in "trains 30 networks".
func SkipIfShort(t testing.TB, does string) {
	t.Helper()
	if testing.Short() {
		t.Skipf("%s: to run it, leave out -short", does)
	}
}

// SkipIfRace skips t under the race detector, which makes it slow and can find nothing in it. does says what
// takes so long, as in "parses 100 command lines".
func SkipIfRace(t testing.TB, does string) {
	t.Helper()
	if race {
		t.Skipf("%s, one after the other: to run it, leave out -race", does)
	}
}

// Full reports whether ANNEAL_LONG is set: tests then run at full length.
func Full() bool { return os.Getenv("ANNEAL_LONG") != "" }
