//go:build !mpi || !(linux || darwin)

package mpi

import (
	"fmt"

	"anneal/cluster"
)

// Open returns an error that wraps ErrNotBuilt.
func Open(Options) (cluster.Group, error) { return nil, fmt.Errorf("mpi: %w", ErrNotBuilt) }
