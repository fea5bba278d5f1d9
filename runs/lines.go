package runs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
)

// The lines of metrics.jsonl.
type (
	stepLine struct {
		Event string `json:"event"`
		Step
	}
	epochLine struct {
		Event string `json:"event"`
		Epoch
	}
	diagnosticsLine struct {
		Event string `json:"event"`
		Diagnostics
	}
	controlLine struct {
		Event string `json:"event"`
		Control
	}
	noticeLine struct {
		Event string `json:"event"`
		Notice
	}
	endLine struct {
		Event string `json:"event"`
		End
	}
)

// Marshal returns the line of metrics.jsonl for an event, without its end, or nil for one that has none, such as a
// Start, a Refused or a Retry.
func Marshal(e Event) ([]byte, error) {
	var line any
	switch e := e.(type) {
	case Step:
		line = stepLine{"step", e}
	case Epoch:
		line = epochLine{"epoch", e}
	case Diagnostics:
		line = diagnosticsLine{"diagnostics", e}
	case Control:
		line = controlLine{"control", e}
	case Notice:
		line = noticeLine{"notice", e}
	case End:
		line = endLine{"end", e}
	default:
		return nil, nil
	}
	return json.Marshal(line)
}

// parseEvent reads a line, or returns nil if the program does not know its kind of event.
func parseEvent(line []byte) (Event, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(line, &fields); err != nil {
		return nil, err
	}
	var kind string
	if err := json.Unmarshal(fields["event"], &kind); err != nil || kind == "" {
		return nil, fmt.Errorf("event: got %.40q, want its kind", fields["event"])
	}
	switch kind {
	case "step":
		return decodeEvent(line, fields, func(l stepLine) Event { return l.Step })
	case "epoch":
		return decodeEvent(line, fields, func(l epochLine) Event { return l.Epoch })
	case "diagnostics":
		return decodeEvent(line, fields, func(l diagnosticsLine) Event { return l.Diagnostics })
	case "control":
		return decodeEvent(line, fields, func(l controlLine) Event { return l.Control })
	case "notice":
		return decodeEvent(line, fields, func(l noticeLine) Event { return l.Notice })
	case "end":
		return decodeEvent(line, fields, func(l endLine) Event { return l.End })
	}
	return nil, nil
}

// decodeEvent reads a line that has the fields of its kind, the optional ones or not, and no others.
func decodeEvent[Line any](line []byte, fields map[string]json.RawMessage, event func(Line) Event) (Event, error) {
	var l Line
	kind := reflect.TypeOf(event(l))
	for i := range kind.NumField() {
		key, options, _ := strings.Cut(kind.Field(i).Tag.Get("json"), ",")
		optional := slices.ContainsFunc([]string{"omitempty", "omitzero"}, func(o string) bool {
			return strings.Contains(options, o)
		})
		if _, is := fields[key]; key != "" && key != "-" && !optional && !is {
			return nil, fmt.Errorf("the field %q is missing", key)
		}
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return nil, fmt.Errorf("damaged, or of a later version of the program: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("got more than one object")
	}
	return event(l), nil
}
