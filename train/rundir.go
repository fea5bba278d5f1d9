package train

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"anneal/internal/atomicfile"
	"anneal/internal/bounded"
	"anneal/internal/plural"
	"anneal/runs"
)

// metricsFile is an open metrics.jsonl.
type metricsFile struct {
	*os.File
	sealer    runs.Sealer                                 // of the lines in it
	patiently func(what string, write func() error) error // as run.patiently
}

// Write writes a line. If there is no room for all of it, the rest follows when there is.
func (f *metricsFile) Write(line []byte) (int, error) {
	written := 0
	err := f.patiently(runs.MetricsFile, func() error {
		n, err := f.File.Write(line[written:])
		written += n
		return err
	})
	if err == nil {
		f.sealer.Add(line)
	}
	return written, err
}

// claimDir makes the run's folder and in it metrics.jsonl. A folder that has anything in it is an error. undo takes
// back what claimDir and a start that fails after it have made, so that the folder is free for the next start.
func claimDir(dir string) (f *metricsFile, undo func(), err error) {
	missing := missingFolders(dir)
	undo = func() {
		if f != nil {
			f.Close()
		}
		for _, name := range []string{runs.MetricsFile, runs.LastFile, runs.ConfigFile} {
			os.Remove(filepath.Join(dir, name))
		}
		for _, folder := range missing {
			os.Remove(folder) // unless others have put something in
		}
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, nil, fmt.Errorf("train: run folder: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("train: run folder: %w", err)
	}
	// Of two runs that find the folder empty, only one creates the file.
	path := filepath.Join(dir, runs.MetricsFile)
	var metrics *os.File
	if len(entries) == 0 {
		metrics, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	}
	taken := len(entries) > 0 || errors.Is(err, fs.ErrExist)
	switch {
	case taken && exists(path) && !exists(filepath.Join(dir, runs.ConfigFile)):
		return nil, nil, fmt.Errorf("train: %s holds files already, of a run that is just starting or was killed when "+
			"it started: use another folder, or remove this one if no run is starting", dir)
	case taken:
		return nil, nil, fmt.Errorf("train: %s holds files already: use a new or an empty folder, "+
			"since nothing is overwritten", dir)
	case err != nil:
		return nil, nil, fmt.Errorf("train: %w", err)
	}
	return &metricsFile{File: metrics}, undo, nil
}

// missingFolders lists dir and the folders above it, as far as they do not exist.
func missingFolders(dir string) []string {
	var list []string
	for ; !exists(dir) && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		list = append(list, dir)
	}
	return list
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// rewind takes a run's folder back to the moment of one of its checkpoints, after which the run has perhaps come
// further, and opens metrics.jsonl to go on. It also returns the epochs in there. seal is the checkpoint's, nil if it
// has none. A program that is killed meanwhile leaves a run that can be resumed.
func rewind(dir, checkpoint string, at runs.Progress, seal *runs.Seal) (*metricsFile, []runs.Epoch, error) {
	path := filepath.Join(dir, runs.MetricsFile)
	run, content, err := runs.ReadUntil(dir, at.Lines)
	if err != nil {
		return nil, nil, err
	}
	if seal != nil {
		if err := seal.Check(content); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	if n := len(run.Epochs); n != at.Evaluated {
		return nil, nil, fmt.Errorf("%s: got %s in the first %s, want %d: the file is damaged",
			path, plural.Of(n, "epoch"), plural.Of(at.Lines, "line"), at.Evaluated)
	}
	if err := atomicfile.RemoveTemps(dir); err != nil {
		return nil, nil, err
	}
	later, err := runs.OlderSteps(dir)
	if err != nil {
		return nil, nil, err
	}
	gone := []string{runs.FinalFile, runs.EMAFile, runs.SWAFile, runs.MistakesFile}
	for _, step := range later {
		if step > at.Step {
			gone = append(gone, runs.StepFile(step))
		}
	}
	for _, name := range gone {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, err
		}
	}
	if last := filepath.Join(dir, runs.LastFile); checkpoint != last {
		whole, err := bounded.ReadFile(checkpoint, bounded.Most)
		if err == nil {
			err = atomicfile.Write(last, whole)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	if err := atomicfile.Write(path, content); err != nil {
		return nil, nil, err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return nil, nil, err
	}
	f := &metricsFile{File: file}
	f.sealer.Add(content)
	return f, run.Epochs, nil
}
