package train

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"anneal/internal/folderlock"
	"anneal/internal/plural"
	"anneal/internal/safetensors"
	"anneal/runs"
	"anneal/weights"
)

// Resume continues the run in the folder from, at its last checkpoint. It ends with the same bits as a run that was
// never stopped, wherever and however the run stopped: parameters, solver's state, and metrics.jsonl except for the
// seconds. That holds on processors that use the same kernels; if they are others, one of Start's Warnings says so.
// from may also name one of the checkpoints in the folder. Resume then removes those of later steps, except for the
// best one. In either case it first removes the lines of metrics.jsonl that came after the checkpoint.
//
// c must be what it was when the run began: Resume compares it with config.json, data and all, and its error lists
// what differs. Only Epochs may be more than before, and LogEvery, SaveEvery, Keep and Observers may be others; Notes
// are added to those in config.json, which keeps its About. Dir is not used, and Init is not read again. c.Params must
// be of the same type and seed as before; their values become the checkpoint's.
//
// A run that has come to its end, or stopped early, ends at once. One that another program still runs is an error.
// The state of Gorgonia's own solvers (solvers.Stock) cannot be read, so their runs cannot be resumed.
func Resume(ctx context.Context, c Config, from string) (*Result, error) {
	c = c.ofRank()
	from, forget, err := c.sendFolder(ctx, from)
	if err != nil {
		return nil, err
	}
	defer forget()
	c.Dir = runs.Folder(from)
	checkpoint := from
	if c.Dir == from {
		checkpoint = filepath.Join(c.Dir, runs.LastFile)
	}
	unlock, err := folderlock.Lock(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("train: resume: %w", err)
	}
	defer unlock()
	r, err := c.restore(ctx, checkpoint)
	if r != nil {
		defer r.close()
	}
	if err = c.agree(ctx, cmp.Or(err, ctx.Err())); err != nil {
		return nil, err
	}
	if ctx, err = r.begin(ctx); err != nil {
		return nil, err
	}
	if r.team != nil && r.team.Rank() > 0 {
		r.close() // the copy of the folder
		r.Dir, r.metrics = "", nil
	}
	return r.toEnd(ctx)
}

