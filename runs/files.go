package runs

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// The files of a run's folder. A checkpoint is a safetensors file with the parameters under their names and
// everything else that train.Resume needs.
const (
	ConfigFile  = "config.json"       // a Record
	MetricsFile = "metrics.jsonl"     // see Metrics
	LastFile    = "last.safetensors"  // the newest checkpoint
	BestFile    = "best.safetensors"  // the checkpoint of the best epoch; there if something chooses: see Choose
	FinalFile   = "final.safetensors" // the parameters and nothing else, there only if the run ended without an error

	EMAFile      = "ema.safetensors" // like FinalFile, with the moving average; there with FinalFile if the run has one
	SWAFile      = "swa.safetensors" // likewise with the equal average, if the run came to the first epoch of it
	MistakesFile = "mistakes.json"   // see Mistakes; there with FinalFile

	AugmentedFile = "augmented.json" // see Augmented; there from the start if training augments pictures
)

// The most bytes that such files may have, as far as they are read whole.
const (
	MaxRecord   = 64 << 20 // config.json and study.json
	maxLines    = 2 << 30  // metrics.jsonl
	maxPictures = 1 << 30  // mistakes.json and augmented.json
)

// StepFile returns the name of an older checkpoint, which was written after this step.
func StepFile(step int) string { return fmt.Sprintf("step-%08d.safetensors", step) }

// Folder returns the folder of the run that path names, by itself or by a checkpoint in it.
func Folder(path string) string {
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
		return filepath.Dir(path)
	}
	return path
}

// OlderSteps lists the steps of the older checkpoints in a folder, in order.
func OlderSteps(dir string) ([]int, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var list []int
	for _, e := range entries {
		number, _ := strings.CutPrefix(e.Name(), "step-")
		number, _ = strings.CutSuffix(number, ".safetensors")
		if step, err := strconv.Atoi(number); err == nil && e.Name() == StepFile(step) {
			list = append(list, step)
		}
	}
	slices.Sort(list)
	return list, nil
}
