package runs

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"path/filepath"

	"anneal/internal/bounded"
)

// Metrics returns the observer that writes metrics.jsonl to w, one line of JSON per event, as in
//
//	{"event":"step","epoch":1,"step":100,"seen":6400,"loss":0.2134,"lr":[0.1],"mean_loss":0.7612,"mean_samples":6400}
//	{"event":"epoch","epoch":1,"step":938,"train_loss":0.15,"test_loss":0.05,"test_accuracy":0.985, …}
//	{"event":"diagnostics","epoch":1,"step":938,"layers":[{"layer":"conv1","kind":"Conv2D","weight_norm":1.2, …}]}
//	{"event":"control","epoch":3,"step":2100,"passed":2.24,"action":"rate","lr":[0.01]}
//	{"event":"notice","epoch":2,"step":1876,"kind":"guessing","text":"The network …"}
//	{"event":"end","epochs":10,"best_accuracy":0.9931,"best_epoch":9,"reason":"completed"}
//
// with a step line for every every-th batch of an epoch (none for every < 1). An epoch line also has correct, total,
// lr, train_seconds and test_seconds, confusion (left out above 100 classes), precision and recall (null for a class
// that nothing is taken for, or that does not occur), validation_loss and validation_accuracy if there are validation
// samples, and ema_test_loss, ema_test_accuracy and the like if there is a moving average, or swa_test_loss and the
// like if there is an equal one. The end line also has test_accuracy, that of the last epoch, and choice, the best
// epoch, if something chooses. Numbers are the shortest that read back to the same float64. A line is one Write, so a
// run that is killed leaves whole lines.
func Metrics(w io.Writer, every int) Observer {
	return func(e Event) error {
		if s, ok := e.(Step); ok && !s.Every(every) {
			return nil
		}
		line, err := Marshal(e)
		if err == nil && line != nil {
			_, err = w.Write(append(line, '\n'))
		}
		if err != nil {
			return fmt.Errorf("runs: metrics: %w", err)
		}
		return nil
	}
}

// ReadMetrics returns the events in metrics.jsonl of a run's folder, in order: Steps, Epochs, Diagnostics, Controls,
// Notices and an End. It ignores a last line that is cut off, as when the disk was full, and events of later versions
// of the program. A folder without the file, a field that is missing or that the program does not know, and any other
// damage, are errors. Read also compares the lines with each other and with their Seal.
func ReadMetrics(dir string) ([]Event, error) {
	path := filepath.Join(dir, MetricsFile)
	content, err := bounded.ReadFile(path, maxLines)
	if err != nil {
		return nil, fmt.Errorf("runs: not the folder of a run: %w", err)
	}
	events, _, _, err := parseEvents(content, math.MaxInt)
	if err != nil {
		return nil, fmt.Errorf("runs: %s: %w", path, err)
	}
	return events, nil
}

// parseEvents reads up to limit whole lines, and returns how many there were and their size in bytes.
func parseEvents(content []byte, limit int) (events []Event, lines, size int, err error) {
	rest := content
	for lines < limit {
		line, after, whole := bytes.Cut(rest, []byte("\n"))
		if !whole {
			break
		}
		lines++
		e, err := parseEvent(line)
		if err != nil {
			return nil, 0, 0, fmt.Errorf("line %d: got %.40q, want an event as JSON: the file is damaged: %w",
				lines, line, err)
		}
		if e != nil {
			events = append(events, e)
		}
		rest = after
	}
	return events, lines, len(content) - len(rest), nil
}
