package serve

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzRequest sends whatever body of whatever kind. The answer is a prediction or an error of one line, both as JSON,
// within the limits of a request.
func FuzzRequest(f *testing.F) {
	for _, c := range [][3]string{
		{"/predict", "application/json", `{"pixels":[0,1]}`},
		{"/predict", "application/json", withPixels("255", 784)},
		{"/predict", "application/json", "[" + withPixels("1e9", 784) + "]"},
		{"/predict", "application/json", `[{"x":[[[null]]]},{}]`},
		{"/predict?top=3", "image/png", "\x89PNG\r\n\x1a\n"},
		{"/predict", "multipart/form-data; boundary=b", picturesOf([]byte("GIF89a"), 2)},
		{"/predict", "multipart/form-data; boundary=", "--\r\n"},
		{"/predict", "text/csv", "a,b\n1,2\n"},
		{"/", "a/b; c=\"", ""},
	} {
		f.Add(c[0], c[1], []byte(c[2]))
	}
	s := newService(fake(darkest))
	f.Cleanup(s.Close)
	f.Fuzz(func(t *testing.T, target, kind string, body []byte) {
		r := httptest.NewRequest("POST", "/predict", strings.NewReader(string(body)))
		if u, err := r.URL.Parse(target); err == nil {
			r.URL.RawQuery = u.RawQuery
		}
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		limits.Run(t, "a request", func() { s.ServeHTTP(w, r) })
		var answer struct {
			Error string `json:"error"`
		}
		// A list of predictions is no object.
		isList := strings.HasPrefix(w.Body.String(), "[")
		if err := json.Unmarshal(w.Body.Bytes(), &answer); !isList && err != nil || !json.Valid(w.Body.Bytes()) {
			t.Errorf("got %d %.200q, want JSON", w.Code, w.Body)
		}
		if failed := w.Code != 200; failed != (answer.Error != "") || w.Code >= 500 || strings.Contains(answer.Error, "\n") {
			t.Errorf("got %d and error %q", w.Code, answer.Error)
		}
	})
}
