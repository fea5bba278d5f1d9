package train

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"anneal/internal/plural"
)

// Metrics returns the observer that writes one line of JSON an event to w, as in
//
//	{"event":"step","epoch":1,"step":100,"seen":6400,"loss":0.2134,"lr":[0.1]}
//	{"event":"epoch","epoch":1,"step":938,"train_loss":0.15,"test_loss":0.05,"test_accuracy":0.985,"lr":[0.1],"train_seconds":1.9,"test_seconds":0.1}
//	{"event":"diagnostics","epoch":1,"step":938,"layers":[{"layer":"conv1","kind":"Conv2D","pre_activation":[-0.4,0.1,0.6],"weight_norm":1.2}]}
//	{"event":"control","epoch":3,"step":2100,"action":"rate","lr":[0.01]}
//	{"event":"end","epochs":10,"best_accuracy":0.9931,"best_epoch":9,"reason":"completed"}
//
// with a step line for every every-th batch of an epoch (none for an every below 1), and in an epoch line also confusion (left out
// above 100 classes), precision and recall, and ema_test_loss and ema_test_accuracy where there is a moving average. Diagnostics come
// where they are asked for. Numbers are the shortest that read back to the same float64. A line is one Write, so a run that is killed
// leaves whole lines.
func Metrics(w io.Writer, every int) Observer {
	return func(e Event) error {
		var line any
		switch e := e.(type) {
		case Step:
			if !e.Every(every) {
				return nil
			}
			line = struct {
				Event string `json:"event"`
				Step
			}{"step", e}
		case Epoch:
			line = struct {
				Event string `json:"event"`
				Epoch
			}{"epoch", e}
		case Diagnostics:
			line = struct {
				Event string `json:"event"`
				Diagnostics
			}{"diagnostics", e}
		case Control:
			line = struct {
				Event string `json:"event"`
				Control
			}{"control", e}
		case End:
			line = struct {
				Event string `json:"event"`
				End
			}{"end", e}
		default:
			return nil
		}
		b, err := json.Marshal(line)
		if err == nil {
			_, err = w.Write(append(b, '\n'))
		}
		if err != nil {
			return fmt.Errorf("train: metrics: %w", err)
		}
		return nil
	}
}

// readMetrics reads the lines of metrics.jsonl that were there at the moment of a checkpoint, and the epochs in them.
func readMetrics(path string, at Progress) (content []byte, epochs []Epoch, err error) {
	all, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	rest := all
	for n := 1; n <= at.Lines; n++ {
		line, after, whole := bytes.Cut(rest, []byte("\n"))
		if !whole {
			return nil, nil, fmt.Errorf("%s: got %s, want the %d that there were after step %d: the file is damaged", path, plural.Of(n-1, "line"), at.Lines, at.Step)
		}
		var record struct {
			Event string `json:"event"`
			Epoch
		}
		if err := json.Unmarshal(line, &record); err != nil {
			return nil, nil, fmt.Errorf("%s: line %d: got %.40q, want an event as JSON: the file is damaged: %w", path, n, line, err)
		}
		if record.Event == "epoch" {
			epochs = append(epochs, record.Epoch)
		}
		rest = after
	}
	if len(epochs) != at.Epochs {
		return nil, nil, fmt.Errorf("%s: got %s in the first %s, want %d: the file is damaged", path, plural.Of(len(epochs), "epoch"), plural.Of(at.Lines, "line"), at.Epochs)
	}
	return all[:len(all)-len(rest)], epochs, nil
}
