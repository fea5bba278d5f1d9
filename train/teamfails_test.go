package train_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"gorgonia.org/tensor"

	"anneal/cluster"
	"anneal/data"
	"anneal/graph"
	"anneal/solvers"
	"anneal/train"
)

// TestTeamDisagrees checks that ranks that would compute different things say so before the first step.
func TestTeamDisagrees(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*train.Config)
		want   string
	}{
		"settings": {
			func(c *train.Config) { c.Batch = 6 },
			"rank 1 and rank 0 do not begin the same run: batch is 6 there and is 4",
		},
		"data":    {func(c *train.Config) { c.Test = pictures(t, 12) }, "test is"},
		"weights": {func(c *train.Config) { c.Params = graph.NewParams(9, tensor.Float32) }, "the initial weights"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "team")
			for rank, err := range together(2, func(g cluster.Group) error {
				config := teamConfig(t)
				config.Dir, config.Group = dir, g
				if g.Rank() == 1 {
					c.change(&config)
				}
				_, err := train.Run(context.Background(), config)
				return err
			}) {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("rank %d: got %v, want %q", rank, err, c.want)
				}
			}
			if _, err := os.Stat(dir); err == nil {
				t.Error("there is a folder")
			}
		})
	}
}

// TestTeamFails checks that all ranks end in the same step if one cannot go on, and that what was saved is whole.
func TestTeamFails(t *testing.T) {
	for name, c := range map[string]struct {
		change func(c *train.Config, rank int)
		want   string
	}{
		"diverged": {
			func(c *train.Config, _ int) { c.Solver = solvers.SGD{LR: 1e30} },
			train.ErrDiverged.Error(),
		},
		"unreadable": {
			func(c *train.Config, rank int) {
				if rank == 1 {
					c.Train = &unreadable{Dataset: c.Train, good: 62}
				}
			},
			"no such disk",
		},
		"no class, mixed": {
			func(c *train.Config, rank int) {
				c.Settings.Augment = "MixUp(alpha=0.4)"
				if rank == 1 {
					c.Train = &classless{Dataset: c.Train, good: 62} // then the second batch of an update is in error
				}
			},
			"of batch ",
		},
		"one rank's settings": {
			func(c *train.Config, rank int) {
				if rank == 2 {
					c.Batch = -1
				}
			},
			"batch",
		},
		"renorm": {
			func(c *train.Config, _ int) {
				c.Model = func(b *graph.Builder, x *graph.Node) *graph.Node {
					return b.Linear("fc", b.BatchNorm("bn", b.Flatten(x), graph.DefaultRenorm()), 3)
				}
			},
			"bn has renorm to r 3 and d 5",
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "team")
			failures := together(3, func(g cluster.Group) error {
				config := teamConfig(t)
				config.Dir, config.Group, config.Augment, config.Settings.Augment = dir, g, nil, ""
				c.change(&config, g.Rank())
				_, err := train.Run(context.Background(), config)
				return err
			})
			for rank, err := range failures {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("rank %d: got %v, want %q", rank, err, c.want)
				}
				if agreed := (*cluster.Agreed)(nil); !errors.As(err, &agreed) && !errors.Is(err, train.ErrDiverged) {
					t.Errorf("rank %d: %v is not agreed", rank, err)
				}
			}
			if name == "unreadable" && failures[0] != nil && !strings.HasPrefix(failures[0].Error(), "train: epoch 1, step ") {
				t.Errorf("got %v, want the step", failures[0])
			}
		})
	}
}

// classless is a data set of which so many samples have labels that are classes.
type classless struct {
	data.Dataset
	good int64
	read atomic.Int64
}

func (c *classless) Read(i int, x []float32) (int32, error) {
	label, err := c.Dataset.Read(i, x)
	if c.read.Add(1) > c.good {
		label = int32(c.Classes())
	}
	return label, err
}

// TestTeamAskedEarly asks a rank to stop before the run begins: all end, and there is no folder.
func TestTeamAskedEarly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "team")
	for rank, err := range together(2, func(g cluster.Group) error {
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		if g.Rank() == 1 {
			stop()
		}
		c := teamConfig(t)
		c.Dir, c.Group = dir, g
		_, err := train.Run(ctx, c)
		return err
	}) {
		if agreed := (*cluster.Agreed)(nil); !errors.As(err, &agreed) || !strings.Contains(err.Error(), "context canceled") {
			t.Errorf("rank %d: got %v, want an agreed end", rank, err)
		}
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("there is a folder")
	}
}

// unreadable is a data set of which so many samples can be read.
type unreadable struct {
	data.Dataset
	good int64
	read atomic.Int64
}

func (u *unreadable) Read(i int, x []float32) (int32, error) {
	if u.read.Add(1) > u.good {
		return 0, errors.New("no such disk")
	}
	return u.Dataset.Read(i, x)
}
