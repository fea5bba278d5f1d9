//go:build mpi && (linux || darwin)

package mpi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"anneal/cluster"
)

// scenario is the variable with what a rank does that mpirun has started, which is this test program.
const scenario = "ANNEAL_MPI_TEST"

func TestMain(m *testing.M) {
	do, ok := map[string]func(cluster.Group) error{
		"": nil, "exchange": exchangeMessages, "silent": stayAway, "recover": recoverNil, "gives up": giveUp, "leave": leave,
	}[os.Getenv(scenario)]
	switch {
	case !ok:
		fmt.Fprintln(os.Stderr, "no such scenario")
		os.Exit(2)
	case do == nil:
		os.Exit(m.Run())
	}
	timeout := time.Second
	if os.Getenv(scenario) == "exchange" {
		timeout = 20 * time.Second // the messages take their time to make, on busy processors under the race detector
	}
	g, err := Open(Options{Timeout: timeout})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := do(g); err != nil {
		fmt.Fprintf(os.Stderr, "%v: %v\n", g, err)
		g.Close(err)
		os.Exit(1)
	}
	if err := g.Close(nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if g.Rank() == 0 {
		fmt.Println("all is well:", g)
	}
}

// launcher returns the command that starts this program as n ranks, with words for the launcher.
func launcher(t *testing.T, mpi string, n int, do string, words ...string) *exec.Cmd {
	t.Helper()
	mpirun, err := exec.LookPath("mpirun." + mpi)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%v: .ci/setup installs it", err)
		}
		t.Skipf("%v: apt-get install openmpi-bin mpich", err)
	}
	args := append([]string{"-n", fmt.Sprint(n)}, words...)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	c := exec.CommandContext(ctx, mpirun, append(args, os.Args[0])...)
	c.Env = append(os.Environ(), scenario+"="+do,
		"OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1", "OMPI_MCA_rmaps_base_oversubscribe=1",
		"HWLOC_COMPONENTS=-gl") // it asks for displays, and waits for 5 s where something else answers
	return c
}

// both are the launchers of the two libraries.
var both = []string{"openmpi", "mpich"}

// TestExchanges sends messages of many lengths between processes, while the collector runs.
func TestExchanges(t *testing.T) {
	for _, mpi := range both {
		t.Run(mpi, func(t *testing.T) {
			out, err := launcher(t, mpi, 3, "exchange").CombinedOutput()
			if err != nil || !strings.Contains(string(out), "all is well: rank 0 of 3") {
				t.Errorf("%v:\n%s", err, out)
			}
		})
	}
}

func exchangeMessages(g cluster.Group) error {
	defer debug.SetGCPercent(debug.SetGCPercent(5))
	ctx, size := context.Background(), g.Size()
	rounds := []int{0, 1, 7, 1000, 100_000, 3_000_000}
	for range 300 {
		rounds = append(rounds, len(rounds))
	}
	for round, n := range rounds {
		// message is what rank a sends to rank b in this round.
		message := func(a, b int) []byte {
			m := make([]byte, n)
			r := rand.New(rand.NewPCG(uint64(round), uint64(a*size+b)))
			for i := range m {
				m[i] = byte(r.Uint32())
			}
			return m
		}
		var in, want, gathered []byte
		for r := range size {
			in = append(in, message(g.Rank(), r)...)
			want = append(want, message(r, g.Rank())...)
			gathered = append(gathered, message(r, 0)...)
		}
		out := make([]byte, len(in))
		if err := g.AllToAll(ctx, out, in); err != nil || !bytes.Equal(out, want) {
			return fmt.Errorf("round %d, AllToAll of %d bytes: wrong, or %v", round, n, err)
		}
		if err := g.AllGather(ctx, out, message(g.Rank(), 0)); err != nil || !bytes.Equal(out, gathered) {
			return fmt.Errorf("round %d, AllGather of %d bytes: wrong, or %v", round, n, err)
		}
	}
	got, err := cluster.Broadcast(ctx, g, []byte(fmt.Sprint("from ", g.Rank())), size-1)
	if want := fmt.Sprint("from ", size-1); err != nil || string(got) != want {
		return fmt.Errorf("Broadcast: got %q, %v, want %q", got, err, want)
	}
	return nil
}

