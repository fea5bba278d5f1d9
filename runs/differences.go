package runs

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Differences lists the settings, by their keys in config.json, that differ between r and was. It ignores the keys in
// but and those that do not affect the numbers, such as the name of a data set. A record without ChooseBy is one
// ByTest.
func (r *Record) Differences(was *Record, but ...string) []string {
	a, b := was.Decisive().explicit().members(), r.Decisive().explicit().members()
	if r.Train.sameSamples(was.Train) {
		delete(a, "train")
		delete(b, "train")
	}
	if r.Test.sameSamples(was.Test) {
		delete(a, "test")
		delete(b, "test")
	}
	if r.Validation != nil && was.Validation != nil && r.Validation.sameSamples(*was.Validation) {
		delete(a, "validation")
		delete(b, "validation")
	}
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

// chooses reports whether anything chooses while the run trains.
func (r *Record) chooses() bool {
	schedules := []string{r.Schedule}
	if r.Tuning != nil {
		schedules = append(schedules, r.Tuning.Groups...)
	}
	return r.Patience > 0 || strings.Contains(strings.Join(schedules, " "), "ReduceLROnPlateau")
}

// explicit returns r with the ChooseBy that older versions of the program did not write.
func (r Record) explicit() *Record {
	r.ChooseBy = cmp.Or(r.ChooseBy, ByTest)
	return &r
}

func shown(value json.RawMessage) string {
	if value == nil {
		return "not set"
	}
	return string(value)
}

// members returns the settings by their keys in config.json.
func (r *Record) members() map[string]json.RawMessage {
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(r.JSON()), &m); err != nil {
		panic("runs: record: " + err.Error())
	}
	return m
}

// Setting lists what makes two runs seeds of one setting if they have it in common: what decides the numbers of a run,
// except for its seed. What records say about data in addition to the samples is left out, since older ones say less.
func (r *Record) Setting() []Entry {
	s := r.Decisive().explicit()
	if s.ChooseBy == ByTest && !s.chooses() {
		s.ChooseBy = ByNothing // as to the numbers
	}
	s.Train, s.Test = s.Train.bare(), s.Test.bare()
	if s.Validation != nil {
		bare := s.Validation.bare()
		s.Validation = &bare
	}
	return slices.DeleteFunc(s.Entries(), func(e Entry) bool {
		return e.Key == "seed" || e.Key == "steps" // the number of steps follows from other settings
	})
}

// Entry is one value in config.json. The key of a value within another follows that one's, as in "train: samples".
type Entry struct{ Key, Value string }

// Entries lists what config.json says, in its order. A list is one entry with spaces between its elements.
func (r *Record) Entries() []Entry {
	var list []Entry
	for d := json.NewDecoder(strings.NewReader(r.JSON())); ; {
		d.UseNumber()
		token, err := d.Token()
		if err != nil {
			return list // the end
		}
		key, ok := token.(string)
		if !ok {
			continue
		}
		var v any
		if err := d.Decode(&v); err != nil {
			panic("runs: record: " + err.Error())
		}
		list = append(list, entries(key, v)...)
	}
}

// entries lists the values in v, which has this key.
func entries(key string, v any) []Entry {
	switch v := v.(type) {
	case map[string]any:
		var list []Entry
		for _, k := range slices.Sorted(maps.Keys(v)) {
			list = append(list, entries(key+": "+k, v[k])...)
		}
		return list
	case []any:
		parts := make([]string, len(v))
		for i, part := range v {
			parts[i] = fmt.Sprint(part)
		}
		return []Entry{{key, strings.Join(parts, " ")}}
	}
	return []Entry{{key, fmt.Sprint(v)}}
}
