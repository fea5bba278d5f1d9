package board

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"anneal/internal/folderlock"
	"anneal/metrics"
	"anneal/runs"
	"anneal/view/report"
)

// The states of a run that are no reasons of a runs.End.
const (
	training = "training"
	killed   = "killed"  // it has no end, and no program works in its folder
	damaged  = "damaged" // it cannot be read
)

const (
	maxSize = 64 << 20         // of a metrics.jsonl, in bytes
	silence = 10 * time.Second // after which a run without an end may have been killed
	distant = 10 * time.Minute // the same if another machine began it, whose locks may not be seen here
)

// run is what the page shows of a run.
type run struct {
	ID    string `json:"id"`
	Name  string `json:"name"` // its path within the folder
	Study string `json:"study,omitempty"`

	Note string    `json:"note,omitempty"`
	Tags []string  `json:"tags,omitempty"`
	Date time.Time `json:"date,omitzero"` // on which it began; of records without a date, when it last wrote
	Host string    `json:"host,omitempty"`

	State   string   `json:"state"` // a reason of a runs.End, or training, killed or damaged
	Error   string   `json:"error,omitempty"`
	Epoch   int      `json:"epoch"` // that have ended
	Epochs  int      `json:"epochs"`
	Guesses bool     `json:"guesses,omitempty"` // the network does no better than guessing
	Notices []string `json:"notices,omitempty"`

	Settings []report.Setting `json:"settings"`
	Seed     uint64           `json:"seed"`
	Result   *result          `json:"result,omitempty"`
	Losses   []float64        `json:"losses,omitempty"` // of training
}

// fail makes r the run of a folder that cannot be read.
func (r *run) fail(err error) {
	text := err.Error()
	for _, name := range []string{"report: ", "runs: "} {
		text = strings.TrimPrefix(text, name)
	}
	*r = run{ID: r.ID, Name: r.Name, Study: r.Study, State: damaged, Error: text}
}

// read reads the run in dir anew, and returns its record, or nil if it cannot be read.
func (r *run) read(dir string, is stamp, now time.Time) *runs.Record {
	if is.metrics.size > maxSize {
		r.fail(fmt.Errorf("%s has %d MB, and the board reads at most %d: a report of the run alone shows it",
			runs.MetricsFile, is.metrics.size>>20, maxSize>>20))
		return nil
	}
	if err := regular(dir); err != nil {
		r.fail(err)
		return nil
	}
	record, err := runs.ReadRecord(dir)
	if err != nil {
		r.fail(err)
		if errors.Is(err, fs.ErrNotExist) && is.config == (mark{}) && busy(dir) {
			r.State, r.Error = training, "" // it is about to begin
		}
		return nil
	}
	all, err := runs.Read(dir)
	if err != nil {
		r.fail(err)
		r.describe(record, is)
		return record
	}
	*r = run{
		ID: r.ID, Name: r.Name, Study: r.Study, State: training, Settings: r.Settings, Seed: record.Seed,
		Epoch: len(all.Epochs), Epochs: record.Epochs, Guesses: all.Guesses(),
		Result: resultOf(all), Losses: losses(all),
	}
	r.describe(record, is)
	for _, n := range all.Notices {
		r.Notices = append(r.Notices, n.Text)
	}
	if all.End != nil {
		r.State = all.End.Reason
		return record
	}
	r.stale(dir, is, now)
	return record
}

// regular returns an error if a file in the folder of a run is no regular one: a link may lead anywhere, and a pipe may
// never end.
func regular(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		switch e.Name() {
		case runs.ConfigFile, runs.MetricsFile, runs.LastFile, runs.FinalFile, runs.MistakesFile, runs.AugmentedFile:
			if !e.Type().IsRegular() {
				return fmt.Errorf("%s is a link or no file at all", filepath.Join(dir, e.Name()))
			}
		}
	}
	return nil
}

// describe takes over what a record says about its run.
func (r *run) describe(record *runs.Record, is stamp) {
	r.Note, r.Tags, r.Date, r.Host = record.Note, record.Tags, record.Date, record.Host
	if r.Date.IsZero() {
		r.Date = is.metrics.time.UTC().Truncate(time.Second)
	}
}

// stale finds whether the run without an end was killed, and reports whether it was.
func (r *run) stale(dir string, is stamp, now time.Time) bool {
	limit := silence
	if name, _ := os.Hostname(); r.Host != "" && r.Host != name {
		limit = distant
	}
	if now.Sub(is.last()) < limit || busy(dir) {
		return false
	}
	r.State = killed
	return true
}

// busy reports whether a program works in the folder of a run.
func busy(dir string) bool {
	unlock, err := folderlock.Lock(dir)
	if err == nil {
		unlock()
	}
	return err != nil
}

// maxLosses is the number of points in the small curve of a run.
const maxLosses = 40

// losses returns the means of the training losses over as many stretches of the run, or those of its epochs if they
// tell more.
func losses(r *runs.Run) []float64 {
	steps := r.Steps
	if len(steps) < min(len(r.Epochs), maxLosses) {
		steps = nil
		for _, e := range r.Epochs {
			steps = append(steps, runs.Step{Loss: e.TrainLoss})
		}
	}
	n := min(maxLosses, len(steps))
	var list []float64
	for i := range n {
		var mean runs.LossMean
		for _, s := range steps[i*len(steps)/n : (i+1)*len(steps)/n] {
			loss, samples := s.Mean()
			mean.Add(samples, loss)
		}
		if v := mean.Mean(); metrics.Finite(v) != nil {
			v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 4, 64), 64) // which is shorter
			list = append(list, v)
		}
	}
	return list
}
