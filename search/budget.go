package search

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"anneal/internal/plural"
)

// Budget is how much a search may train. One of its fields is set.
type Budget struct {
	Runs   int           // runs that begin; a run that goes on counts once
	Epochs int           // of all runs together
	Time   time.Duration // that all runs together trained and evaluated, also those side by side
}

// ParseBudget reads a budget: 60 or "60 runs", "200 epochs", or a time such as 90m or 2h30m.
func ParseBudget(text string) (b Budget, err error) {
	number := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyz ")
	unit := strings.TrimSpace(strings.TrimPrefix(text, number))
	switch n, bad := strconv.Atoi(number); {
	case bad != nil || n < 1:
	case unit == "" || unit == "run" || unit == "runs":
		return Budget{Runs: n}, nil
	case unit == "epoch" || unit == "epochs":
		return Budget{Epochs: n}, nil
	}
	if b.Time, err = time.ParseDuration(text); err != nil || b.Time <= 0 {
		return Budget{}, fmt.Errorf("got %q, want a number of runs such as 60, of epochs such as '200 epochs', or a time "+
			"such as 2h30m", text)
	}
	return b, nil
}

// valid reports whether one field is set, and none is below 0.
func (b Budget) valid() bool {
	set := 0
	for _, v := range []int64{int64(b.Runs), int64(b.Epochs), int64(b.Time)} {
		if v < 0 {
			return false
		}
		if v > 0 {
			set++
		}
	}
	return set == 1
}

// String returns b as ParseBudget reads it.
func (b Budget) String() string {
	switch {
	case b.Runs > 0:
		return plural.Of(b.Runs, "run")
	case b.Epochs > 0:
		return plural.Of(b.Epochs, "epoch")
	}
	return b.Time.String()
}
