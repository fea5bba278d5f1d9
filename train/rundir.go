package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// The files of a run's folder.
const (
	ConfigFile  = "config.json"       // a Record
	MetricsFile = "metrics.jsonl"     // see Metrics
	FinalFile   = "final.safetensors" // the parameters, there only if the run ended without an error
)

// openDir makes the run's folder with its config.json and returns the open metrics.jsonl. A folder that has anything in
// it is an error.
func openDir(dir string, record *Record) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("train: run folder: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("train: run folder: %w", err)
	}
	// Of two runs that find the folder empty, only one creates the file.
	path := filepath.Join(dir, MetricsFile)
	var metrics *os.File
	if len(entries) == 0 {
		metrics, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	}
	if len(entries) > 0 || errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("train: run folder %s holds files already: want a new or an empty folder, nothing is overwritten", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	content, err := json.MarshalIndent(record, "", "  ")
	if err == nil {
		err = replace(filepath.Join(dir, ConfigFile), append(content, '\n'))
	}
	if err != nil {
		metrics.Close()
		return nil, fmt.Errorf("train: %s: %w", ConfigFile, err)
	}
	return metrics, nil
}

// replace writes a file so that others see it whole or not at all.
func replace(path string, content []byte) error {
	temp := path + ".tmp"
	f, err := os.Create(temp)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		os.Remove(temp)
	}
	return err
}
