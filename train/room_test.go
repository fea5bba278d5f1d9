package train_test

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"anneal/graph"
	"anneal/internal/limittest"
	"anneal/internal/memory"
	"anneal/solvers"
	"anneal/train"
)

// square has parameters of 8 MB, and small results.
func square(b *graph.Builder, x *graph.Node) *graph.Node {
	return b.Linear("fc3", b.Linear("fc2", b.Linear("fc1", b.Flatten(x), 1400), 1400), 3)
}

// heavy is a run that keeps much besides its parameters.
func heavy(t *testing.T) train.Config {
	t.Helper()
	c := small(t)
	c.Model, c.Solver, c.EMA, c.Accumulate, c.Epochs = square, solvers.Default[solvers.Adam](), 0.9, 2, 1
	return c
}

// Whatever a run keeps is an error before it is allocated if there is no memory for it. Nothing is written.
func TestRoom(t *testing.T) {
	c := heavy(t)
	tooLarge(t, 10_000_000, func() error {
		c.Params = nil
		_, err := train.Run(t.Context(), c)
		if _, missing := os.Stat(c.Dir); err != nil && missing == nil {
			t.Errorf("the folder is there after %v", err)
		}
		return err
	})
}

// A run that is resumed needs as much. With more memory it continues.
func TestRoomResume(t *testing.T) {
	c := heavy(t)
	finished(t)(train.Run(t.Context(), c))
	c.Epochs = 2
	const file = 32_000_000 // is read, and copied to check it
	tooLarge(t, 2*file, func() error {
		c.Params = nil
		_, err := resume(t.Context(), c)
		return err
	})
}

// tooLarge calls do with more and more memory. Its errors are to be shortages, each before that much and garbage is
// allocated, until the solver's state and then the checkpoint has been too large. With enough memory there is no error.
func tooLarge(t *testing.T, garbage int64, do func() error) {
	t.Helper()
	if memory.Total() == 0 {
		t.Skip("the system does not say how much memory there is")
	}
	want := []string{"train: solvers: the state of Adam(", "train: a checkpoint: "}
	const step, most = 4_000_000, 400_000_000
	for bytes := int64(step); len(want) > 0; bytes += step {
		var err error
		leave(bytes, func() {
			limittest.Limits{Bytes: uint64(bytes + garbage), Time: time.Minute}.Run(t, want[0], func() { err = do() })
		})
		var short *memory.Shortage
		if !errors.As(err, &short) || strings.Contains(err.Error(), "\n") {
			t.Fatalf("%d bytes are left: got %v, want an error that begins with %q", bytes, err, want[0])
		}
		if strings.HasPrefix(err.Error(), want[0]) {
			want = want[1:]
		}
	}
	leave(most, func() {
		if err := do(); err != nil {
			t.Errorf("%d bytes are left: %v", int64(most), err)
		}
	})
}

// leave claims all memory except so many bytes while do runs.
func leave(bytes int64, do func()) {
	for range 3 { // what is freed later is left, too, and what has a finalizer goes in the second collection
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
	}
	owner := new([64]byte)
	defer runtime.KeepAlive(owner)
	defer memory.Claim(owner, memory.Left()-bytes)()
	do()
}
