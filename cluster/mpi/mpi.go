// Package mpi makes a cluster.Group of the processes that mpirun, mpiexec or srun has started on one or several
// machines.
//
// It needs no cgo: Open loads the MPI library that the launcher belongs to when the program runs. Open MPI 4 to 6,
// MPICH 4 and 5, Intel MPI, MVAPICH and every library with the standard ABI of MPI 5 serve. It is built with -tags mpi,
// on Linux and macOS. Without the tag Open returns ErrNotBuilt, and the program stays statically linked: one that loads
// libraries depends on the C library of the machine.
//
// Exchanges are non-blocking sends and receives that are polled, so that a context or a timeout can end them, an error
// can name the ranks that are missing, and ranks that wait leave the processor to those that work.
package mpi

import (
	"errors"
	"time"
)

// Variable is the environment variable with the file of the MPI library, for one that Open does not find or when there
// are several. Off, as its value, makes programs run alone even if a launcher has started them as one of several.
const (
	Variable = "ANNEAL_MPI"
	Off      = "off"
)

// TimeoutVariable is the environment variable with how long exchanges wait for other ranks, such as 90s or 1h.
const TimeoutVariable = "ANNEAL_MPI_TIMEOUT"

// Options says how a group is opened. The zero value is right nearly always.
type Options struct {
	Library string        // file of the MPI library; "": as Variable says, else one that the launcher needs
	Timeout time.Duration // how long an exchange waits for the other ranks; 0: as TimeoutVariable says, or 10m
}

var (
	// ErrNotBuilt is wrapped by the error of a program that was built without MPI.
	ErrNotBuilt = errors.New("this program was built without MPI: build it with " +
		"go build -tags mpi -o mnist ./cmd/mnist, on Linux or macOS")
	// ErrNoLibrary is wrapped by the error for a machine without an MPI library.
	ErrNoLibrary = errors.New("no MPI library: install one (Debian: apt-get install openmpi-bin, or mpich) or set " +
		Variable + " to the file of the library")
)
