// Package limittest holds readers to limits of memory and processor time in tests, and their errors to one line,
// whatever they read.
package limittest

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"testing"
	"time"

	"anneal/internal/longtest"
)

// Limits are what a reader may take for one input.
type Limits struct {
	// Bytes are those that it allocates in all, hence also the most that it has at a time. Under the race detector, which
	// makes pools forget what they keep, it may allocate twice as many.
	Bytes uint64
	// Time is that of its goroutine's processor. A fuzzer, whose counters make programs slower, gives it three times as
	// much. It is checked on Linux, and not under the race detector.
	Time time.Duration
}

// Small are the limits of a reader of small inputs, such as those that a fuzzer makes.
var Small = Limits{Bytes: 64 << 20, Time: time.Second}

// Run calls do, and reports an error of t if that takes more than the limits.
func (l Limits) Run(t testing.TB, what string, do func()) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	allocated, processor := allocations(), threadTime()
	do()
	processor = threadTime() - processor
	bytes := l.Bytes
	if longtest.Race() {
		bytes *= 2
	}
	if got := allocations() - allocated; got > bytes {
		t.Errorf("%s: allocated %d bytes, want at most %d", what, got, bytes)
	}
	most := l.Time
	if fuzzing() {
		most *= 3
	}
	if processor > most && !longtest.Race() {
		t.Errorf("%s: took %v of the processor, want at most %v", what, processor, most)
	}
}

// OneLine reports an error of t if err has several lines.
func OneLine(t testing.TB, err error) {
	t.Helper()
	if err != nil && strings.ContainsAny(err.Error(), "\r\n") {
		t.Errorf("the error has several lines: %v", err)
	}
}

// fuzzing reports whether a fuzzer makes the inputs.
func fuzzing() bool {
	worker := flag.Lookup("test.fuzzworker")
	return worker != nil && worker.Value.String() == "true"
}

// allocations returns how many bytes the program has allocated so far.
func allocations() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// child is set in a program that Peak starts, to the file that the program writes its peak to.
const child = "ANNEAL_LIMITTEST_CHILD"

// Peak runs do in a program of its own, and returns the most memory that the program had at a time, in bytes, as the
// system counts it. The program is this test again: Peak must be the first that the test calls, and once. It skips the
// test where the system does not say, and under the race detector.
func Peak(t *testing.T, do func(t *testing.T)) int64 {
	t.Helper()
	if file := os.Getenv(child); file != "" {
		do(t)
		if err := os.WriteFile(file, strconv.AppendInt(nil, peak(), 10), 0o600); err != nil {
			t.Fatal(err)
		}
		t.SkipNow() // what follows is for the parent
	}
	longtest.SkipIfRace(t, "measures the memory of a program")
	file := filepath.Join(t.TempDir(), "peak")
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	c.Env = append(os.Environ(), child+"="+file)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	peak, err := strconv.ParseInt(string(text), 10, 64)
	switch {
	case err != nil:
		t.Fatal(err)
	case peak == 0:
		t.Skip("the system does not say how much memory a program had")
	}
	return peak
}
