package runs

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"anneal/internal/bounded"
)

// StudyFile is the file that makes a folder that of a study, with the folders of its runs in it; see package study.
const StudyFile = "study.json"

// maxDepth is how far below a folder Find looks for runs.
const maxDepth = 5

// Found is a folder that Find has found.
type Found struct {
	Dir   string // its path, which begins with that of the folder Find was given
	Study string // the Dir of the study that the run is of, "" if it is of none; of a study: its own Dir
	Err   error  // the folder cannot be listed, so runs in it are not found
}

// IsStudy reports whether the folder is that of a study, and not that of a run.
func (f Found) IsStudy() bool { return f.Err == nil && f.Dir == f.Study }

// Find lists the runs and the studies in dir and below, each study before its runs, in the order of their paths. dir
// itself may be one. Find does not follow symbolic links below dir, and skips what begins with a dot. It tells a run by
// its files and does not read them: the folder may be damaged.
func Find(dir string) []Found { return find(dir, "", maxDepth) }

func find(dir, study string, depth int) []Found {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return []Found{{Dir: dir, Study: study, Err: fmt.Errorf("runs: %w", err)}}
	}
	if ofRun(entries) {
		return []Found{{Dir: dir, Study: study}}
	}
	var list []Found
	if hasFile(entries, StudyFile) {
		study = dir
		list = append(list, Found{Dir: dir, Study: dir})
	}
	for _, e := range entries {
		if e.IsDir() && depth > 0 && !strings.HasPrefix(e.Name(), ".") {
			list = append(list, find(filepath.Join(dir, e.Name()), study, depth-1)...)
		}
	}
	return list
}

// ofRun reports whether a folder with these entries is that of a run. Other programs write files of the name
// config.json, too.
func ofRun(entries []fs.DirEntry) bool {
	return hasFile(entries, MetricsFile) ||
		hasFile(entries, ConfigFile) && (hasFile(entries, LastFile) || hasFile(entries, FinalFile))
}

func hasFile(entries []fs.DirEntry, name string) bool {
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == name && e.Type().IsRegular() })
}

// Recognise returns an error unless the program wrote the folder of a run: its config.json is a Record, or its
// metrics.jsonl begins with an event, or is empty, as that of a run that was killed before its first checkpoint.
func Recognise(dir string) error {
	_, err := ReadRecord(dir)
	if err == nil {
		return nil
	}
	content, e := bounded.ReadFile(filepath.Join(dir, MetricsFile), maxLines)
	if e != nil {
		return err
	}
	line, _, whole := bytes.Cut(content, []byte("\n"))
	if !whole {
		if len(content) == 0 {
			return nil
		}
		return err
	}
	if event, e := parseEvent(line); e != nil || event == nil {
		return err
	}
	return nil
}
