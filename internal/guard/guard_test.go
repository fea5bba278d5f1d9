package guard

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// passed is a handler that answers with the client that it sees.
var passed = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintf(w, "passed from %s", Client(r.Context()))
})

// request returns one with header lines, in pairs. Host is one of them.
func request(method, path string, header ...string) *http.Request {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Add(header[i], header[i+1])
	}
	return r
}

func answered(g http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return w
}

// A request passes under the names of the service, and from its own pages and those of allowed origins.
func TestHostsAndOrigins(t *testing.T) {
	g := New(Config{
		Hosts: []string{"gpu:6006", "Anneal.example"}, Origins: []string{"https://friend.example", "null"},
	}, passed)
	for _, c := range []struct {
		host, origin, want string
	}{
		{"gpu:6006", "", ""},
		{"GPU:6006", "", ""},
		{"gpu:6007", "", `host "gpu:6007": want gpu:6006 or anneal.example`},
		{"gpu", "", "host"},
		{"anneal.example", "", ""}, // without a port: on any
		{"ANNEAL.example:8443", "https://ANNEAL.example:8443", ""},
		{"anneal.example.evil.example", "", "host"},
		{"evil.example", "", "host"},
		{"", "", "host"},
		{"localhost:1", "http://localhost:1", ""},
		{"[::1]:1", "", ""},
		{"localhost", "https://friend.example", ""},
		{"localhost", "null", ""},
		{"localhost", "http://friend.example", `origin "http://friend.example": want http://localhost or none`},
		{"localhost", "http://evil.example", "origin"},
	} {
		header := []string{"Host", c.host}
		if c.origin != "" {
			header = append(header, "Origin", c.origin)
		}
		w := answered(g, request("POST", "/", header...))
		if c.want == "" && w.Code != 200 || c.want != "" && (w.Code != 403 || !strings.Contains(
			strings.ReplaceAll(w.Body.String(), `\"`, `"`), c.want)) {
			t.Errorf("%q from %q: got %d %s, want %q", c.host, c.origin, w.Code, w.Body, c.want)
		}
		if h := w.Header(); h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%q: got %v", c.host, h)
		}
	}
	anyone := New(Config{Hosts: []string{"*"}, Origins: []string{"*"}}, passed)
	if w := answered(anyone, request("POST", "/", "Host", "a.example", "Origin", "http://b.example")); w.Code != 200 {
		t.Errorf("* for all: got %d %s", w.Code, w.Body)
	}
}

