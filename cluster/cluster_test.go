package cluster_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"anneal/cluster"
)

// each calls f for every rank, in goroutines of their own, and returns their errors.
func each(groups []cluster.Group, f func(g cluster.Group) error) []error {
	failures := make([]error, len(groups))
	var all sync.WaitGroup
	for r, g := range groups {
		all.Go(func() { failures[r] = f(g) })
	}
	all.Wait()
	return failures
}

func check(t interface{ Fatal(...any) }, failures []error) {
	if err := errors.Join(failures...); err != nil {
		t.Fatal(err)
	}
}

// TestExchanges checks every exchange for any number of ranks and any messages.
func TestExchanges(t *testing.T) {
	ctx := t.Context()
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 7).Draw(t, "ranks")
		part := rapid.SliceOfN(rapid.Byte(), 0, 50).Draw(t, "part")
		from := rapid.IntRange(0, size-1).Draw(t, "from")
		n := len(part)
		// sent is what rank a sends to rank b.
		sent := func(a, b int) []byte { return append([]byte{byte(a), byte(b)}, part...) }
		check(t, each(cluster.Local(size, time.Minute), func(g cluster.Group) error {
			var in, want, gathered []byte
			for r := range size {
				in = append(in, sent(g.Rank(), r)...)
				want = append(want, sent(r, g.Rank())...)
				gathered = append(gathered, sent(r, 0)...)
			}
			out := make([]byte, len(in))
			if err := g.AllToAll(ctx, out, in); err != nil || !bytes.Equal(out, want) {
				return fmt.Errorf("%v: AllToAll: got %v, %v, want %v", g, out, err, want)
			}
			if err := g.AllGather(ctx, out, sent(g.Rank(), 0)); err != nil || !bytes.Equal(out, gathered) {
				return fmt.Errorf("%v: AllGather: got %v, %v, want %v", g, out, err, gathered)
			}
			messages, err := cluster.Gather(ctx, g, bytes.Repeat(part, g.Rank()))
			if err != nil {
				return err
			}
			for r, m := range messages {
				if !bytes.Equal(m, bytes.Repeat(part, r)) {
					return fmt.Errorf("%v: Gather: got %v from rank %d, want %d bytes", g, m, r, r*n)
				}
			}
			got, err := cluster.Broadcast(ctx, g, sent(g.Rank(), 9), from)
			if err != nil || !bytes.Equal(got, sent(from, 9)) {
				return fmt.Errorf("%v: Broadcast: got %v, %v, want %v", g, got, err, sent(from, 9))
			}
			if err := cluster.Barrier(ctx, g); err != nil {
				return err
			}
			return g.Close(nil)
		}))
	})
}

// TestAgree checks that all ranks get an error if one of them has one, also one without a text.
func TestAgree(t *testing.T) {
	full, empty := errors.New("no space left"), errors.New("")
	for _, c := range []struct{ failures, want [3]error }{
		{},
		{[3]error{nil, full, nil}, [3]error{errors.New("rank 1: no space left"), full, errors.New("rank 1: no space left")}},
		{[3]error{nil, empty, full}, [3]error{errors.New("rank 1: "), empty, full}},
	} {
		got := each(cluster.Local(3, time.Minute), func(g cluster.Group) error {
			return cluster.Agree(t.Context(), g, c.failures[g.Rank()])
		})
		for rank, err := range got {
			agreed := (*cluster.Agreed)(nil)
			if fmt.Sprint(err) != fmt.Sprint(c.want[rank]) || err != nil && !errors.As(err, &agreed) {
				t.Errorf("%v: rank %d: got %v, want %v, agreed", c.failures, rank, err, c.want[rank])
			}
		}
	}
	g := cluster.Local(2, time.Millisecond)[0]
	lost := (*cluster.Error)(nil)
	if err := cluster.Agree(t.Context(), g, full); !errors.Is(err, full) || !errors.As(err, &lost) {
		t.Errorf("got %v, want both the rank's failure and that of the exchange", err)
	}
}

