package study

import (
	"encoding/json"
	"reflect"
	"testing"

	"anneal/internal/limittest"
)

// FuzzStudy reads study.json and compares it with another study and with itself. What is read is written, and read
// again as the same study.
func FuzzStudy(f *testing.F) {
	const good = `{"cells":[{"name":"a","model":"lenet","setting":"s","solver":"SGD(lr=0.1)","schedule":"none","lr":0.1,` +
		`"batch":64,"augment":"none","seed":1}],"first":{"model":"lenet","solver":"SGD(lr=0.1)","schedule":"none",` +
		`"epochs":3,"batch":64}}`
	for _, content := range []string{
		good, `{"cells":[{}],"first":{}}`, `{"cells":[{},{"lr":1e308}],"first":{"tuning":{"groups":["a"]},"shuffle":false}}`,
		`{"cells":[],"first":{}}`, `{"first":null}`, "[",
	} {
		f.Add([]byte(content))
	}
	other, err := parseStudy([]byte(good))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		var r *Record
		var err error
		limittest.Small.Run(t, "a study", func() {
			if r, err = parseStudy(content); err == nil {
				_, _ = r.differences(other), other.differences(r)
			}
		})
		if err != nil {
			limittest.OneLine(t, err)
			return
		}
		written, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		again, err := parseStudy(written)
		if err != nil || !reflect.DeepEqual(again.Cells, r.Cells) {
			t.Fatalf("written and read again: got %+v, %v, want %+v", again, err, r)
		}
		names := make(map[string]bool)
		for _, c := range r.Cells {
			names[c.Name] = true
		}
		if d := again.differences(r); len(names) == len(r.Cells) && len(d) > 0 {
			t.Errorf("written and read again, it differs: %q", d)
		}
	})
}
