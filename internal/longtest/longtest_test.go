package longtest

import (
	"flag"
	"strings"
	"testing"
)

// recorder is a test that is skipped without being left.
type recorder struct {
	testing.TB
	skipped string
}

func (r *recorder) Helper() {}

func (r *recorder) Skipf(format string, args ...any) { r.skipped = format }

func TestSkipIfShort(t *testing.T) {
	defer func(before string) {
		if err := flag.Set("test.short", before); err != nil {
			t.Error(err)
		}
	}(flag.Lookup("test.short").Value.String())
	for _, short := range []string{"true", "false"} {
		if err := flag.Set("test.short", short); err != nil {
			t.Fatal(err)
		}
		r := recorder{TB: t}
		SkipIfShort(&r, "trains")
		if got := strings.Contains(r.skipped, "-short"); got != (short == "true") {
			t.Errorf("-short=%s: skipped with %q", short, r.skipped)
		}
	}
}

func TestSkipIfRace(t *testing.T) {
	r := recorder{TB: t}
	SkipIfRace(&r, "parses")
	if got := strings.Contains(r.skipped, "-race"); got != race {
		t.Errorf("race %t: skipped with %q", race, r.skipped)
	}
}

func TestFull(t *testing.T) {
	for value, want := range map[string]bool{"": false, "1": true} {
		t.Setenv("ANNEAL_LONG", value)
		if got := Full(); got != want {
			t.Errorf("ANNEAL_LONG=%q: got %t, want %t", value, got, want)
		}
	}
}
