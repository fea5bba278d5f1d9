package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"anneal/graph"
	"anneal/internal/atomicfile"
	"anneal/internal/bounded"
	"anneal/internal/safetensors"
	"anneal/runs"
	"anneal/solvers"
	"anneal/weights"
)

// checkpoint returns the content of a checkpoint of this moment.
func (r *run) checkpoint() ([]byte, error) {
	if r.clock.running() {
		r.at.Seconds = seconds(r.clock.started)
	}
	r.at.Plateaus, r.at.Scale = r.scheduler.state(), r.scheduler.scale
	seal := r.metrics.sealer.Seal()
	r.at.Patience, r.at.Lines = r.patience.state(), r.metrics.sealer.Lines()
	progress, err := json.Marshal(r.at)
	if err != nil {
		return nil, err
	}
	f := &safetensors.File{
		Tensors: append(weights.Tensors(r.Params, ""), r.average.state(r.at.Averaged)...),
		Metadata: map[string]string{
			weights.RecordKey: r.decisive.JSON(), weights.ProgressKey: string(progress), runs.SealKey: seal.String(),
		},
	}
	state, err := r.solver.State()
	if err != nil && !errors.Is(err, solvers.ErrNoState) { // Resume reports ErrNoState
		return nil, err
	}
	for _, t := range state {
		f.Tensors = append(f.Tensors, weights.Tensor(weights.SolverPrefix+t.Name, t.Shape, t.Data))
	}
	return f.EncodeChecked()
}

// save writes the checkpoint of this moment, which best says is the best so far.
func (r *run) save(best bool) error {
	if r.Dir == "" {
		return nil
	}
	content, err := r.checkpoint()
	if err == nil {
		err = r.metrics.Sync() // a checkpoint never knows of more lines than there are
	}
	what := fmt.Sprintf("checkpoint after step %d", r.at.Step)
	if err == nil {
		err = r.patiently(what, func() error { return r.place(content, best) })
	}
	if err != nil {
		return fmt.Errorf("train: %s: %w", what, err)
	}
	r.saved = r.at.Step
	return nil
}

// place writes the files of a checkpoint. After an error, place may be called again.
func (r *run) place(content []byte, best bool) error {
	if best {
		// A run that is killed after this continues from the last checkpoint, and writes the same again.
		if err := atomicfile.Write(filepath.Join(r.Dir, runs.BestFile), content); err != nil {
			return err
		}
	}
	if r.Keep > 0 {
		if err := r.keep(); err != nil {
			return err
		}
	}
	return atomicfile.Write(filepath.Join(r.Dir, runs.LastFile), content)
}

// saveFinal saves the parameters with the run's settings, and likewise their average.
func (r *run) saveFinal() error {
	if r.Dir == "" {
		return nil
	}
	seal := map[string]string{runs.SealKey: r.metrics.sealer.Seal().String()}
	for _, f := range []struct {
		name   string
		params *graph.Params
	}{{runs.FinalFile, r.Params}, {runs.EMAFile, r.result.EMA}, {runs.SWAFile, r.result.SWA}} {
		if f.params == nil {
			continue
		}
		err := r.patiently(f.name, func() error {
			return weights.SaveWith(filepath.Join(r.Dir, f.name), f.params, r.decisive, seal)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// keep gives the last checkpoint a name of its own, which it keeps when the next takes its place, and removes all but
// the newest of those kept.
func (r *run) keep() error {
	if r.saved < 0 || r.saved == r.at.Step {
		return nil
	}
	last, own := filepath.Join(r.Dir, runs.LastFile), filepath.Join(r.Dir, runs.StepFile(r.saved))
	if err := os.Link(last, own); err != nil && !errors.Is(err, fs.ErrExist) {
		content, err := bounded.ReadFile(last, bounded.Most) // on a file system without links
		if err == nil {
			err = atomicfile.Write(own, content)
		}
		if err != nil {
			return err
		}
	}
	kept, err := runs.OlderSteps(r.Dir)
	for len(kept) > r.Keep && err == nil {
		err = os.Remove(filepath.Join(r.Dir, runs.StepFile(kept[0])))
		kept = kept[1:]
	}
	return err
}

// readCheckpoint reads a checkpoint that must be whole.
func readCheckpoint(path string) (f *safetensors.File, config *runs.Record, at runs.Progress, err error) {
	if f, err = safetensors.Read(path); err != nil {
		return nil, nil, at, err
	}
	if _, ok := f.Metadata[safetensors.ChecksumKey]; !ok {
		return nil, nil, at, fmt.Errorf("%s: not a checkpoint: it has no checksum", path)
	}
	if config, err = runs.ParseRecord([]byte(f.Metadata[weights.RecordKey])); err != nil {
		return nil, nil, at, fmt.Errorf("%s: %s: %w", path, weights.RecordKey, err)
	}
	progress, ok := f.Metadata[weights.ProgressKey]
	if !ok {
		return nil, nil, at, fmt.Errorf("%s: not a checkpoint: it contains only weights", path)
	}
	if err := json.Unmarshal([]byte(progress), &at); err != nil {
		return nil, nil, at, fmt.Errorf("%s: %s: %w", path, weights.ProgressKey, err)
	}
	return f, config, at, nil
}

// solverState returns the solver's state in a checkpoint.
func solverState(f *safetensors.File) ([]solvers.Tensor, error) {
	var state []solvers.Tensor
	for _, t := range weights.Part(f, weights.SolverPrefix).Tensors {
		s := solvers.Tensor{Name: t.Name, Shape: t.Shape}
		var err error
		switch t.DType {
		case safetensors.F32:
			s.Data, err = t.Float32s()
		case safetensors.F64:
			s.Data, err = t.Float64s()
		default:
			s.Data, err = t.Int64s()
		}
		if err != nil {
			return nil, err
		}
		state = append(state, s)
	}
	return state, nil
}
