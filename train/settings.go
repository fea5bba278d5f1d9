package train

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// ReadRecord reads the config.json of a run's folder. A folder without one, and a damaged one, are errors.
func ReadRecord(dir string) (*Record, error) {
	path := filepath.Join(dir, ConfigFile)
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("train: not the folder of a run: %w", err)
	}
	record, err := parseRecord(content)
	if err != nil {
		return nil, fmt.Errorf("train: %s: %w", path, err)
	}
	return record, nil
}

func parseRecord(content []byte) (*Record, error) {
	r := new(Record)
	if err := json.Unmarshal(content, r); err != nil {
		return nil, fmt.Errorf("got %.40q, want the settings of a run as JSON: %w", content, err)
	}
	if r.Solver == "" || r.Schedule == "" || r.Epochs < 1 || r.Batch < 1 {
		return nil, errors.New("want the settings of a run: solver, schedule, epochs, batch and more")
	}
	return r, nil
}

// decisive is what decides a run's numbers: r without what is only said and logged.
func (r Record) decisive() *Record {
	r.Notes, r.Versions = nil, nil
	r.LogEvery, r.SaveEvery, r.Keep = 0, 0, 0
	return &r
}

// json is r in one line.
func (r *Record) json() string {
	b, err := json.Marshal(r)
	if err != nil {
		panic("train: record: " + err.Error()) // record has seen to it
	}
	return string(b)
}

// Differences lists the settings, by their names in config.json, in which r is not what was was, apart from some and from those that
// decide no numbers.
func (r *Record) Differences(was *Record, but ...string) []string {
	return differences(was.decisive(), r.decisive(), but...)
}

// differences lists the settings in which is differs from was, apart from some.
func differences(was, is *Record, but ...string) []string {
	a, b := was.members(), is.members()
	all := maps.Clone(a)
	maps.Copy(all, b)
	var list []string
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if !bytes.Equal(a[key], b[key]) && !slices.Contains(but, key) {
			list = append(list, fmt.Sprintf("%s is %s and was %s", key, shown(b[key]), shown(a[key])))
		}
	}
	return list
}

func shown(value json.RawMessage) string {
	if value == nil {
		return "not set"
	}
	return string(value)
}

// members are the settings by their names in config.json.
func (r *Record) members() map[string]json.RawMessage {
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(r.json()), &m); err != nil {
		panic("train: record: " + err.Error())
	}
	return m
}
