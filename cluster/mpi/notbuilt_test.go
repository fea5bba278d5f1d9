//go:build !mpi || !(linux || darwin)

package mpi_test

import (
	"errors"
	"strings"
	"testing"

	"anneal/cluster/mpi"
)

func TestNotBuilt(t *testing.T) {
	_, err := mpi.Open(mpi.Options{})
	if !errors.Is(err, mpi.ErrNotBuilt) || !strings.Contains(err.Error(), "go build -tags mpi -o mnist ./cmd/mnist") {
		t.Errorf("got %v, want ErrNotBuilt, which names the build line", err)
	}
}
