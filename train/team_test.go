package train_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"anneal/cluster"
	"anneal/data"
	"anneal/graph"
	"anneal/internal/safetensors"
	"anneal/internal/stream"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
	"anneal/weights"
)

// together calls do in all ranks of a group, each of which closes the group with its error, and returns the errors.
func together(ranks int, do func(cluster.Group) error) []error {
	failures := make([]error, ranks)
	var all sync.WaitGroup
	for r, g := range cluster.Local(ranks, time.Minute) {
		all.Go(func() {
			failures[r] = do(g)
			if failures[r] != nil {
				g.Close(failures[r])
			}
		})
	}
	all.Wait()
	return failures
}

// runTogether does a run in a team, and returns the SHA-256 of each file of weights that it leaves. config returns a
// new one for each rank.
func runTogether(t rapid.TB, ranks int, dir string, config func() train.Config) map[string]string {
	t.Helper()
	err := errors.Join(together(ranks, func(g cluster.Group) error {
		c := config()
		c.Dir, c.Group = dir, g
		_, err := train.Run(context.Background(), c)
		return err
	})...)
	if err != nil {
		t.Fatal(err)
	}
	return hashes(t, dir)
}

// hashes returns the SHA-256 of the files of weights in a folder, without the time that a checkpoint within an epoch
// says the epoch has taken.
func hashes(t rapid.TB, dir string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]string{}
	for _, path := range files {
		f, err := safetensors.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		if progress, ok := f.Metadata[weights.ProgressKey]; ok {
			f.Metadata[weights.ProgressKey] = timeOf.ReplaceAllString(progress, "")
		}
		content, err := f.EncodeChecked()
		if err != nil {
			t.Fatal(err)
		}
		sums[filepath.Base(path)] = fmt.Sprintf("%x", sha256.Sum256(content))
	}
	return sums
}

var timeOf = regexp.MustCompile(`"train_seconds":[^,}]*`)

// pictures is a data set of n noisy 8x8 images in 3 classes.
func pictures(t rapid.TB, n int) *data.Memory {
	r := stream.New(7, "pictures")
	pixels, labels := make([]float32, 64*n), make([]int32, n)
	for i := range labels {
		labels[i] = int32(i % 3)
		for j := range 64 {
			pixels[64*i+j] = float32(0.5 * r.NormFloat64())
			if j/8/2 == i%3 {
				pixels[64*i+j]++
			}
		}
	}
	d, err := data.NewMemory([3]int{1, 8, 8}, 3, pixels, labels)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// smallLeNetBN is lenet-bn for 8x8 images, with dropout.
func smallLeNetBN(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.MaxPool2D(b.ReLU(b.BatchNorm("conv1_bn", b.Conv2D("conv1", x, 4, 3))), 2)
	h = b.ReLU(b.BatchNorm("conv2_bn", b.Conv2D("conv2", h, 6, 3)))
	h = b.Dropout("drop", b.ReLU(b.Linear("fc1", b.Flatten(h), 9)), 0.2)
	return b.Linear("fc2", h, 3)
}

// groupNormResNet is a residual network with GroupNorm.
func groupNormResNet(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.ReLU(b.GroupNorm("gn0", b.Conv2D("conv0", x, 4, 3, graph.Padding(1)), 2))
	r := b.ReLU(b.GroupNorm("gn1", b.Conv2D("conv1", h, 4, 3, graph.Padding(1)), 2))
	h = b.ReLU(b.Add(h, b.GroupNorm("gn2", b.Conv2D("conv2", r, 4, 3, graph.Padding(1)), 2)))
	return b.Linear("fc", b.Flatten(b.MaxPool2D(h, 2)), 3)
}

// teamConfig is a run of 2 epochs of 8 batches, 3 to an update: the last update of an epoch has 2, and the last batch 2
// samples of 4.
func teamConfig(t rapid.TB) train.Config {
	return train.Config{
		Model: smallLeNetBN, Train: pictures(t, 30), Test: pictures(t, 11), Solver: solvers.SGD{LR: 0.05, Momentum: 0.9},
		Settings: train.Settings{
			Epochs: 2, Batch: 4, Accumulate: 3, EvalBatch: 3, LogEvery: 1, Augment: "RandomHorizontalFlip(0.5)", EMA: 0.9,
			Best: runs.ByLoss, Valid: 4,
		},
	}
}

// teamConfigs are kinds of runs.
var teamConfigs = map[string]func(*train.Config){
	"lenet-bn, SGD": func(c *train.Config) {},
	"lenet-bn, Adam": func(c *train.Config) {
		a := solvers.Default[solvers.Adam]()
		c.Solver, c.Tuning = a, solvers.Tuning{ClipNorm: 1}
		c.Schedule, c.Interval = schedules.ExponentialLR{Gamma: 0.9}, runs.PerStep
	},
	"GroupNorm, SGD": func(c *train.Config) { c.Model = groupNormResNet },
	"GroupNorm, Adam, SWA, plateau": func(c *train.Config) {
		c.Model, c.Solver, c.EMA, c.SWA = groupNormResNet, solvers.Default[solvers.Adam](), 0, 1
		c.Schedule, c.Metrics = schedules.Default[schedules.ReduceLROnPlateau](), nil
		c.Settings.Metrics, c.SaveEvery = "f1", 2
	},
	"every norm, mixed": func(c *train.Config) {
		c.Model = func(b *graph.Builder, x *graph.Node) *graph.Node {
			h := b.ReLU(b.BatchNorm("bn", b.Conv2D("conv", x, 4, 3), graph.Ghost(2)))
			h = b.InstanceNorm("in", h, graph.TrackStats(0.2))
			h = b.BatchNorm("moving", h, graph.MomentumSchedule(schedules.ExponentialLR{Gamma: 0.9}))
			return b.Linear("fc", b.Flatten(h), 3)
		}
		c.Augment, c.DropLast = nil, true
		c.Settings.Augment, c.Diagnostics = "MixUp(alpha=0.4)", true
	},
	"one batch": func(c *train.Config) { c.Accumulate = 1 },
}

// TestTeamComputesTheSame compares all weights and metrics.jsonl that a run leaves with what one process leaves, for
// several numbers of ranks, more than there are batches in an update among them.
func TestTeamComputesTheSame(t *testing.T) {
	for name, change := range teamConfigs {
		t.Run(name, func(t *testing.T) {
			config := func() train.Config {
				c := teamConfig(t)
				change(&c)
				return c
			}
			alone := config()
			alone.Dir = filepath.Join(t.TempDir(), "alone")
			if _, err := train.Run(t.Context(), alone); err != nil {
				t.Fatal(err)
			}
			want := hashes(t, alone.Dir)
			counts := []int{1, 2, 3, 4, 5, 7}
			if testing.Short() {
				counts = []int{2, 4}
			}
			for _, ranks := range counts {
				dir := filepath.Join(t.TempDir(), "team")
				got := runTogether(t, ranks, dir, config)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%d ranks (-alone +team):\n%s", ranks, diff)
				}
				if diff := cmp.Diff(lines(t, alone.Dir), withoutExchange(lines(t, dir))); diff != "" {
					t.Errorf("%d ranks: metrics.jsonl (-alone +team):\n%s", ranks, diff)
				}
			}
		})
	}
}

