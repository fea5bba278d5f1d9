//go:build !mpi

package app

import (
	"strings"
	"testing"
)

// TestRanksNotBuilt starts the program as a launcher does, without MPI in it.
func TestRanksNotBuilt(t *testing.T) {
	dir := t.TempDir()
	c := command(t, dir, "--data", dataset(t, 30, 28), "--epochs", "1", "--out", "run", "--quiet")
	c.Env = append(c.Env, "OMPI_COMM_WORLD_RANK=1", "OMPI_COMM_WORLD_SIZE=2")
	got := finish(t, c)
	want := "started by Open MPI as rank 1 of 2: this program was built without MPI: build it with go build -tags mpi"
	if got.code != exitFailed || !strings.Contains(got.stderr, want) || !strings.Contains(got.stderr, "ANNEAL_MPI=off") {
		t.Errorf("got %+v, want code %d and %q", got, exitFailed, want)
	}
	c = command(t, dir, "--data", dataset(t, 30, 28), "--epochs", "1", "--out", "run", "--quiet")
	c.Env = append(c.Env, "OMPI_COMM_WORLD_RANK=1", "OMPI_COMM_WORLD_SIZE=2", "ANNEAL_MPI=off")
	if got := finish(t, c); got.code != exitOK {
		t.Errorf("ANNEAL_MPI=off: got %+v", got)
	}
}
