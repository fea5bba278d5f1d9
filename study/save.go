package study

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"path/filepath"

	"anneal/internal/atomicfile"
	"anneal/runs"
)

// save writes results.csv and results.json.
func (r *Results) save(dir string) error {
	for _, file := range []struct {
		name  string
		write func(io.Writer) error
	}{{ResultsCSV, r.CSV}, {ResultsJSON, r.JSON}} {
		var b bytes.Buffer
		err := file.write(&b)
		if err == nil {
			err = atomicfile.Write(filepath.Join(dir, file.name), b.Bytes())
		}
		if err != nil {
			return fmt.Errorf("study: %s: %w", file.name, err)
		}
	}
	return nil
}

// JSON writes what CSV writes, the seconds, and the summaries and limits. The seconds differ when the same study is
// repeated. A number that does not exist is null.
func (r *Results) JSON(w io.Writer) error {
	document := struct {
		Targets  []float64     `json:"targets"`
		Usable   float64       `json:"usable"`
		By       runs.ChooseBy `json:"choose_by,omitempty"`
		Cells    []cellJSON    `json:"cells"`
		Settings []settingJSON `json:"settings"`
		Limits   []limitJSON   `json:"limits,omitempty"`
	}{Targets: r.Targets, Usable: r.Usable, By: r.By}
	for _, c := range r.Cells {
		document.Cells = append(document.Cells, c.json(r.Targets))
	}
	for _, s := range r.Summaries() {
		document.Settings = append(document.Settings, s.json())
	}
	for _, l := range r.Limits() {
		document.Limits = append(document.Limits, limitJSON{
			settingOf(l.Cell, false), number(l.Largest), l.Tried, l.Best.json(), number(l.BestLR),
		})
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(document)
}

type cellJSON struct {
	CellRecord
	Reason    string        `json:"reason"`
	Collapsed bool          `json:"collapsed"`
	Epochs    int           `json:"epochs"`
	Steps     int           `json:"steps"`
	Final     *float64      `json:"final_accuracy"`
	TestLoss  *float64      `json:"final_test_loss"`
	TrainLoss *float64      `json:"final_train_loss"`
	Best      *float64      `json:"best_accuracy"`
	BestEpoch int           `json:"best_epoch"`
	Validated *float64      `json:"final_validation_accuracy,omitempty"`
	Choice    runs.Choice   `json:"choice,omitzero"`
	Metrics   []runs.Metric `json:"metrics,omitempty"` // of the last epoch
	Seconds   float64       `json:"seconds"`
	Reached   []reachedJSON `json:"reached"`
}

type reachedJSON struct {
	Accuracy float64  `json:"accuracy"`
	Step     *int     `json:"step"`
	Seconds  *float64 `json:"seconds"`
}

func (r Result) json(targets []float64) cellJSON {
	c := cellJSON{
		CellRecord: r.record(), Reason: r.End.Reason, Collapsed: r.Collapsed(), Epochs: len(r.Epochs), Steps: r.Steps(),
		Best: &r.End.BestAccuracy, BestEpoch: r.End.BestEpoch, Seconds: milli(r.Seconds()),
		Choice: r.Choice,
	}
	if last, ok := r.Final(); ok {
		c.Final, c.TestLoss, c.TrainLoss = &last.TestAccuracy, &last.TestLoss, &last.TrainLoss
		c.Validated, c.Metrics = last.ValidationAccuracy, last.Metrics
	}
	if len(r.Epochs) > 0 && r.Epochs[0].NoClasses {
		c.Final, c.Best = nil, nil
	}
	for _, target := range targets {
		at := reachedJSON{Accuracy: target}
		if e, seconds, ok := r.Reached(target); ok {
			at.Step, at.Seconds = &e.Step, number(milli(seconds))
		}
		c.Reached = append(c.Reached, at)
	}
	return c
}

// settingRecord is the part of a cell that its seeds, or its seeds and rates, have in common.
type settingRecord struct {
	Model   string   `json:"model"`
	Setting string   `json:"setting"`
	LR      *float64 `json:"lr,omitempty"`
	Batch   int      `json:"batch"`
	Augment string   `json:"augment"`
}

func settingOf(c Cell, lr bool) settingRecord {
	s := settingRecord{Model: c.Model, Setting: c.Setting, Batch: c.Batch, Augment: c.Augment.String()}
	if lr {
		s.LR = &c.LR
	}
	return s
}

type settingJSON struct {
	settingRecord
	Solver    string       `json:"solver"`
	Schedule  string       `json:"schedule"`
	Runs      int          `json:"runs"`
	Diverged  int          `json:"diverged"`
	Collapsed int          `json:"collapsed"`
	Final     momentsJSON  `json:"final_accuracy"`
	Worst     float64      `json:"worst_accuracy"`
	Best      momentsJSON  `json:"best_accuracy"`
	BestEpoch momentsJSON  `json:"best_epoch"`
	Validated *momentsJSON `json:"final_validation_accuracy,omitempty"`
	Loss      *momentsJSON `json:"final_test_loss,omitempty"` // of samples without classes
	Metrics   []metricJSON `json:"metrics,omitempty"`         // of the last epochs
	Reached   []targetJSON `json:"reached"`
}

type metricJSON struct {
	Name       string      `json:"name"`
	Test       momentsJSON `json:"test"`
	Validation momentsJSON `json:"validation"`
}

type targetJSON struct {
	Accuracy float64     `json:"accuracy"`
	Runs     int         `json:"runs"`
	Steps    momentsJSON `json:"steps"`
	Seconds  momentsJSON `json:"seconds"`
}

func (s Summary) json() settingJSON {
	j := settingJSON{
		settingRecord: settingOf(s.Cell, true), Solver: s.Solver.String(), Schedule: s.Schedule.String(),
		Runs: s.Runs, Diverged: s.Diverged, Collapsed: s.Collapsed,
		Final: s.Final.json(), Worst: s.Worst, Best: s.Best.json(), BestEpoch: s.BestEpoch.json(),
	}
	if s.Validation.N > 0 {
		m := s.Validation.json()
		j.Validated = &m
	}
	for _, m := range s.Metrics {
		j.Metrics = append(j.Metrics, metricJSON{m.Name, m.Test.json(), m.Validation.json()})
	}
	if s.Final.N == 0 && s.Loss.N > 0 {
		m := s.Loss.json()
		j.Loss = &m
	}
	for _, t := range s.Targets {
		j.Reached = append(j.Reached, targetJSON{t.Accuracy, t.Runs, t.Steps.json(), t.Seconds.json()})
	}
	return j
}

type limitJSON struct {
	settingRecord
	Largest *float64    `json:"largest_usable_lr"`
	Tried   float64     `json:"largest_tried_lr"`
	Best    momentsJSON `json:"best_accuracy"`
	BestLR  *float64    `json:"best_lr"`
}

type momentsJSON struct {
	N    int      `json:"n"`
	Mean *float64 `json:"mean"`
	Std  *float64 `json:"std"`
}

func (m Moments) json() momentsJSON { return momentsJSON{m.N, number(m.Mean), number(m.Std)} }

// number returns a pointer to v, or nil if v is NaN.
func number(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return &v
}

// milli rounds to milliseconds, as train does.
func milli(seconds float64) float64 { return math.Round(1e3*seconds) / 1e3 }