// TestWhoWaits checks that an exchange that fails says who waited for whom, and that all later ones fail.
func TestWhoWaits(t *testing.T) {
	cause := errors.New("no space left")
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name string
		last func(cluster.Group) error // what rank 2 does
		ctx  context.Context           // of rank 0
		want string
	}{
		{
			"silent", func(cluster.Group) error { return nil }, t.Context(),
			" in AllGather for rank 2, which has died or hangs",
		},
		{
			"cancelled", func(cluster.Group) error { return nil }, cancelled,
			"for ranks 1, 2: context canceled",
		},
		{
			"gives up", func(g cluster.Group) error { return g.Close(cause) }, t.Context(),
			"rank 2 gave up: no space left",
		},
		{
			"other call", func(g cluster.Group) error {
				g.AllToAll(t.Context(), make([]byte, 3), make([]byte, 3))
				return nil
			}, t.Context(),
			"rank 0 calls AllGather with 1 bytes and rank 2 AllToAll with 3: want the same in all ranks",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			timeout := 50 * time.Millisecond
			if c.name != "silent" {
				timeout = time.Minute
			}
			failures := each(cluster.Local(3, timeout), func(g cluster.Group) error {
				switch {
				case g.Rank() == 2:
					return c.last(g)
				case g.Rank() == 1 && c.ctx == cancelled:
					return nil
				case g.Rank() == 1:
					return cluster.Barrier(t.Context(), g)
				}
				err := cluster.Barrier(c.ctx, g)
				if later := cluster.Barrier(t.Context(), g); later == nil {
					t.Error("a later exchange succeeds")
				}
				return err
			})
			if lost := (*cluster.Error)(nil); !errors.As(failures[0], &lost) {
				t.Fatalf("got %v, want a *cluster.Error", failures[0])
			}
			if !strings.Contains(failures[0].Error(), c.want) && !strings.Contains(fmt.Sprint(failures[1]), c.want) {
				t.Errorf("got %v and %v, want %q", failures[0], failures[1], c.want)
			}
		})
	}
}

func TestErrorNamesRanks(t *testing.T) {
	e := &cluster.Error{Rank: 1, Size: 16, Call: "AllToAll", Waited: 3 * time.Second}
	for r := range 10 {
		e.For = append(e.For, r+2)
	}
	want := "rank 1 of 16 waited 3s in AllToAll for ranks 2, 3, 4, 5, 6, 7, 8, 9 and 2 more, which have died or hang"
	if e.Error() != want {
		t.Errorf("got %q, want %q", e, want)
	}
}

// TestSizes checks that slices of wrong lengths are errors before anything is sent.
func TestSizes(t *testing.T) {
	g := cluster.Local(2, time.Second)[0]
	for _, err := range []error{
		g.AllGather(t.Context(), make([]byte, 5), make([]byte, 2)),
		g.AllToAll(t.Context(), make([]byte, 3), make([]byte, 3)),
		g.AllToAll(t.Context(), make([]byte, 4), make([]byte, 2)),
	} {
		if err == nil || !strings.Contains(err.Error(), "bytes") {
			t.Errorf("got %v, want an error about lengths", err)
		}
	}
}

func TestLaunched(t *testing.T) {
	for _, c := range []struct {
		env  []string // names and values
		want cluster.Launch
	}{
		{nil, cluster.Launch{}},
		{
			[]string{"OMPI_COMM_WORLD_RANK", "1", "OMPI_COMM_WORLD_SIZE", "4"},
			cluster.Launch{By: "Open MPI", Rank: 1, Size: 4},
		},
		{[]string{"PMI_RANK", "2", "PMI_SIZE", "3"}, cluster.Launch{By: "MPICH", Rank: 2, Size: 3}},
		{
			[]string{"MV2_COMM_WORLD_RANK", "0", "MV2_COMM_WORLD_SIZE", "2", "PMI_RANK", "0", "PMI_SIZE", "2"},
			cluster.Launch{By: "MVAPICH", Size: 2},
		},
		{[]string{"SLURM_PROCID", "5", "SLURM_STEP_NUM_TASKS", "6"}, cluster.Launch{By: "Slurm", Rank: 5, Size: 6}},
		{
			[]string{"PMIX_RANK", "5", "SLURM_PROCID", "5", "SLURM_STEP_NUM_TASKS", "6"},
			cluster.Launch{By: "PMIx", Rank: 5, Size: 6},
		},
		{[]string{"SLURM_PROCID", "0", "SLURM_NTASKS", "6"}, cluster.Launch{}}, // a batch script
		{[]string{"PMI_RANK", "2"}, cluster.Launch{}},
		{[]string{"PMI_RANK", "x", "PMI_SIZE", "3"}, cluster.Launch{}},
	} {
		t.Run(strings.Join(c.env, " "), func(t *testing.T) {
			for _, name := range []string{
				"OMPI_COMM_WORLD_RANK", "MV2_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS",
			} {
				t.Setenv(name, "")
			}
			for i := 0; i < len(c.env); i += 2 {
				t.Setenv(c.env[i], c.env[i+1])
			}
			if got := cluster.Launched(); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
