package train

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// ReadMetrics reads what the metrics.jsonl in a run's folder tells of the run so far: Steps, Epochs, Controls and, of a run that is over,
// an End. An Epoch's Correct and Total are not in there. A last line that is cut off, as when the disk was full, is left out.
// A folder without the file, and any other damage, are errors.
func ReadMetrics(dir string) ([]Event, error) {
	path := filepath.Join(dir, MetricsFile)
	rest, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("train: not the folder of a run: %w", err)
	}
	var events []Event
	for n := 1; ; n++ {
		line, after, whole := bytes.Cut(rest, []byte("\n"))
		if !whole {
			return events, nil
		}
		e, err := parseEvent(line)
		if err != nil {
			return nil, fmt.Errorf("train: %s: line %d: got %.40q, want an event as JSON: the file is damaged: %w", path, n, line, err)
		}
		if e != nil {
			events = append(events, e)
		}
		rest = after
	}
}

// parseEvent reads a line, or returns nil if it is an event of a kind that this program does not know.
func parseEvent(line []byte) (Event, error) {
	var kind struct {
		Event string `json:"event"`
	}
	if err := json.Unmarshal(line, &kind); err != nil {
		return nil, err
	}
	switch kind.Event {
	case "step":
		return decodeEvent[Step](line)
	case "epoch":
		return decodeEvent[Epoch](line)
	case "diagnostics":
		return decodeEvent[Diagnostics](line)
	case "control":
		return decodeEvent[Control](line)
	case "end":
		return decodeEvent[End](line)
	}
	return nil, nil
}

func decodeEvent[E Event](line []byte) (Event, error) {
	var e E
	err := json.Unmarshal(line, &e)
	return e, err
}
