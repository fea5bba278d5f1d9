package train_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anneal/data"
	"anneal/runs"
	"anneal/solvers"
	"anneal/train"
)

// failing is a data set whose sample 7 can be read so many times, and then no more.
type failing struct {
	data.Dataset
	left int
}

func (f *failing) Read(i int, x []float32) (int32, error) {
	if i == 7 {
		if f.left--; f.left < 0 {
			return 0, os.ErrNotExist
		}
	}
	return f.Dataset.Read(i, x)
}

// A sample that cannot be read ends a run with an error that names it. When it can be read again, the run resumes and
// ends with the weights that it would have had.
func TestUnreadableSample(t *testing.T) {
	for _, c := range []struct {
		name                  string
		accumulate            int
		train, test, validate int // reads of sample 7 that succeed
		want                  string
	}{
		{"training", 1, 4, 100, 100, "train: epoch 3, step "}, // one for the hash, one for dead units
		{"accumulation", 3, 4, 100, 100, "train: epoch 3, step "},
		{"test", 1, 100, 3, 100, "train: epoch 3, test samples: "},
		{"validation", 1, 100, 100, 3, "train: epoch 3, validation samples: "},
		{"before the run", 1, 0, 100, 100, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			sets := [3]*failing{{stripes(t, 40), c.train}, {stripes(t, 30), c.test}, {stripes(t, 20), c.validate}}
			config := func(dir string) train.Config {
				return train.Config{
					Model: noisy, Train: sets[0], Test: sets[1], Validation: sets[2], Dir: filepath.Join(t.TempDir(), dir),
					Solver:   solvers.SGD{LR: 0.05, Momentum: 0.9},
					Settings: train.Settings{Epochs: 4, Batch: 4, Accumulate: c.accumulate, ChooseBy: runs.ByValidation},
				}
			}
			failed := config("failed")
			_, err := train.Run(t.Context(), failed)
			var sample *data.SampleError
			if !errors.As(err, &sample) || sample.Sample != 7 || !errors.Is(err, os.ErrNotExist) ||
				!strings.HasPrefix(err.Error(), c.want) {
				t.Fatalf("got %v, want %s and sample 7", err, c.want)
			}
			for _, set := range sets {
				set.left = 1000
			}
			if c.train == 0 {
				return // there is no run to resume
			}
			if _, err := train.Resume(t.Context(), failed, failed.Dir); err != nil {
				t.Fatal(err)
			}
			straight := config("straight")
			if _, err := train.Run(t.Context(), straight); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(filepath.Join(failed.Dir, runs.FinalFile))
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(filepath.Join(straight.Dir, runs.FinalFile))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s differs from that of a run without a stop", runs.FinalFile)
			}
		})
	}
}
