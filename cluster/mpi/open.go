//go:build mpi && (linux || darwin)

package mpi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"anneal/cluster"
)

// world is MPI_COMM_WORLD as a cluster.Group.
type world struct {
	*library
	rank, size int
	host       string
	timeout    time.Duration
	thread     chan func() // runs what MPI wants on the thread that has initialized it
	messages   []message   // of an exchange, used again by the next
	pinner     runtime.Pinner
	failed     error // after it the group is of no use
}

const defaultTimeout = 10 * time.Minute

// opened is the world once it is there: MPI can be initialized only once in a process. After a failed exchange it also
// keeps the buffers of messages that are still under way.
var opened atomic.Pointer[world]

// Open initializes MPI and returns this process's rank. Its errors say what is missing: the library (ErrNoLibrary), or
// one that belongs to the launcher. A process that nobody started as one of several is rank 0 of 1. Open works only
// once in a process.
func Open(o Options) (cluster.Group, error) {
	timeout, err := o.timeout()
	if err != nil {
		return nil, err
	}
	launch := cluster.Launched()
	l, err := load(o.Library, launch.By)
	if err != nil {
		return nil, err
	}
	w := &world{library: l, timeout: timeout, thread: make(chan func())}
	if !opened.CompareAndSwap(nil, w) {
		return nil, errors.New("mpi: MPI is open already: a process opens it once")
	}
	w.host, _ = os.Hostname()
	// A library that loses its connection to a rank that was killed may call abort, after a message of its own. A list of
	// all goroutines would bury that.
	signal.Ignore(syscall.SIGABRT)
	go func() {
		runtime.LockOSThread()
		for f := range w.thread {
			f()
		}
	}()
	w.onThread(func() { err = w.initialize() })
	if err != nil {
		return nil, fmt.Errorf("mpi: %w", err)
	}
	if launch.Size > 0 && launch.Size != w.size {
		return nil, l.doNotBelong(launch, w.size)
	}
	return w, nil
}

// timeout returns how long an exchange waits.
func (o Options) timeout() (d time.Duration, err error) {
	switch text := os.Getenv(TimeoutVariable); {
	case o.Timeout < 0:
		return 0, fmt.Errorf("mpi: timeout: got %v, want more than 0, or 0 for %v", o.Timeout, defaultTimeout)
	case o.Timeout == 0 && text != "":
		if d, err = time.ParseDuration(text); err != nil || d <= 0 {
			return 0, fmt.Errorf("mpi: %s: got %q, want a time above 0, such as 90s or 1h", TimeoutVariable, text)
		}
		return d, nil
	}
	return cmp.Or(o.Timeout, defaultTimeout), nil
}

func (w *world) onThread(f func()) {
	done := make(chan struct{})
	w.thread <- func() {
		defer close(done)
		f()
	}
	<-done
}

// initialize calls MPI_Init_thread, and checks that what the library computes with its handles is right.
func (w *world) initialize() error {
	var provided, rank, size, four int32
	// MPI_THREAD_SERIALIZED: goroutines move between threads, and call MPI one at a time.
	code := call(w.initThread, 0, 0, w.abi.serialized, uintptr(unsafe.Pointer(&provided)))
	if err := w.check("MPI_Init_thread", code); err != nil {
		return err
	}
	if provided < int32(w.abi.serialized) {
		return fmt.Errorf("%s provides thread level %d: want %d, MPI_THREAD_SERIALIZED",
			w.version, provided, w.abi.serialized)
	}
	code = call(w.setErrhandler, w.abi.world, w.abi.errorsReturn)
	if err := w.check("MPI_Comm_set_errhandler", code); err != nil {
		return err
	}
	code = call(w.commRank, w.abi.world, uintptr(unsafe.Pointer(&rank)))
	if err := w.check("MPI_Comm_rank", code); err != nil {
		return err
	}
	code = call(w.commSize, w.abi.world, uintptr(unsafe.Pointer(&size)))
	if err := w.check("MPI_Comm_size", code); err != nil {
		return err
	}
	code = call(w.typeSize, w.abi.float, uintptr(unsafe.Pointer(&four)))
	if err := w.check("MPI_Type_size", code); err != nil {
		return err
	}
	if four != 4 || size < 1 || rank < 0 || rank >= size {
		return fmt.Errorf("self-test of %s (%s, as %s): MPI_FLOAT has %d bytes, this is rank %d of %d: want 4 bytes, "+
			"and a rank below the size", w.file, w.version, w.abi.name, four, rank, size)
	}
	w.rank, w.size = int(rank), int(size)
	return nil
}

func (w *world) Rank() int { return w.rank }
func (w *world) Size() int { return w.size }

func (w *world) String() string {
	return fmt.Sprintf("rank %d of %d on %s, %s", w.rank, w.size, w.host, w.version)
}

const (
	forwarding = 200 * time.Millisecond // launchers may lose the last lines of a process that calls MPI_Abort at once
	patience   = 5 * time.Second        // how long MPI_Abort may take to end the processes
)

// Close ends the group; see cluster.Group. If MPI does not manage to end the processes because of a cause, Close
// returns after some seconds, and the caller exits.
func (w *world) Close(cause error) error {
	if cause == nil && w.failed == nil {
		if err := cluster.Barrier(context.Background(), w); err != nil {
			return err
		}
		var err error
		w.onThread(func() { err = w.check("MPI_Finalize", call(w.finalize)) })
		return err
	}
	time.Sleep(forwarding)
	go call(w.abort, w.abi.world, 1)
	time.Sleep(patience)
	return errors.Join(w.failed, fmt.Errorf("mpi: %s did not end the processes within %v", w.version, patience))
}
