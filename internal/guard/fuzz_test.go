package guard

import (
	"net/http/httptest"
	"strings"
	"testing"

	"anneal/internal/limittest"
)

// FuzzGuard asks with whatever headers: who has no token, or comes through the name of another service or from another
// site's page, gets no further, and no answer sets a header that the request made up.
func FuzzGuard(f *testing.F) {
	for _, h := range [][5]string{
		{"gpu:6006", "", "", "", "/"},
		{"gpu:6006", "http://gpu:6006", "Bearer secret", "1.2.3.4", "/?token=secret"},
		{"localhost", "null", "bearer secret", "::1%eth0, 10.0.0.1", "/?token="},
		{"[::1]:80", "https://friend.example", "Basic c2VjcmV0", ",", "/a%00"},
		{"gpu:6006.evil.example", "http://evil.example", "", "a,b", "//evil.example/?token=secret"},
	} {
		f.Add(h[0], h[1], h[2], h[3], h[4])
	}
	c := Config{Hosts: []string{"gpu:6006"}, Origins: []string{"https://friend.example"}, Token: "secret", Forwarded: true}
	g := New(c, passed)
	f.Fuzz(func(t *testing.T, host, origin, authorization, forwarded, target string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host, r.RequestURI = host, target
		if u, err := r.URL.Parse(target); err == nil {
			r.URL = u
		}
		for name, value := range map[string]string{
			"Origin": origin, "Authorization": authorization, "X-Forwarded-For": forwarded,
		} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		w := httptest.NewRecorder()
		limittest.Small.Run(t, "a request", func() { g.ServeHTTP(w, r) })
		if w.Code == 200 && strings.HasPrefix(w.Body.String(), "passed") {
			if strings.ToLower(host) != "gpu:6006" && !loops(host) {
				t.Errorf("host %q passed", host)
			}
			if authorization != "Bearer secret" {
				t.Errorf("authorization %q passed", authorization)
			}
			if origin != "" && origin != "https://friend.example" && !strings.HasSuffix(origin, "://"+host) {
				t.Errorf("origin %q passed at %q", origin, host)
			}
		}
		if to := w.Header().Get("Location"); to != "" && (to[0] != '/' || strings.HasPrefix(to, "//")) {
			t.Errorf("%q leads to %q, want another path of the service", target, to)
		}
		for name, values := range w.Header() {
			if strings.ContainsAny(strings.Join(values, ""), "\r\n") {
				t.Errorf("header %s: got %q", name, values)
			}
		}
	})
}
