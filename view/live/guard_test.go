package live

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"anneal/internal/limittest"
	"anneal/runs"
)

const host = "localhost:6006"

// ask sends a request to a Service at host.
func ask(s *Service, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = host
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// Whatever is not right about a request to steer is refused with a reason, and no command reaches the run.
func TestControlRefuses(t *testing.T) {
	const pause = `{"action":"pause"}`
	s := New("lenet", "127.0.0.1:6006", host)
	right := []string{"Authorization", "Bearer " + s.Token(), "Content-Type", "application/json"}
	with := func(header ...string) []string { return append(slices.Clone(right), header...) }
	typed := right[2:]
	for _, c := range []struct {
		name, method, body string
		header             []string
		status             int
		want               string
	}{
		{"no token", "POST", pause, typed, 403, "no token"},
		{
			"a wrong token", "POST", pause, append([]string{"Authorization", "Bearer " + strings.Repeat("A", 26)}, typed...),
			403, "not the token",
		},
		{
			"a part of the token", "POST", pause, append([]string{"Authorization", "Bearer " + s.Token()[:25]}, typed...),
			403, "not the token",
		},
		{"an empty token", "POST", pause, append([]string{"Authorization", "Bearer "}, typed...), 403, "not the token"},
		{"another scheme", "POST", pause, append([]string{"Authorization", "Basic " + s.Token()}, typed...), 403, "no token"},
		{
			"another origin", "POST", pause, with("Origin", "http://example.com"), 403,
			`origin "http://example.com": want http://localhost:6006 or none`,
		},
		{"another port's origin", "POST", pause, with("Origin", "http://localhost:6007"), 403, "origin"},
		{"another name of this machine as origin", "POST", pause, with("Origin", "http://127.0.0.1:6006"), 403, "origin"},
		{"a sandbox's origin", "POST", pause, with("Origin", "null"), 403, `origin "null"`},
		{
			"two origins", "POST", pause, with("Origin", "http://localhost:6006", "Origin", "http://example.com"),
			403, "origin",
		},
		{
			"a name made to lead here", "POST", pause, with("Host", "example.com:6006"), 403,
			`host "example.com:6006": want 127.0.0.1:6006 or localhost:6006`,
		},
		{
			"that name as origin, too", "POST", pause, with("Host", "example.com:6006", "Origin", "http://example.com:6006"),
			403, "host",
		},
		{"a name that only looks like localhost", "POST", pause, with("Host", "localhost.example.com:6006"), 403, "host"},
		{"an address that only begins so", "POST", pause, with("Host", "127.0.0.1.example.com"), 403, "host"},
		{"another machine's address", "POST", pause, with("Host", "10.0.0.1:6006"), 403, "host"},
		{
			"a forwarded port, from another one's page", "POST", pause,
			with("Host", "localhost:7007", "Origin", "http://localhost:6006"), 403, "origin",
		},
		{
			"a forwarded port without the token", "POST", pause, append([]string{"Host", "localhost:7007"}, typed...),
			403, "no token",
		},
		{"no host", "POST", pause, with("Host", ""), 403, "host"},
		{"GET", "GET", "", right, 405, "method GET: want POST"},
		{"OPTIONS", "OPTIONS", "", with("Origin", "http://localhost:6006"), 405, "method OPTIONS: want POST"},
		{
			"a form", "POST", pause,
			[]string{"Authorization", "Bearer " + s.Token(), "Content-Type", "text/plain"},
			415, `"text/plain": want application/json`,
		},
		{"no type", "POST", pause, right[:2], 415, "want application/json"},
		{"a large body", "POST", `{"action":"` + strings.Repeat("a", 1024) + `"}`, right, 413, "more than 1024 bytes"},
		{"no body", "POST", "", right, 400, "JSON: EOF"},
		{"cut off", "POST", `{"action":`, right, 400, "JSON: unexpected EOF"},
		{"no JSON", "POST", "action=pause", right, 400, "JSON: invalid character"},
		{"a list", "POST", "[]", right, 400, "got array, want as in"},
		{"two commands", "POST", pause + pause, right, 400, "one object and nothing after it"},
		{"an unknown key", "POST", `{"action":"rate","rate":0.1}`, right, 400, `unknown field "rate"`},
		{
			"an unknown action", "POST", `{"action":"restart"}`, right, 400,
			`action "restart": want "pause", "continue", "rate" or "stop"`,
		},
		{"no action", "POST", `{}`, right, 400, `action ""`},
		{"no rate", "POST", `{"action":"rate"}`, right, 400, "lr 0: want a finite number above 0"},
		{"rate 0", "POST", `{"action":"rate","lr":0}`, right, 400, "lr 0: want"},
		{"a negative rate", "POST", `{"action":"rate","lr":-0.1}`, right, 400, "lr -0.1: want"},
		{"a rate that is not finite", "POST", `{"action":"rate","lr":1e999}`, right, 400, "lr: got number 1e999"},
		{"NaN", "POST", `{"action":"rate","lr":NaN}`, right, 400, "JSON: invalid character"},
		{"a rate as text", "POST", `{"action":"rate","lr":"0.1"}`, right, 400, "lr: got string"},
		{"a rate too many", "POST", `{"action":"pause","lr":0.1}`, right, 400, `pause with lr 0.1: want lr with "rate" only`},
	} {
		w := ask(s, c.method, "/control", c.body, c.header...)
		var problem struct{ Error string }
		if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil || w.Code != c.status ||
			!strings.Contains(problem.Error, c.want) {
			t.Errorf("%s: got %d %s, %v, want %d and %s", c.name, w.Code, w.Body, err, c.status, c.want)
		}
		if strings.Contains(w.Body.String(), s.Token()) || w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: the answer %s, %v gives something away", c.name, w.Body, w.Header())
		}
	}
	if w := ask(s, "POST", "/control?token="+s.Token(), pause, typed...); w.Code != 403 {
		t.Errorf("the token in the query: got %d", w.Code)
	}
	if n := len(s.commands); n > 0 {
		t.Errorf("%d commands have come through", n)
	}
}

