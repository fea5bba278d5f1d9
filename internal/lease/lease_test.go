package lease

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// asHolder is the variable that makes the test's program one that takes a lease and holds it.
const asHolder = "ANNEAL_TEST_LEASE"

func TestMain(m *testing.M) {
	if dir := os.Getenv(asHolder); dir != "" {
		if _, err := In(dir, 0).Take(context.Background(), "cell"); err != nil {
			panic(err)
		}
		os.Stdout.WriteString("held\n")
		select {}
	}
	os.Exit(m.Run())
}

// elsewhere makes all leases those of other machines.
func elsewhere(t *testing.T) {
	t.Helper()
	oldMachine, oldSelf := machine, self
	t.Cleanup(func() { machine, self = oldMachine, oldSelf })
	machine, self = func() string { return "" }, func() holder { return holder{host: "elsewhere"} }
}

func take(t *testing.T, f *Folder, name string) *Lease {
	t.Helper()
	l, err := f.Take(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Release() })
	return l
}

// busy checks that a name cannot be taken.
func busy(t *testing.T, f *Folder, name string) {
	t.Helper()
	if l, err := f.Try(name); l != nil || err != nil {
		t.Fatalf("%s: got %+v, %v, want nothing, since it is held", name, l, err)
	}
}

func TestRelease(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "leases")
	a, b := In(dir, 0), In(dir, 0)
	held := take(t, a, "cell")
	busy(t, b, "cell")
	take(t, b, "cell.1") // a name that looks like the other's file
	if err := held.Check(); err != nil {
		t.Error(err)
	}
	if err := held.Release(); err != nil {
		t.Error(err)
	}
	if l := take(t, b, "cell"); l.number != 2 {
		t.Errorf("got number %d, want 2", l.number)
	}
	busy(t, a, "cell")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := a.Take(ctx, "cell"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the end of the wait", err)
	}
}

// A lease that is silent is taken over. Its program finds out before it goes on.
func TestSilence(t *testing.T) {
	elsewhere(t)
	dir := t.TempDir()
	const silence = 400 * time.Millisecond
	a, b := In(dir, silence), In(dir, silence)
	stopped := take(t, a, "cell")
	stopped.mu.Lock() // it does not beat
	second := take(t, b, "cell")
	stopped.mu.Unlock()
	if err := stopped.Check(); !errors.Is(err, ErrLost) {
		t.Errorf("got %v, want ErrLost", err)
	}
	if err := stopped.Release(); err != nil {
		t.Error(err)
	}
	if err := second.Check(); err != nil {
		t.Errorf("the other program has lost it: %v", err)
	}
	busy(t, a, "cell")
}

// A lease that was silent, and that nobody has taken over, is held on, under the next number.
func TestRenewal(t *testing.T) {
	elsewhere(t)
	dir := t.TempDir()
	l := take(t, In(dir, 0), "cell")
	l.mu.Lock()
	l.heard = l.heard.Add(-Silence)
	l.mu.Unlock()
	if err := l.Check(); err != nil || l.number != 2 {
		t.Errorf("got %v and number %d, want number 2", err, l.number)
	}
	busy(t, In(dir, 0), "cell")
}

// A lease whose program did not notice that it was silent is lost at its next beat.
func TestOvertaken(t *testing.T) {
	dir := t.TempDir()
	l := take(t, In(dir, 0), "cell")
	if !l.beat() {
		t.Fatal("the lease is lost")
	}
	if err := os.WriteFile(filepath.Join(dir, "cell.2"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if l.beat() || !errors.Is(l.Check(), ErrLost) {
		t.Error("the lease is held, want ErrLost")
	}
}

// A file that says nothing is held until it has been silent.
func TestGarbage(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"empty": "", "half": "held 1 machine=", "garbage": "\x00\xff\n"} {
		if err := os.WriteFile(filepath.Join(dir, name+".7"), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		f := In(dir, 100*time.Millisecond)
		busy(t, f, name)
		if l := take(t, f, name); l.number != 8 {
			t.Errorf("%s: got number %d, want 8", name, l.number)
		}
	}
}

// The lease of a program that was killed on this machine is free at once.
func TestKilled(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the program is looked for on Linux only")
	}
	dir := t.TempDir()
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), asHolder+"="+dir)
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if text, err := bufio.NewReader(out).ReadString('\n'); err != nil || text != "held\n" {
		t.Fatalf("got %q, %v", text, err)
	}
	f := In(dir, 0)
	busy(t, f, "cell")
	_ = c.Process.Kill() // Wait tells
	_ = c.Wait()
	if l, err := f.Try("cell"); l == nil || err != nil {
		t.Errorf("got %v, %v, want the lease", l, err)
	} else if err := l.Release(); err != nil {
		t.Error(err)
	}
}

// Of many programs that want a lease, one has it at a time.
func TestOneAtATime(t *testing.T) {
	dir := t.TempDir()
	var held, times atomic.Int32
	var group sync.WaitGroup
	for range 8 {
		f := In(dir, 200*time.Millisecond) // which also says how often it looks
		group.Go(func() {
			for range 5 {
				l, err := f.Take(t.Context(), "cell")
				if err != nil {
					t.Error(err)
					return
				}
				if n := held.Add(1); n != 1 {
					t.Errorf("%d have it at once", n)
				}
				runtime.Gosched()
				held.Add(-1)
				times.Add(1)
				if err := l.Release(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if times.Load() != 40 {
		t.Errorf("it was taken %d times, want 40", times.Load())
	}
}
