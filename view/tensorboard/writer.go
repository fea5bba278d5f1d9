// Package tensorboard writes event files, which TensorBoard draws: scalars as curves, histograms, pictures and text.
//
// An event file is a sequence of records, each an Event of TensorFlow's event.proto at one step of a run. TensorBoard
// takes a folder for one run and reads the event files in it in the order of their names. A Recorder
// records a training run.
package tensorboard

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"anneal/internal/wire"
)

// Field numbers of messages are those of TensorFlow's event.proto, summary.proto, histogram.proto and tensor.proto.

// prefix begins the names of event files, which continue with the time in seconds since 1970.
const prefix = "events.out.tfevents."

// Writer writes one event file. Each record is one write, so a program that is killed leaves whole records, and
// TensorBoard shows them at once.
type Writer struct {
	file *os.File
	now  func() time.Time
}

// Create creates an event file in folder, and the folder if there is none. next is the first step that will be
// written. TensorBoard discards what the older event files in the folder say about that step and later ones.
func Create(folder string, next int) (*Writer, error) { return create(folder, next, time.Now) }

func create(folder string, next int, now func() time.Time) (*Writer, error) {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, fmt.Errorf("tensorboard: %w", err)
	}
	path, err := newName(folder, now().Unix())
	if err != nil {
		return nil, fmt.Errorf("tensorboard: %w", err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, fmt.Errorf("tensorboard: %w", err)
	}
	w := &Writer{file, now}
	version := w.event(0)
	version.Text(3, "brain.Event:2") // file_version
	start := w.event(next)
	var session wire.Message
	session.Int(1, 1)       // status START
	start.Bytes(7, session) // session_log
	for _, m := range []wire.Message{version, start} {
		if err := w.append(m); err != nil {
			w.Close()
			return nil, err
		}
	}
	return w, nil
}

// newName returns the path of a new event file, which sorts after all that folder has, even if they were made within a
// second.
func newName(folder string, now int64) (string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		if rest, ok := strings.CutPrefix(e.Name(), prefix); ok {
			seconds, _, _ := strings.Cut(rest, ".")
			if s, err := strconv.ParseInt(seconds, 10, 64); err == nil {
				now = max(now, s+1)
			}
		}
	}
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	return filepath.Join(folder, fmt.Sprintf("%s%010d.%s.%d", prefix, now, filepath.Base(host), os.Getpid())), nil
}

// Write records values at a step of the run.
func (w *Writer) Write(step int, values ...Value) error {
	var summary wire.Message
	for _, v := range values {
		summary.Bytes(1, v.proto) // value
	}
	m := w.event(step)
	m.Bytes(5, summary) // summary
	return w.append(m)
}

// Close closes the file.
func (w *Writer) Close() error {
	if err := w.file.Close(); err != nil {
		return fmt.Errorf("tensorboard: %w", err)
	}
	return nil
}

// event begins an Event of this moment.
func (w *Writer) event(step int) wire.Message {
	var m wire.Message
	m.Double(1, float64(w.now().UnixMicro())/1e6) // wall_time
	m.Int(2, step)                                // step
	return m
}

func (w *Writer) append(m wire.Message) error {
	if _, err := w.file.Write(record(m)); err != nil {
		return fmt.Errorf("tensorboard: %w", err)
	}
	return nil
}