// A forwarded port (ssh -L, Docker, VS Code) has another number on the side of the browser, or none. Through
// it viewers watch the run and, with the token, steer it.
func TestForwardedPort(t *testing.T) {
	for _, at := range []string{
		"localhost:7007", "LOCALHOST", "127.0.0.1:7007", "127.0.0.1", "[::1]:7007", "[::1]", "127.1.2.3:80",
		"run.localhost:7007",
	} {
		for _, own := range []string{host, "gpu.example:6006"} {
			s := New("lenet", own)
			w := ask(s, "POST", "/control", `{"action":"pause"}`, "Host", at, "Origin", "http://"+at,
				"Authorization", "Bearer "+s.Token(), "Content-Type", "application/json")
			if w.Code != http.StatusAccepted {
				t.Errorf("steering %s at %s: got %d %s", own, at, w.Code, w.Body)
			}
			if w := ask(s, "GET", "/", "", "Host", at); w.Code != http.StatusOK {
				t.Errorf("watching %s at %s: got %d %s", own, at, w.Code, w.Body)
			}
		}
	}
}

func TestControl(t *testing.T) {
	s := New("lenet", host)
	right := []string{
		"Authorization", "Bearer " + s.Token(),
		"Content-Type", "application/json; charset=utf-8",
		"Origin", "http://" + host,
	}
	for body, want := range map[string]runs.Command{
		`{"action":"pause"}`:              {Action: runs.Pause},
		`{"action":"continue"}`:           {Action: runs.Continue},
		`{"action":"stop"}`:               {Action: runs.Stop},
		`{"lr": 1.5e-3, "action":"rate"}`: {Action: runs.SetRate, LR: 1.5e-3},
	} {
		if w := ask(s, "POST", "/control", body, right...); w.Code != http.StatusAccepted ||
			!strings.Contains(w.Body.String(), string(want.Action)) {
			t.Errorf("%s: got %d %s", body, w.Code, w.Body)
		}
		select {
		case got := <-s.Commands():
			if got != want {
				t.Errorf("%s: got %+v, want %+v", body, got, want)
			}
		default:
			t.Errorf("%s: no command", body)
		}
	}
	for range maxCommands {
		ask(s, "POST", "/control", `{"action":"pause"}`, right...)
	}
	if w := ask(s, "POST", "/control", `{"action":"pause"}`, right...); w.Code != http.StatusConflict ||
		!strings.Contains(w.Body.String(), "16 commands wait") {
		t.Errorf("full: got %d %s", w.Code, w.Body)
	}
	if err := s.Observe(runs.End{Reason: runs.Completed}); err != nil {
		t.Fatal(err)
	}
	if w := ask(s, "POST", "/control", `{"action":"pause"}`, right...); w.Code != http.StatusConflict ||
		!strings.Contains(w.Body.String(), "the run is over") {
		t.Errorf("after the end: got %d %s", w.Code, w.Body)
	}
}

