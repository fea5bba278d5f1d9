package train

import (
	"context"
	"slices"
	"testing"

	"anneal/data"
	"anneal/data/augment"
	"anneal/graph"
	"anneal/runs"
	"anneal/solvers"
)

// A run of an older version of the program, whose record does not say that affine parts are one map, continues as it
// began. A new one says so.
func TestOldAffinesResume(t *testing.T) {
	pixels, labels := make([]float32, 10*36), make([]int32, 10)
	for i := range pixels {
		pixels[i], labels[i/36] = float32(i*i%17)/17, int32(i/36%3)
	}
	set, err := data.NewMemory([3]int{1, 6, 6}, 3, pixels, labels)
	if err != nil {
		t.Fatal(err)
	}
	model := func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", b.Flatten(x), 3) }
	final := func(spec string, separate bool, pieces ...int) []float32 {
		t.Helper()
		steps, err := augment.Parse(spec)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		var result *Result
		for i, epochs := range pieces {
			c := Config{
				Model: model, Train: set, Test: set, Solver: solvers.SGD{LR: 0.1}, Augment: steps, Dir: dir,
				Settings: Settings{Epochs: epochs, Batch: 4},
			}
			if i == 0 {
				c.separate = separate
				result, err = Run(context.Background(), c)
			} else {
				result, err = Resume(context.Background(), c, dir)
			}
			if err != nil {
				t.Fatal(err)
			}
			record, err := runs.ReadRecord(dir)
			if err != nil || (record.Resampling == "") != (separate || !steps.Merges()) {
				t.Errorf("%s, separate %v: recorded %q, %v", spec, separate, record.Resampling, err)
			}
		}
		return result.Params.Trainable()[0].Value().Data().([]float32)
	}
	const affines = "Compose([RandomRotation(40), RandomAffine(40)])"
	once, separate := final(affines, false, 3), final(affines, true, 3)
	if slices.Equal(once, separate) {
		t.Error("separate resampling makes no difference")
	}
	if !slices.Equal(final(affines, false, 1, 3), once) || !slices.Equal(final(affines, true, 1, 3), separate) {
		t.Error("a resumed run has other weights")
	}
	// Older versions had no other affine parts, so these are one map in every run.
	for _, spec := range []string{
		"Compose([RandomRotation(40), RandomCrop(6, padding=2)])", "RandAugment(num_ops=4)",
		"Compose([RandomRotation(40), RandomApply([RandomAffine(40)], p=0.9)])",
	} {
		if !slices.Equal(final(spec, false, 1, 3), final(spec, false, 3)) {
			t.Errorf("%s: a resumed run has other weights", spec)
		}
	}
}
