//go:build !mpi

package app

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"anneal/cluster"
	"anneal/train"
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

// An error that all ranks have is told by the first one: those that they have agreed on, a loss that is not finite, and
// weights that differ.
func TestTold(t *testing.T) {
	own := errors.New("the disk of this rank is full")
	for rank, g := range cluster.Local(2, time.Minute) {
		for _, err := range []error{&cluster.Agreed{Err: own}, train.ErrDiverged, train.ErrApart} {
			if got := told(g, fmt.Errorf("epoch 1: %w", err)); errors.Is(got, errTold) != (rank > 0) {
				t.Errorf("rank %d: %v: got %v", rank, err, got)
			}
		}
		if got := told(g, own); !errors.Is(got, own) {
			t.Errorf("rank %d: got %v, want its own error", rank, got)
		}
	}
}
