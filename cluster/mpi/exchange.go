//go:build mpi && (linux || darwin)

package mpi

import (
	"context"
	"fmt"
	"runtime"
	"time"
	"unsafe"

	"anneal/cluster"
	"anneal/internal/parallel"
)

// message is a send or a receive that is under way.
type message struct {
	request uint64 // MPI_Request, of 4 or 8 bytes
	peer    int
	done    bool
}

// most is the number of bytes that one message carries at most: MPI counts them in 31 bits.
const most = 1 << 30

// tag is the same for all messages: those between two ranks arrive in the order in which they were sent.
const tag = 1

func (w *world) AllGather(ctx context.Context, out, in []byte) error {
	if err := cluster.CheckSizes(cluster.AllGather, w.size, len(out), len(in)); err != nil {
		return fmt.Errorf("mpi: %w", err)
	}
	return w.exchange(ctx, cluster.AllGather, out, func(int) []byte { return in })
}

func (w *world) AllToAll(ctx context.Context, out, in []byte) error {
	if err := cluster.CheckSizes(cluster.AllToAll, w.size, len(out), len(in)); err != nil {
		return fmt.Errorf("mpi: %w", err)
	}
	part := len(in) / w.size
	return w.exchange(ctx, cluster.AllToAll, out, func(r int) []byte { return in[r*part:][:part] })
}

// exchange sends to each rank what of says, and receives the parts of out.
func (w *world) exchange(ctx context.Context, name string, out []byte, of func(rank int) []byte) error {
	if w.failed != nil {
		return &cluster.Error{Rank: w.rank, Size: w.size, Call: name, Err: w.failed}
	}
	part := len(out) / w.size
	copy(out[w.rank*part:][:part], of(w.rank))
	for from := 0; from == 0 || from < part; from += most {
		to := min(from+most, part)
		err := w.start(func(r int) (receive, send []byte) { return out[r*part:][from:to], of(r)[from:to] })
		if err == nil {
			err = w.wait(ctx, name)
		}
		if err != nil {
			w.failed = err // the buffers stay pinned: MPI may still write to them
			return err
		}
		w.pinner.Unpin()
	}
	return nil
}

// start posts the messages of an exchange, all receives before the first send.
func (w *world) start(buffers func(rank int) (receive, send []byte)) error {
	w.messages = w.messages[:0]
	for i := 1; i < w.size; i++ {
		from := (w.rank + w.size - i) % w.size
		receive, _ := buffers(from)
		if err := w.post("MPI_Irecv", w.irecv, receive, from); err != nil {
			return err
		}
	}
	for i := 1; i < w.size; i++ {
		to := (w.rank + i) % w.size
		_, send := buffers(to)
		if err := w.post("MPI_Isend", w.isend, send, to); err != nil {
			return err
		}
	}
	return nil
}

// post starts a message.
func (w *world) post(name string, function uintptr, b []byte, peer int) error {
	if len(b) > 0 {
		w.pinner.Pin(&b[0])
	}
	w.messages = append(w.messages, message{peer: peer})
	m := &w.messages[len(w.messages)-1]
	return w.check(name, call(
		function, uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)), w.abi.bytes, uintptr(peer), tag, w.abi.world,
		uintptr(unsafe.Pointer(&m.request)),
	))
}

// wait polls the messages until all have arrived. It gives the processor to whoever wants it, and sleeps when another
// rank obviously computes for long: a sleep takes a millisecond, which is more than most exchanges do.
func (w *world) wait(ctx context.Context, name string) error {
	const awake, nap = 5 * time.Millisecond, 20 * time.Microsecond
	began := time.Now()
	for {
		left, err := w.poll()
		if left == 0 && err == nil {
			return nil
		}
		waited := time.Since(began)
		if err == nil {
			err = context.Cause(ctx)
		}
		if err != nil || waited > w.timeout {
			return &cluster.Error{Rank: w.rank, Size: w.size, Call: name, Waited: waited, For: w.missing(), Err: err}
		}
		if waited < awake {
			runtime.Gosched()
			parallel.YieldThread()
		} else {
			time.Sleep(nap)
		}
	}
}

// poll looks which messages have arrived, and returns how many have not.
func (w *world) poll() (left int, err error) {
	for i := range w.messages {
		m := &w.messages[i]
		if m.done {
			continue
		}
		var flag int32
		code := call(w.test, uintptr(unsafe.Pointer(&m.request)), uintptr(unsafe.Pointer(&flag)), w.abi.noStatus)
		if err := w.check("MPI_Test", code); err != nil {
			return len(w.messages), fmt.Errorf("message of or to rank %d: %w", m.peer, err)
		}
		if m.done = flag != 0; !m.done {
			left++
		}
	}
	return left, nil
}

// missing lists the ranks with a message that has not arrived, in their order.
func (w *world) missing() (list []int) {
	late := make([]bool, w.size)
	for _, m := range w.messages {
		late[m.peer] = late[m.peer] || !m.done
	}
	for r, is := range late {
		if is {
			list = append(list, r)
		}
	}
	return list
}
