// Package cluster connects the processes that train one network together.
//
// A Group is such processes, its ranks, which are counted from 0. Package cluster/mpi makes groups of processes on one
// or several machines, Local makes them of goroutines. All ranks call the methods of their Group in the same order,
// with slices of the same lengths: each call is an exchange in which every rank takes part, and which ends when it has
// all that it waits for. Messages are bytes, which arrive as they were sent, so ranks that compute the same numbers
// from them compute the same bits.
package cluster

import "context"

// Group is one rank of processes that train together.
//
// An exchange that fails returns an *Error, which says who waited for whom: because ctx is done, because the group's
// timeout is over, or because another rank has given up. The group is then of no use any more. A Group serves one
// goroutine at a time.
type Group interface {
	Rank() int // of this process, 0 to Size()-1
	Size() int // number of ranks

	// AllGather sends in to all ranks. out becomes the ranks' in, one after the other in the order of the ranks:
	// len(out) = Size()·len(in).
	AllGather(ctx context.Context, out, in []byte) error

	// AllToAll sends part i of in to rank i. Part i of out becomes what rank i has sent to this one. in and out have
	// Size() parts of equal length.
	AllToAll(ctx context.Context, out, in []byte) error

	// Close ends the group. With a nil cause it waits until all ranks have closed it. With a cause, this rank gives up,
	// and so do the others: under MPI that ends all processes, this one too, with exit code 1. Say first what is wrong.
	Close(cause error) error

	String() string // such as "rank 3 of 8 on node07, Open MPI 4.1.4"
}
