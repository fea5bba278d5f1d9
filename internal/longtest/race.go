//go:build race

package longtest

// race says whether the race detector is built in.
const race = true
