//go:build mpi && (linux || darwin)

package app

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"anneal/internal/longtest"
	"anneal/runs"
)

// TestRanksKills kills random ranks of a run at random moments, again and again. Each time it goes on with a random
// number of ranks under a random one of the two MPIs, and in the end has the bits of a run of one process that was left
// alone.
func TestRanksKills(t *testing.T) {
	if !longtest.Full() {
		t.Skip("kills and resumes a run 20 times under mpirun: to run it, set ANNEAL_LONG")
	}
	kills := killCount(t)
	dir, folder := t.TempDir(), "run"
	settings := append(ranksSettings(t), "--epochs", strconv.Itoa(10*kills), "--quiet")
	next := func() []string {
		if _, err := runs.ReadRecord(filepath.Join(dir, folder)); err == nil {
			return []string{"--resume", folder, "--quiet"}
		}
		if err := os.RemoveAll(filepath.Join(dir, folder)); err != nil {
			t.Fatal(err)
		}
		return append([]string{"--out", folder}, settings...)
	}
	killed := 0
	for killed < kills {
		library, ranks := []string{"openmpi", "mpich"}[rand.N(2)], 2+rand.N(2)
		c := mpirun(t, library, ranks, dir, next()...)
		victim, after := rand.N(ranks), rand.N(2*time.Second)
		c.Env = append(c.Env, fmt.Sprintf("%s=%d 9 0 %v %s", signalled, victim, after, folder))
		out, err := c.CombinedOutput()
		if os.Remove(filepath.Join(dir, sentSignal)) != nil || err == nil {
			t.Fatalf("%v: got %v after %d kills, want to be killed:\n%s", c.Args, err, killed, out)
		}
		killed++
		t.Logf("kill %d: rank %d of %d under %s after %v", killed, victim, ranks, library, after)
	}
	ends(t, mpirun(t, "openmpi", 2, dir, next()...), true)
	ends(t, command(t, dir, append([]string{"--out", "alone"}, settings...)...), true)
	if got, want := weightsOf(t, filepath.Join(dir, folder)), weightsOf(t, filepath.Join(dir, "alone")); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
