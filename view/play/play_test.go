package play

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"anneal/view/play/session"
)

// serving is a Service that is being served.
type serving struct {
	t *testing.T
	*Service
}

func serve(t *testing.T) serving {
	t.Helper()
	s, err := Listen("localhost:0", digits)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return serving{t, s}
}

// ask sends a request with the token, and reads the answer into v.
func (s serving) ask(method, path, body string, v any) (status int, header http.Header) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.listener.URL()+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+string(s.token))
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer a.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(a.Body); err != nil {
		s.t.Fatal(err)
	}
	if v != nil {
		if err := json.Unmarshal(text.Bytes(), v); err != nil {
			s.t.Fatalf("%s %s: %v in %s", method, path, err, &text)
		}
	}
	return a.StatusCode, a.Header
}

// settings returns the JSON of the default settings.
func settings(t *testing.T) string {
	t.Helper()
	text, err := json.Marshal(session.Default())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSessions(t *testing.T) {
	s := serve(t)
	var first, next begun
	if status, _ := s.ask("POST", "/sessions", `{"settings":`+settings(t)+`}`, &first); status != 200 || first.ID == "" ||
		first.Frame == nil || first.Frame.Samples == nil {
		t.Fatalf("got %d, %+v", status, first)
	}
	if status, _ := s.ask("POST", "/sessions/"+first.ID, `{"steps":5}`, &next); status != 200 || next.Frame.Step != 5 {
		t.Errorf("got %d, %+v", status, next)
	}
	for _, c := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"POST", "/sessions", `{}`, 400, "a first request without settings"},
		{"POST", "/sessions", `{"settings":{}}`, 400, `data "": want one of circles`},
		{"POST", "/sessions/" + first.ID, `{"settings":{"rate":-1}}`, 400, `data "": want one of`},
		{"POST", "/sessions/" + first.ID, `{"rate":1}`, 400, `the request: json: unknown field "rate"`},
		{"POST", "/sessions/" + first.ID, `{"steps":` + strings.Repeat(" ", maxRequest) + `1}`, 400, "too large"},
		{"POST", "/sessions/x", `{}`, 404, `session "x": want one that POST /sessions has begun`},
		{"GET", "/sessions", ``, 405, "method GET: want POST"},
		{"GET", "/page/index.html", ``, 404, "no such page"},
		{"GET", "/other", ``, 404, "no such page"},
	} {
		var wrong struct{ Error string }
		status, _ := s.ask(c.method, c.path, c.body, &wrong)
		if status != c.status || !strings.Contains(wrong.Error, c.want) {
			t.Errorf("%s %s %.40s: got %d, %q, want %d, %q", c.method, c.path, c.body, status, wrong.Error, c.status, c.want)
		}
	}
	for range maxSessions {
		s.ask("POST", "/sessions", `{"settings":`+settings(t)+`}`, nil)
	}
	if status, _ := s.ask("POST", "/sessions/"+first.ID, `{}`, nil); status != 404 || len(s.sessions) != maxSessions {
		t.Errorf("got %d, and %d sessions, want the oldest dropped", status, len(s.sessions))
	}
}

// One session does what many ask of it at once, one request after the other.
func TestManyAtOnce(t *testing.T) {
	s := serve(t)
	var first, last begun
	s.ask("POST", "/sessions", `{"settings":`+settings(t)+`}`, &first)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { s.ask("POST", "/sessions/"+first.ID, `{"steps":1}`, nil) })
		all.Go(func() { s.ask("POST", "/sessions", `{"settings":`+settings(t)+`}`, nil) })
	}
	all.Wait()
	if s.ask("POST", "/sessions/"+first.ID, `{}`, &last); last.Frame == nil || last.Frame.Step != 8 {
		t.Errorf("got %+v, want 8 steps", last)
	}
}

// Images that could not be loaded are loaded when someone asks again, and then never more.
func TestDigitsAreLoadedOnce(t *testing.T) {
	calls := 0
	load := loadOnce(func() (*session.Digits, error) {
		if calls++; calls == 1 {
			return nil, errors.New("no network")
		}
		return digits()
	})
	if _, err := load(); err == nil {
		t.Error("want the error of the first call")
	}
	for range 2 {
		if d, err := load(); err != nil || d == nil || calls != 2 {
			t.Errorf("got %v, %v after %d calls", d != nil, err, calls)
		}
	}
}

// The page and its files are there, for those with the token alone.
func TestPageIsServed(t *testing.T) {
	s := serve(t)
	for path, kind := range map[string]string{
		"/": "text/html", "/page.css": "text/css", "/page.js": "javascript", "/words.js": "javascript",
		"/charts.js": "javascript", "/transport.js": "javascript", "/charts.css": "text/css",
	} {
		status, header := s.ask("GET", path, "", nil)
		if status != 200 || !strings.Contains(header.Get("Content-Type"), kind) ||
			!strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: got %d, %v", path, status, header)
		}
	}
	for _, path := range []string{"/", "/sessions"} {
		a, err := http.Get(s.listener.URL() + path)
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		if a.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s without the token: got %d", path, a.StatusCode)
		}
	}
}

// An exported page has all that it asks for, and replaces only an exported page.
func TestExport(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "site")
	images, err := digits()
	if err != nil {
		t.Fatal(err)
	}
	program := Program{Wasm: []byte("wasm"), Script: []byte("script")}
	for range 2 {
		if err := Export(folder, program, images); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"index.html": "wasm-unsafe-eval", "transport.js": "worker.js", "worker.js": "wasm_exec.js", "play.wasm.gz": "wasm",
		"page.js": "lessons", "charts.js": "uPlot", "charts.css": "--panel", "digits.bin": "", "wasm_exec.js": "script",
	} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: %v, or it has no %q", name, err, want)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "mine.txt"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	want := "other files, such as mine.txt"
	if err := Export(folder, program, images); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want an error about mine.txt", err)
	}
}
