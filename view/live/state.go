package live

import (
	"encoding/json"
	"math"

	"anneal/runs"
)

// What a run is doing.
const (
	waiting    = "waiting" // to start
	training   = "training"
	evaluating = "evaluating"
	paused     = "paused"
	stopping   = "stopping"
	over       = "over"
)

// failed is the reason of a run that ended without one.
const failed = "failed"

// state is the present state of the run.
type state struct {
	State  string    `json:"state"`
	Reason string    `json:"reason,omitempty"` // why the run is over, as in runs.End, or "failed"
	Epoch  int       `json:"epoch"`            // under way
	Step   int       `json:"step"`             // updates done
	Loss   number    `json:"loss"`             // in training: the mean of the epoch so far
	LR     []float64 `json:"lr"`               // in force
	Factor []float64 `json:"factor"`           // of LR on the plan's rates, one per group
	Speed  number    `json:"speed"`            // samples per second
	Passed float64   `json:"passed"`           // seconds of training and evaluation
	Left   number    `json:"left"`             // seconds

	Reading *reading `json:"reading,omitempty"` // until the run starts
}

// reading says how far the run has read a part of its data before it starts.
type reading struct {
	Part    string `json:"part"`
	Done    int    `json:"done"`
	Samples int    `json:"samples"`
}

// number is null in JSON if it is not known.
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	if v := float64(n); !math.IsNaN(v) && !math.IsInf(v, 0) {
		return json.Marshal(v)
	}
	return []byte("null"), nil
}

// settings returns what config.json in the folder of a run says, nil if it cannot be read.
func settings(dir string) (list [][2]string) {
	if dir == "" {
		return nil
	}
	record, err := runs.ReadRecord(dir)
	if err != nil {
		return nil
	}
	for _, e := range record.Entries() {
		list = append(list, [2]string{e.Key, e.Value})
	}
	return list
}
