package report

import (
	"encoding/json"
	"fmt"
	"strings"
)

// phrase is a text of the page in any of its languages: a pattern, which is a key of page/words.json, and the values of
// the names in its braces. A value is a text, a phrase, or a list of phrases.
type phrase struct {
	Pattern string         `json:"say"`
	Values  map[string]any `json:"values,omitempty"`
}

// say returns a phrase. values are names and values, in turn.
func say(pattern string, values ...any) phrase {
	p := phrase{Pattern: pattern, Values: map[string]any{}}
	for i := 0; i+1 < len(values); i += 2 {
		name := values[i].(string)
		switch v := values[i+1].(type) {
		case phrase:
			p.Values[name] = v
		case []phrase:
			p.Values[name] = append([]phrase{}, v...) // in JSON a list, even if it is empty
		default:
			p.Values[name] = fmt.Sprint(v)
		}
	}
	return p
}

// count returns the phrase for n things: one for 1 thing, many otherwise, both with {n}.
func count(n int, one, many string) phrase {
	if n == 1 {
		return say(one, "n", n)
	}
	return say(many, "n", n)
}

// String returns the text in English.
func (p phrase) String() string {
	pairs := []string{}
	for name, v := range p.Values {
		text := fmt.Sprint(v)
		if list, ok := v.([]phrase); ok {
			parts := make([]string, len(list))
			for i, part := range list {
				parts[i] = part.String()
			}
			text = strings.Join(parts, ", ")
		}
		pairs = append(pairs, "{"+name+"}", text)
	}
	return strings.NewReplacer(pairs...).Replace(p.Pattern)
}

// JSON returns p for the page's script.
func (p phrase) JSON() (string, error) {
	b, err := json.Marshal(p)
	return string(b), err
}
