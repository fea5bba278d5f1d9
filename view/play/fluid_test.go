package play

import (
	"testing"

	"anneal/internal/browsertest"
	"anneal/internal/longtest"
)

// The page answers readers at once while it trains two networks for 10,000 steps.
func TestFluid(t *testing.T) {
	if !longtest.Full() {
		t.Skip("measures the tasks of a page for minutes: set ANNEAL_LONG")
	}
	browser := browsertest.New(t)
	browser.Fluid(serve(t).Link())
}
