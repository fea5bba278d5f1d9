package answer

import (
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestAnswers(t *testing.T) {
	h := Only(http.MethodGet, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/busy":
			Error(w, http.StatusServiceUnavailable, errors.New("busy"))
		case "/infinite":
			JSON(w, http.StatusOK, math.Inf(1)) // which JSON does not know
		default:
			JSON(w, http.StatusOK, []int{1})
		}
	})
	for _, c := range []struct {
		method, path string
		status       int
		body, header string
		value        string
	}{
		{"GET", "/", 200, "[1]\n", "Content-Type", "application/json"},
		{"HEAD", "/", 200, "[1]\n", "Content-Type", "application/json"}, // a server leaves the body out
		{"GET", "/busy", 503, `{"error":"busy"}` + "\n", "Retry-After", "1"},
		{"GET", "/infinite", 200, "", "Content-Type", "application/json"},
		{"POST", "/", 405, `{"error":"method POST: want GET"}` + "\n", "Allow", "GET"},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
		if w.Code != c.status || w.Body.String() != c.body || w.Header().Get(c.header) != c.value {
			t.Errorf("%s %s: got %d %v %s", c.method, c.path, w.Code, w.Header(), w.Body)
		}
	}
}

// A page's three files are there and nothing else is. The header keeps the browser from other servers.
func TestPage(t *testing.T) {
	files := fstest.MapFS{}
	for _, name := range []string{"index.html", "page.css", "page.js", "other"} {
		files["page/"+name] = &fstest.MapFile{Data: []byte(name)}
	}
	for path, want := range map[string]string{
		"/": "index.html", "/page.css": "page.css", "/page.js": "page.js",
		"/other": "", "/page/": "",
	} {
		w := httptest.NewRecorder()
		found := Page(w, httptest.NewRequest("GET", path, nil), files)
		if found != (want != "") || w.Body.String() != want ||
			!strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: got %v, %v, %q", path, found, w.Header(), w.Body)
		}
	}
}