// Nothing, neither page nor events, is shown under another name or to another site's page.
func TestPages(t *testing.T) {
	s := New("lenet", host)
	if err := s.Observe(runs.End{Reason: runs.Completed}); err != nil { // which ends /events
		t.Fatal(err)
	}
	for path, kind := range map[string]string{
		"/": "text/html", "/page.css": "text/css", "/page.js": "text/javascript", "/charts.js": "text/javascript",
		"/charts.css": "text/css", "/events": "text/event-stream",
	} {
		w := ask(s, "GET", path, "")
		h := w.Header()
		if w.Code != 200 || !strings.HasPrefix(h.Get("Content-Type"), kind) || w.Body.Len() == 0 ||
			strings.Contains(w.Body.String(), s.Token()) {
			t.Errorf("%s: got %d %s, %d bytes", path, w.Code, h, w.Body.Len())
		}
		const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
		if path != "/events" && !strings.HasPrefix(h.Get("Content-Security-Policy"), policy) {
			t.Errorf("%s: got policy %s", path, h.Get("Content-Security-Policy"))
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" ||
			h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: got header %v", path, h)
		}
		for _, wrong := range [][]string{{"Host", "example.com:6006"}, {"Origin", "http://example.com"}} {
			if w := ask(s, "GET", path, "", wrong...); w.Code != 403 || !strings.HasPrefix(w.Body.String(), `{"error":`) {
				t.Errorf("%s with %v: got %d %.80s", path, wrong, w.Code, w.Body)
			}
		}
		if w := ask(s, "GET", path, "", "Host", "LocalHost:6006"); w.Code != 200 { // names of hosts have no case
			t.Errorf("%s at LocalHost: got %d", path, w.Code)
		}
		if w := ask(s, "HEAD", path, ""); w.Code != 200 {
			t.Errorf("HEAD %s: got %d", path, w.Code)
		}
		if w := ask(s, "POST", path, ""); w.Code != 405 {
			t.Errorf("POST %s: got %d", path, w.Code)
		}
	}
	for path, want := range map[string]int{"/config.json": 404, "/page/page.js": 404, "/events/": 404} {
		if w := ask(s, "GET", path, ""); w.Code != want {
			t.Errorf("%s: got %d, want %d", path, w.Code, want)
		}
	}
}

// Whatever the body is, what parse takes is a command that a run can do.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"action":"pause"}`, `{"action":"rate","lr":0.01}`, `{"action":"rate","lr":1e999}`, `{"lr":null}`, `[]`,
		`{"action":"stop"} x`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var c runs.Command
		var err error
		limittest.Small.Run(t, "a command", func() { c, err = parse(body) })
		limittest.OneLine(t, err)
		if err == nil && (c.Validate() != nil || c.Action != runs.SetRate && c.LR != 0) ||
			err != nil && c != (runs.Command{}) {
			t.Errorf("%q: got %+v, %v", body, c, err)
		}
	})
}