// The token passes in a header, and in the cookie that its link sets, and nothing else does.
func TestToken(t *testing.T) {
	const token = "sesame-12345"
	g := New(Config{
		Hosts: []string{"gpu"}, Token: token, Open: []string{"/healthz"}, Origins: []string{"https://friend.example"},
	}, passed)
	for _, c := range []struct {
		name, path, key, value string
		want                   int
	}{
		{"no token", "/", "", "", 401},
		{"in the header", "/predict", "Authorization", "Bearer " + token, 200},
		{"a wrong one", "/", "Authorization", "Bearer " + token + "6", 401},
		{"a part", "/", "Authorization", "Bearer sesame", 401},
		{"nothing", "/", "Authorization", "Bearer ", 401},
		{"another scheme", "/", "Authorization", "Basic " + token, 401},
		{"a wrong link", "/?token=sesame", "", "", 401},
		{"an empty link", "/?token=", "", "", 401},
		{"a path without a token", "/healthz", "", "", 200},
		{"a path below it", "/healthz/", "", "", 401},
		{"a wrong cookie", "/", "Cookie", Token(token).cookie() + "=" + token[:4], 401},
		{"the cookie of another service", "/", "Cookie", Token("other").cookie() + "=" + token, 401},
	} {
		header := []string{"Host", "gpu"}
		if c.key != "" {
			header = append(header, c.key, c.value)
		}
		w := answered(g, request("GET", c.path, header...))
		if w.Code != c.want || c.want == 401 && w.Header().Get("WWW-Authenticate") != "Bearer" ||
			strings.Contains(fmt.Sprint(w.Body, w.Header()), token) {
			t.Errorf("%s: got %d %s %v, want %d", c.name, w.Code, w.Body, w.Header(), c.want)
		}
	}
	for path, want := range map[string]string{
		"/?token=" + token:                   "/",
		"/a%20b?x=1&token=" + token:          "/a%20b?x=1",
		"//evil.example/x?token=" + token:    "/evil.example/x",
		"/%2f%2fevil.example?token=" + token: "/evil.example",
		`/\evil.example?token=` + token:      "/%5Cevil.example",
	} {
		w := answered(g, request("GET", path, "Host", "gpu"))
		cookies := w.Result().Cookies()
		if w.Code != 303 || w.Header().Get("Location") != want || len(cookies) != 1 || !cookies[0].HttpOnly ||
			cookies[0].Secure || cookies[0].SameSite != http.SameSiteLaxMode {
			t.Errorf("%s: got %d %v, want %s", path, w.Code, w.Header(), want)
			continue
		}
		again := request("POST", "/predict", "Host", "gpu", "Origin", "http://gpu")
		again.AddCookie(cookies[0])
		if w := answered(g, again); w.Code != 200 {
			t.Errorf("%s: then got %d %s", path, w.Code, w.Body)
		}
	}
	if w := answered(g, request("POST", "/?token="+token, "Host", "gpu")); w.Code != 401 {
		t.Errorf("a POST with the link's token: got %d", w.Code)
	}
	secure := New(Config{Hosts: []string{"gpu"}, Token: token, Forwarded: true}, passed)
	w := answered(secure, request("GET", "/?token="+token, "Host", "gpu", "X-Forwarded-Proto", "https"))
	if c := w.Result().Cookies(); len(c) != 1 || !c[0].Secure {
		t.Errorf("behind TLS: got %v", c)
	}
	// Browsers ask without a token whether a page may ask.
	for origin, want := range map[string]int{"https://friend.example": 200, "http://gpu": 401} {
		w := answered(g, request("OPTIONS", "/", "Host", "gpu", "Origin", origin, "Access-Control-Request-Method", "POST"))
		if w.Code != want {
			t.Errorf("preflight from %s: got %d, want %d", origin, w.Code, want)
		}
	}
}

// A client is an address or, behind a proxy, what the proxy says.
func TestClient(t *testing.T) {
	for _, c := range []struct {
		remote    string
		forwarded []string
		behind    bool
		want      string
	}{
		{"192.0.2.1:1234", nil, false, "192.0.2.1"},
		{"[::ffff:192.0.2.1]:1234", nil, false, "192.0.2.1"},
		{"[2001:db8:1:2:3:4:5:6]:1234", nil, false, "2001:db8:1:2::/64"},
		{"[fe80::1%eth0]:1234", nil, false, "fe80::/64"},
		{"192.0.2.1:1234", []string{"198.51.100.7"}, false, "192.0.2.1"},
		{"192.0.2.1:1234", []string{"198.51.100.7"}, true, "198.51.100.7"},
		{"192.0.2.1:1234", []string{"anything, 198.51.100.7"}, true, "198.51.100.7"},
		{"192.0.2.1:1234", []string{"203.0.113.9", "203.0.113.8, 198.51.100.7"}, true, "198.51.100.7"},
		{"192.0.2.1:1234", []string{"nonsense"}, true, "192.0.2.1"},
		{"192.0.2.1:1234", nil, true, "192.0.2.1"},
	} {
		r := request("GET", "/", "Host", "localhost")
		r.RemoteAddr = c.remote
		r.Header["X-Forwarded-For"] = c.forwarded
		w := answered(New(Config{Forwarded: c.behind}, passed), r)
		if got := w.Body.String(); got != "passed from "+c.want {
			t.Errorf("%s for %v: got %s, want %s", c.remote, c.forwarded, got, c.want)
		}
	}
	if got := Client(t.Context()); got != "" {
		t.Errorf("without a Guard: got %q", got)
	}
}

// The context of a request ends when its time is over, or some time after its client has left.
func TestWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := limitWork(t.Context(), 20*time.Second)
		defer cancel()
		begin := time.Now()
		<-ctx.Done()
		if got := ctx.Err(); time.Since(begin) != 20*time.Second || got == nil {
			t.Errorf("got %v after %v", got, time.Since(begin))
		}
	})
	server := httptest.NewServer(New(Config{Work: time.Millisecond}, http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			fmt.Fprint(w, r.Context().Err())
		})))
	defer server.Close()
	r, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if b, err := io.ReadAll(r.Body); err != nil || !strings.Contains(string(b), "deadline") {
		t.Errorf("got %s, %v", b, err)
	}
}
