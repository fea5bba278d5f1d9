package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// keyValue is a key of config.json and its value.
type keyValue struct{ Key, Value string }

// settings are the lines of config.json, without what the command says.
func (r *Run) settings() ([]keyValue, error) {
	if r.Record == nil {
		return nil, nil
	}
	content, err := json.Marshal(r.Record)
	if err != nil {
		return nil, err
	}
	var list []keyValue
	for d := json.NewDecoder(bytes.NewReader(content)); ; {
		token, err := d.Token()
		if err != nil {
			return list, nil // the end, since Marshal wrote it
		}
		key, ok := token.(string)
		if !ok {
			continue
		}
		var v any
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			return nil, err
		}
		list = append(list, flat(strings.ReplaceAll(key, "_", " "), v)...)
	}
}

// flat is a setting in lines, one for each of the settings in it.
func flat(key string, v any) []keyValue {
	switch v := v.(type) {
	case map[string]any:
		var list []keyValue
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			if key+k != "notesarguments" {
				list = append(list, flat(key+": "+strings.ReplaceAll(k, "_", " "), v[k])...)
			}
		}
		return list
	case []any:
		parts := make([]string, len(v))
		for i, part := range v {
			parts[i] = fmt.Sprint(part)
		}
		return []keyValue{{key, strings.Join(parts, " ")}}
	}
	return []keyValue{{key, fmt.Sprint(v)}}
}
