package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"anneal/internal/atomicfile"
)

// The files of a run's folder. A checkpoint is a safetensors file with the parameters under their names and all that Resume needs.
const (
	ConfigFile  = "config.json"           // a Record
	MetricsFile = "metrics.jsonl"         // see Metrics
	LastFile    = "last.safetensors"      // the newest checkpoint
	BestFile    = "best.safetensors"      // the checkpoint of the best epoch; see Best
	stepFile    = "step-%08d.safetensors" // an older checkpoint, by its step; see Config.Keep
	FinalFile   = "final.safetensors"     // the parameters and nothing else, there only if the run ended without an error

	EMAFile      = "ema.safetensors" // what FinalFile is, of the moving average; there with Config.EMA if FinalFile is
	MistakesFile = "mistakes.json"   // see Mistakes; there if FinalFile is
)

// metricsFile is an open metrics.jsonl.
type metricsFile struct {
	*os.File
	lines int
}

func (f *metricsFile) Write(line []byte) (int, error) {
	n, err := f.File.Write(line)
	if err == nil {
		f.lines++
	}
	return n, err
}

// claimDir makes the run's folder and in it metrics.jsonl. A folder that has anything in it is an error.
func claimDir(dir string) (*metricsFile, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("train: run folder: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("train: run folder: %w", err)
	}
	// Of two runs that find the folder empty, only one creates the file.
	var metrics *os.File
	if len(entries) == 0 {
		metrics, err = os.OpenFile(filepath.Join(dir, MetricsFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	}
	if len(entries) > 0 || errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("train: run folder %s holds files already: want a new or an empty folder, nothing is overwritten", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	return &metricsFile{File: metrics}, nil
}

// writeConfig writes config.json.
func writeConfig(dir string, record *Record) error {
	content, err := json.MarshalIndent(record, "", "  ")
	if err == nil {
		err = atomicfile.Write(filepath.Join(dir, ConfigFile), append(content, '\n'))
	}
	if err != nil {
		return fmt.Errorf("train: %s: %w", ConfigFile, err)
	}
	return nil
}

// steps are the steps of the older checkpoints in a folder, in order.
func steps(dir string) ([]int, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var list []int
	for _, e := range entries {
		number, _ := strings.CutPrefix(e.Name(), "step-")
		number, _ = strings.CutSuffix(number, ".safetensors")
		if step, err := strconv.Atoi(number); err == nil && e.Name() == fmt.Sprintf(stepFile, step) {
			list = append(list, step)
		}
	}
	slices.Sort(list)
	return list, nil
}

// rewind takes a run's folder back to the moment of one of its checkpoints, after which the run has perhaps come further, and opens
// metrics.jsonl to go on. It also returns the epochs in there. A program that is killed meanwhile leaves a run that can be resumed.
func rewind(dir, checkpoint string, at Progress) (*metricsFile, []Epoch, error) {
	path := filepath.Join(dir, MetricsFile)
	content, epochs, err := readMetrics(path, at)
	if err != nil {
		return nil, nil, err
	}
	if err := atomicfile.RemoveTemps(dir); err != nil {
		return nil, nil, err
	}
	later, err := steps(dir)
	if err != nil {
		return nil, nil, err
	}
	gone := []string{FinalFile, EMAFile, MistakesFile}
	for _, step := range later {
		if step > at.Step {
			gone = append(gone, fmt.Sprintf(stepFile, step))
		}
	}
	for _, name := range gone {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, err
		}
	}
	if last := filepath.Join(dir, LastFile); checkpoint != last {
		whole, err := os.ReadFile(checkpoint)
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
	return &metricsFile{file, at.Lines}, epochs, nil
}
