package runs

import (
	"strings"
	"testing"
	"time"

	"anneal/internal/limittest"
)

// Settings of 4 MB take at most 1 s of the processor and 200 MB to read, whatever they say. A list that grows leaves as
// much again behind.
func TestRecordClaims(t *testing.T) {
	const mb = 1 << 20
	list := func(key, item string) string {
		return `{"solver":"SGD","schedule":"ConstantLR","epochs":1,"batch":1,"train":{"` + key + `":[` + item +
			strings.Repeat(","+item, (4*mb-200)/(len(item)+1)) + `]}}`
	}
	for name, text := range map[string]string{
		"classes":    list("classes", `""`),
		"class":      list("class_names", `""`),
		"columns":    list("columns", `{}`),
		"means":      list("means", `0`),
		"shape":      list("shape", `0`),
		"nested":     strings.Repeat("[", 4*mb),
		"objects":    strings.Repeat(`{"train":`, 4*mb/9),
		"keys":       "{" + strings.Repeat(`"a":0,`, 4*mb/6) + `"b":0}`,
		"notes":      `{"notes":{` + strings.Repeat(`"a":[[]],`, 4*mb/9) + `"b":0}}`,
		"text":       `{"solver":"` + strings.Repeat(`\u00e9`, 4*mb/6) + `"}`,
		"unfinished": `{"solver":"` + strings.Repeat(`a`, 4*mb),
	} {
		limittest.Limits{Bytes: 400 * mb, Time: time.Second}.Run(t, name, func() {
			if _, err := ParseRecord([]byte(text)); err != nil && len(err.Error()) > 400 {
				t.Errorf("%s: got %.500v, want a short error", name, err)
			}
		})
	}
}