// restore prepares a run to continue from a checkpoint.
func (c Config) restore(ctx context.Context, checkpoint string) (*run, error) {
	was, err := runs.ReadRecord(c.Dir)
	if err != nil {
		return nil, err
	}
	file, config, at, err := readCheckpoint(checkpoint)
	if err != nil {
		return nil, fmt.Errorf("train: resume: %w%s", err, instead(c.Dir))
	}
	// Epochs may be more in config.json, if the run was resumed and stopped before the next checkpoint.
	if d := was.Differences(config, "epochs", "steps"); len(d) > 0 {
		return nil, fmt.Errorf("train: resume: %s was changed after %s had been written: %s",
			filepath.Join(c.Dir, runs.ConfigFile), checkpoint, strings.Join(d, "; "))
	}

	c.Init, c.InitOnly, c.Reinit = "", nil, nil
	late := was.ChooseBy == runs.ByNothing && len(c.Choosers()) > 0 // the error below lists what chooses now
	if (c.ChooseBy == "" || c.ChooseBy == runs.ByNothing) && (was.ChooseBy == "" || late) {
		c.ChooseBy = runs.ByTest // older versions of the program chose so, and did not record it
	}
	c.fitted, c.separate = was.TotalSteps, was.Resampling == ""
	r, err := c.prepare()
	if err != nil {
		return nil, err
	}
	if _, err := r.solver.State(); err != nil {
		return nil, fmt.Errorf("train: resume: %w", err)
	}
	is, err := r.newRecord(ctx)
	if err != nil {
		return nil, err
	}
	is.Init = was.Init
	keepData(is, was)
	d := is.Differences(was, "epochs", "steps")
	if is.Epochs < was.Epochs {
		d = append(d, fmt.Sprintf("epochs is %d and was %d, and may only be more", is.Epochs, was.Epochs))
	}
	if len(d) > 0 {
		return nil, fmt.Errorf("train: resume %s: a run continues only with its own settings: %s; "+
			"leave them as they were, or start another run from the weights of this one", c.Dir, strings.Join(d, "; "))
	}
	if err := r.resume(file, at); err != nil {
		return nil, fmt.Errorf("train: resume: %s: %w", checkpoint, err)
	}
	seal, err := runs.ParseSeal(file.Metadata)
	if err != nil {
		return nil, fmt.Errorf("train: resume: %s: %w", checkpoint, err)
	}
	r.decisive, r.changes, r.warnings = is.Decisive(), changes(was, is, r.stoppedEarly()), newVersions(was, is)
	var epochs []runs.Epoch
	if r.metrics, epochs, err = rewind(c.Dir, checkpoint, at, seal); err != nil {
		return nil, fmt.Errorf("train: resume: %w", err)
	}
	r.result.Epochs = epochs
	r.at.Choice = runs.Choose(epochs, r.ChooseBy, r.Best) // older versions of the program did not keep it
	is.About, is.Versions = was.About, was.Versions
	is.Notes = make(map[string]any)
	maps.Copy(is.Notes, was.Notes)
	maps.Copy(is.Notes, c.Notes)
	if err := is.Write(c.Dir); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

// instead names the newest checkpoint in a folder that is whole, for an error about another one.
func instead(dir string) string {
	files := []string{runs.LastFile, runs.BestFile}
	kept, _ := runs.OlderSteps(dir) // none will do
	for _, step := range kept {
		files = append(files, runs.StepFile(step))
	}
	newest, text := -1, ""
	for _, name := range files {
		path := filepath.Join(dir, name)
		if _, _, at, err := readCheckpoint(path); err == nil && at.Step > newest {
			newest, text = at.Step, fmt.Sprintf("; %s is intact: resume from it to continue after step %d", path, at.Step)
		}
	}
	return text
}

// resume puts r where the checkpoint was written.
func (r *run) resume(f *safetensors.File, at runs.Progress) error {
	if err := weights.Restore(f, r.Params); err != nil {
		return err
	}
	state, err := solverState(f)
	if err != nil {
		return err
	}
	if err := r.solver.Restore(state); err != nil {
		return err
	}
	if err := r.scheduler.restore(at.Plateaus); err != nil {
		return err
	}
	r.scheduler.scale = at.Scale
	if err := r.patience.restore(at.Patience); err != nil {
		return err
	}
	if err := r.average.restore(f, at.Averaged); err != nil {
		return err
	}
	if at.Seed != r.Params.Seed() {
		return fmt.Errorf("dropout draws from seed %d, want %d as before", r.Params.Seed(), at.Seed)
	}
	batches := r.loader.Batches()
	counted := (at.Epoch-1)*r.Updates(batches) + r.Updates(at.Batch)
	whole := at.Step == counted && (at.Batch%r.Accumulate == 0 || at.Batch == batches) ||
		at.Step == r.TotalSteps && at.Batch == 0
	if at.Batch < 0 || at.Batch > batches || at.Lines < 0 || at.Step < 0 || at.Step > r.TotalSteps || !whole {
		return fmt.Errorf("step %d, epoch %d, batch %d: not a place in a run of %s, %d an epoch",
			at.Step, at.Epoch, at.Batch, plural.Of(r.TotalSteps, "step"), r.Updates(batches))
	}
	r.at, r.saved = at, at.Step
	return nil
}

// changes lists the settings that a resumed run changes, and what follows from that. stopped tells that it had
// stopped early.
func changes(was, is *runs.Record, stopped bool) []string {
	var list []string
	if is.Epochs > was.Epochs {
		effect := fmt.Sprintf("it continues as if it had been %d from the start", is.Epochs)
		if stopped {
			effect = fmt.Sprintf("it stopped early, after %s without an improvement, and does not continue",
				plural.Of(is.Patience, "epoch"))
		}
		list = append(list, fmt.Sprintf("epochs %d → %d; %s", was.Epochs, is.Epochs, effect))
	}
	if is.LogEvery != was.LogEvery {
		list = append(list, fmt.Sprintf("log_every %d → %d; from here on metrics.jsonl has steps at this interval",
			was.LogEvery, is.LogEvery))
	}
	return list
}

// newVersions lists the versions of a resumed run that differ from those that it began with.
func newVersions(was, is *runs.Record) []string {
	var list []string
	for _, key := range slices.Sorted(maps.Keys(is.Versions)) {
		a, b := was.Versions[key], is.Versions[key]
		if key == nadamKey && a == "" {
			list = append(list, "the run began with NAdam as in PyTorch 1.13, which had a factor twice; "+
				"from here on it moves the weights as PyTorch 2 does")
			continue
		}
		if a != b && !(key == kernelsKey && sameBits(a, b)) {
			list = append(list, fmt.Sprintf("changed since the run began: %s %s → %s; "+
				"from here on the numbers may differ in their last bits", key, a, b))
		}
	}
	return list
}

// sameBits reports whether two families of kernels compute the same bits, as AVX2 and AVX-512 do. Records of older
// versions of the program have none.
func sameBits(was, is string) bool {
	simd := []string{"avx2", "avx512"}
	return was == "" || slices.Contains(simd, was) && slices.Contains(simd, is)
}