func withoutExchange(lines []map[string]any) []map[string]any {
	for _, l := range lines {
		delete(l, "exchange_seconds")
	}
	return lines
}

// TestTeamProperty draws batch, accumulation, samples and ranks.
func TestTeamProperty(t *testing.T) {
	small := func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.Linear("fc", b.Dropout("drop", b.BatchNorm("bn", b.Flatten(x)), 0.2), 3)
	}
	rapid.Check(t, func(t *rapid.T) {
		n, batch := rapid.IntRange(2, 30).Draw(t, "samples"), rapid.IntRange(2, 8).Draw(t, "batch")
		if n%batch == 1 {
			n++ // a batch of one sample has no variance
		}
		accumulate, ranks := rapid.IntRange(1, 6).Draw(t, "accumulate"), rapid.IntRange(1, 7).Draw(t, "ranks")
		run := func(g cluster.Group) (string, error) {
			result, err := train.Run(context.Background(), train.Config{
				Model: small, Train: pictures(t, n), Test: pictures(t, 5), Solver: solvers.SGD{LR: 0.05, Momentum: 0.9},
				Settings: train.Settings{Epochs: 1, Batch: batch, Accumulate: accumulate, EvalBatch: 2}, Group: g,
			})
			if err != nil {
				return "", err
			}
			texts := fmt.Sprint(result.Epochs[0].TrainLoss, result.Epochs[0].TestLoss)
			for _, p := range weights.Tensors(result.Params, "") {
				texts += fmt.Sprintf(" %s %x", p.Name, sha256.Sum256(p.Data))
			}
			return texts, nil
		}
		want, err := run(nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range together(ranks, func(g cluster.Group) error {
			if got, err := run(g); err != nil || got != want {
				return fmt.Errorf("%v: got %s, %w, want %s", g, got, err, want)
			}
			return nil
		}) {
			if err != nil {
				t.Error(err)
			}
		}
	})
}

// TestTeamResumes stops a run in a rank other than 0, and resumes it with other numbers of ranks.
func TestTeamResumes(t *testing.T) {
	straight := teamConfig(t)
	straight.Dir = filepath.Join(t.TempDir(), "straight")
	if _, err := train.Run(t.Context(), straight); err != nil {
		t.Fatal(err)
	}
	want := hashes(t, straight.Dir)
	dir := filepath.Join(t.TempDir(), "stopped")
	for part, ranks := range []int{3, 2, 1, 4} {
		err := errors.Join(together(ranks, func(g cluster.Group) error {
			ctx, stop := context.WithCancel(context.Background())
			defer stop()
			c := teamConfig(t)
			c.Dir, c.Group = dir, g
			var left atomic.Int64
			left.Store(62)
			if g.Rank() == ranks-1 && part < 3 {
				c.Train = asking{c.Train, stop, &left}
			}
			run := train.Run
			if part > 0 {
				run = resume
			}
			result, err := run(ctx, c)
			if err == nil && part < 3 && result.End.Reason != runs.Interrupted {
				return fmt.Errorf("rank %d ended as %s", g.Rank(), result.End.Reason)
			}
			return err
		})...)
		if err != nil {
			t.Fatalf("part %d: %v", part, err)
		}
	}
	if diff := cmp.Diff(want, hashes(t, dir)); diff != "" {
		t.Errorf("-straight +resumed:\n%s", diff)
	}
}

// asking is a data set that asks the run to stop when so many samples have been read.
type asking struct {
	data.Dataset
	stop func()
	left *atomic.Int64
}

func (s asking) Read(i int, x []float32) (int32, error) {
	if s.left.Add(-1) == 0 {
		s.stop()
	}
	return s.Dataset.Read(i, x)
}
