// Command finder checks the learning rates that package finder recommends.
//
// For four networks, MNIST and Fashion-MNIST, and seeds 1 to 5 it finds a rate for SGD with momentum 0.9 and batches of
// 64, trains two epochs at it, and compares the test accuracy with the best of a grid of rates, six per decade. It also
// trains with the rate as the max_lr of a OneCycleLR over the two epochs. The test samples only judge the finder: no
// rate is chosen by them.
//
//	go run ./bench/finder --out DIR
//
// Every run that ends adds a line to DIR/runs.tsv, and the same command goes on after the last one. It ends with tables
// of accuracies and of distances in percentage points. The exit code is 1 if a network collapsed, or if the accuracy at
// the recommended rates, as a mean over the seeds, is more than 0.3 points below that at the best rate of the grid.
package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"os/signal"
	"strconv"
	"strings"

	"anneal/data"
	"anneal/finder"
	"anneal/models"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
)

const (
	epochs = 2
	most   = 0.3 // points below the best of the grid
)

func main() {
	out := flag.String("out", "", "the folder for runs.tsv")
	names := flag.String("models", "lenet,lenet-bn,mlp,mlp-bn", "the networks")
	sets := flag.String("data", "mnist=,fashion=/usr/share/datasets/fashion-mnist",
		"names and folders of data sets; no folder is MNIST")
	seeds := flag.Int("seeds", 5, "the number of seeds")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	missed, err := check(ctx, *out, strings.Split(*names, ","), strings.Split(*sets, ","), *seeds)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "finder:", err)
		os.Exit(2)
	case missed:
		os.Exit(1)
	}
}

// check runs what is not in the folder's ledger yet, and prints the table.
func check(ctx context.Context, out string, names, sets []string, seeds int) (missed bool, err error) {
	if out == "" {
		return false, fmt.Errorf("--out is empty: give it a folder")
	}
	l, err := openLedger(out)
	if err != nil {
		return false, err
	}
	defer l.close()
	var cases []*testCase
	for _, set := range sets {
		name, folder, _ := strings.Cut(set, "=")
		pair, err := data.Load(ctx, folder)
		if err != nil {
			return false, err
		}
		for _, model := range names {
			for seed := range uint64(seeds) {
				cases = append(cases, &testCase{row: row{model: model, set: name, seed: seed + 1}, pair: pair, ledger: l})
			}
		}
	}
	for _, part := range []func(*testCase, context.Context) error{(*testCase).recommended, (*testCase).grid} {
		for _, c := range cases {
			if err := part(c, ctx); err != nil {
				return false, fmt.Errorf("%s on %s, seed %d: %w", c.model, c.set, c.seed, err)
			}
		}
	}
	return print(cases), nil
}

// testCase is a network, a data set and a seed, with what became of them.
type testCase struct {
	row
	pair   *data.Pair
	ledger *ledger
}

// recommended finds a rate and trains with it.
func (c *testCase) recommended(ctx context.Context) (err error) {
	if c.rate, err = c.find(ctx); err != nil || c.rate == 0 {
		return err
	}
	steps := epochs * ((c.pair.Train.Len() + 63) / 64)
	cycle, err := schedules.Parse(fmt.Sprintf("OneCycleLR(max_lr=%v, total_steps=%d)", c.rate, steps))
	if err != nil {
		return err
	}
	if c.constant, err = c.train(ctx, "constant", c.rate, nil); err != nil {
		return err
	}
	c.cycle, err = c.train(ctx, "onecycle", c.rate, cycle)
	return err
}

// rates returns the rates of the grid: six per decade from 0.01 to 0.464.
func rates() (all []float64) {
	for k := -12; k <= -2; k++ {
		r, _ := strconv.ParseFloat(fmt.Sprintf("%.3g", math.Pow(10, float64(k)/6)), 64) // of what was just printed
		all = append(all, r)
	}
	return all
}

// grid trains at all rates of the grid.
func (c *testCase) grid(ctx context.Context) (err error) {
	c.accuracies = make(map[float64]float64)
	for _, rate := range rates() {
		if c.accuracies[rate], err = c.train(ctx, "constant", rate, nil); err != nil {
			return err
		}
		if c.accuracies[rate] > c.best {
			c.best, c.bestRate = c.accuracies[rate], rate
		}
	}
	return nil
}

// find returns the recommended rate.
func (c *testCase) find(ctx context.Context) (float64, error) {
	return c.ledger.get(c.key("find", 0), func() (float64, error) {
		model, err := models.Get(c.model)
		if err != nil {
			return 0, err
		}
		part, valid, err := data.Split(c.pair.Train, float64(data.ValidationSize(c.pair.Train.Len())), 0)
		if err != nil {
			return 0, err
		}
		r, err := finder.Find(ctx, finder.Search{
			Model: model, Train: part, Valid: valid, Solver: solvers.SGD{LR: 0.1, Momentum: 0.9}, Seed: c.seed,
		})
		if err != nil {
			return 0, err
		}
		return r.Best, nil
	})
}

// train returns the test accuracy after training.
func (c *testCase) train(ctx context.Context, kind string, rate float64, s schedules.Schedule) (float64, error) {
	return c.ledger.get(c.key(kind, rate), func() (float64, error) {
		model, err := models.Get(c.model)
		if err != nil {
			return 0, err
		}
		result, err := train.Run(ctx, train.Config{
			Model: model, Train: c.pair.Train, Test: c.pair.Test,
			Solver: solvers.SGD{LR: rate, Momentum: 0.9}, Schedule: s,
			Settings: train.Settings{Epochs: epochs, Batch: 64, Seed: c.seed, Interval: runs.PerStep},
		})
		switch {
		case result != nil && result.End.Reason == runs.Diverged:
			return 0, nil
		case err != nil:
			return 0, err
		case result.End.Reason != runs.Completed:
			return 0, ctx.Err()
		}
		return result.Epochs[epochs-1].TestAccuracy, nil
	})
}

// key names a run.
func (c *testCase) key(kind string, rate float64) string {
	return strings.Join([]string{c.set, c.model, fmt.Sprint(c.seed), kind, strconv.FormatFloat(rate, 'g', -1, 64)}, "\t")
}