// TestFailures checks that a job never succeeds if a rank does not come to its end, and that errors say who waited for
// whom.
func TestFailures(t *testing.T) {
	for _, c := range []struct {
		do   string
		want string // in the output; MPICH says nothing of its own where it ends the others at once
	}{
		{"silent", "of 3 waited 1[.0-9]*s in AllGather for rank 2, which has died or hangs"},
		{"gives up", "rank 1 of 3"},
		{"leave", ""},
	} {
		for _, mpi := range both {
			t.Run(c.do+" "+mpi, func(t *testing.T) {
				out, err := launcher(t, mpi, 3, c.do).CombinedOutput()
				exit := (*exec.ExitError)(nil)
				if !errors.As(err, &exit) || exit.ExitCode() <= 0 {
					t.Errorf("%v: want an exit code above 0:\n%s", err, out)
				}
				if !regexp.MustCompile(c.want).Match(out) {
					t.Errorf("want %q:\n%s", c.want, out)
				}
			})
		}
	}
}

// stayAway makes rank 2 do nothing for longer than the timeout.
func stayAway(g cluster.Group) error {
	if g.Rank() == 2 {
		time.Sleep(20 * time.Second)
	}
	return cluster.Barrier(context.Background(), g)
}

func giveUp(g cluster.Group) error {
	if g.Rank() == 1 {
		return errors.New("no space left")
	}
	return cluster.Barrier(context.Background(), g)
}

func leave(g cluster.Group) error {
	if g.Rank() == 1 {
		os.Exit(3)
	}
	return cluster.Barrier(context.Background(), g)
}

// TestRecover checks that a nil dereference is still a panic that can be recovered: UCX would end the program.
func TestRecover(t *testing.T) {
	for _, mpi := range both {
		t.Run(mpi, func(t *testing.T) {
			if out, err := launcher(t, mpi, 2, "recover").CombinedOutput(); err != nil {
				t.Errorf("%v:\n%s", err, out)
			}
		})
	}
}

func recoverNil(cluster.Group) (err error) {
	defer func() {
		if recover() == nil {
			err = errors.New("no panic")
		}
	}()
	var p *world
	p.rank++
	return nil
}

// TestAlone checks that a program that nobody has started as one of several is a group of one.
func TestAlone(t *testing.T) {
	c := launcher(t, "openmpi", 1, "exchange")
	alone := exec.CommandContext(t.Context(), os.Args[0])
	alone.Env = c.Env
	if out, err := alone.CombinedOutput(); err != nil || !strings.Contains(string(out), "rank 0 of 1") {
		t.Errorf("%v:\n%s", err, out)
	}
}

// TestLibrary checks the errors for a library that is not there, that is none, and that does not belong to the
// launcher.
func TestLibrary(t *testing.T) {
	for _, c := range []struct{ mpi, library, want string }{
		{
			"openmpi", "/nowhere/libmpi.so",
			"no MPI library: install one (Debian: apt-get install openmpi-bin, or mpich) or set ANNEAL_MPI",
		},
		{"openmpi", "libm.so.6", "libm.so.6 is no MPI library that serves: it has no MPI_Get_library_version"},
		{
			"openmpi", "libmpich.so.12", "started by Open MPI as rank 0 of 2, but libmpich.so.12 (MPICH 4.0.2) sees 1: " +
				"launcher and library do not belong together",
		},
		{
			"mpich", "libmpi.so.40", "started by MPICH as rank 0 of 2, but libmpi.so.40 (Open MPI v4.1.4) sees 1: " +
				"launcher and library do not belong together",
		},
	} {
		t.Run(c.mpi+" "+c.library, func(t *testing.T) {
			run := launcher(t, c.mpi, 2, "exchange")
			run.Env = append(run.Env, Variable+"="+c.library)
			out, err := run.CombinedOutput()
			if err == nil || !strings.Contains(string(out), c.want) {
				t.Errorf("%v: want %q:\n%s", err, c.want, out)
			}
		})
	}
}

func TestShort(t *testing.T) {
	for long, want := range map[string]string{
		"Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4": "Open MPI v4.1.4",
		"MPICH Version:      4.0.2\nMPICH Release date: Thu":     "MPICH 4.0.2",
		"Intel(R) MPI Library 2021.10 for Linux* OS\n":           "Intel(R) MPI Library 2021.10 for Linux* OS",
	} {
		if got := short(long); got != want {
			t.Errorf("short(%q): got %q, want %q", long, got, want)
		}
	}
}
