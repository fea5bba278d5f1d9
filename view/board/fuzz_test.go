package board

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"anneal/internal/limittest"
)

// FuzzChange reads the body of a request. What is read is written, and read again as the same change; an error has one
// line and comes with the status of a bad request.
func FuzzChange(f *testing.F) {
	for _, body := range []string{
		`{"run":"a","note":"n","tags":["x"]}`, `{"run":1}`, `{"tags":null}`, `{} {}`, `{"other":1}`, "[[[",
		`{"note":"` + strings.Repeat("a", maxBody) + `"}`,
	} {
		f.Add("application/json", []byte(body))
	}
	f.Add("application/json; charset", []byte("{}"))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		read := func(kind string, body []byte) (c change, status int, err error) {
			r := httptest.NewRequest("POST", "/describe", strings.NewReader(string(body)))
			r.Header.Set("Content-Type", kind)
			limittest.Small.Run(t, "a change", func() { c, status, err = parse(httptest.NewRecorder(), r) })
			return c, status, err
		}
		c, status, err := read(kind, body)
		if err != nil {
			if status < 400 || status > 499 {
				t.Errorf("%q: got status %d, %v", body, status, err)
			}
			limittest.OneLine(t, err)
			return
		}
		again, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if len(again) > maxBody {
			return // escapes have made it longer
		}
		if got, status, err := read("application/json", again); err != nil || status != http.StatusOK ||
			!reflect.DeepEqual(got, c) {
			t.Errorf("%s: got %+v, %d, %v, want %+v", again, got, status, err, c)
		}
	})
}
