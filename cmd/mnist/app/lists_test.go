package app

import (
	"slices"
	"strings"
	"testing"

	"anneal/schedules"
	"anneal/solvers"
)

// The lists have what the flags take, each with its settings.
func TestLists(t *testing.T) {
	for command, want := range map[string]string{
		"solvers": "Adagrad(lr=0.01, lr_decay=0.0, weight_decay=0.0", "schedules": "StepLR(step_size, gamma=0.1)\n",
	} {
		if got := mnist(t, t.TempDir(), command); got.code != exitOK || !strings.Contains(got.stdout, want) {
			t.Errorf("%s: got %+v, want %s", command, got, want)
		}
	}
	for _, s := range solvers.Signatures() {
		if _, err := solvers.Parse(s); err != nil {
			t.Error(err)
		}
	}
	if list := schedules.Signatures(); len(list) < 20 || !slices.ContainsFunc(list, func(s string) bool {
		return strings.HasPrefix(s, "ReduceLROnPlateau(mode='min'")
	}) {
		t.Errorf("got %q", list)
	}
}
