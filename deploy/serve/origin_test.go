package serve

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
)

// TestOrigins asks as a browser does for a page of another site.
func TestOrigins(t *testing.T) {
	ask := func(s *Service, method, path, origin, wanted string) http.Header {
		r := httptest.NewRequest(method, path, bytes.NewReader(cross(t)))
		r.Header.Set("Origin", origin)
		if wanted != "" {
			r.Header.Set("Access-Control-Request-Method", wanted)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		h := w.Header()
		h.Set("Status", strconv.Itoa(w.Code))
		return h
	}
	const site = "https://example.com"
	for _, c := range []struct {
		allowed []string
		origin  string
		want    bool
	}{
		{nil, site, false},
		{[]string{"https://other.example"}, site, false},
		{[]string{"https://other.example", site}, site, true},
		{[]string{site}, "http://example.com", false},
		{[]string{site}, "https://example.com:8443", false},
		{[]string{site}, "https://example.com.evil.example", false},
		{[]string{site}, "null", false},
		{[]string{"null"}, "null", true},
		{[]string{"*"}, site, true},
	} {
		s := newService(fake(darkest), AllowOrigins(c.allowed...))
		t.Cleanup(s.Close)
		preflight := ask(s, "OPTIONS", "/predict", c.origin, "POST")
		request := ask(s, "POST", "/predict", c.origin, "")
		model := ask(s, "GET", "/model", c.origin, "")
		allowed := map[bool]string{true: c.origin}[c.want]
		for _, h := range []http.Header{preflight, request, model} {
			if got := h.Get("Access-Control-Allow-Origin"); got != allowed {
				t.Errorf("%v asked from %s: got origin %q, want %q", c.allowed, c.origin, got, allowed)
			}
			if (h.Get("Vary") == "Origin") != (c.allowed != nil) {
				t.Errorf("%v: got Vary %q", c.allowed, h.Get("Vary"))
			}
		}
		status := map[bool]string{true: "204", false: "405"}[c.want]
		if preflight.Get("Status") != status || request.Get("Status") != "200" ||
			c.want && (preflight.Get("Access-Control-Allow-Methods") != "POST" ||
				preflight.Get("Access-Control-Allow-Headers") != "Content-Type") {
			t.Errorf("%v asked from %s: got preflight %v, request %v", c.allowed, c.origin, preflight, request)
		}
		if h := ask(s, "GET", "/metrics", c.origin, ""); h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%v: other sites can read the metrics", c.allowed)
		}
	}
	for text, want := range map[string]string{
		"https://Example.com": site, "https://example.com/": site, "https://example.com:443": site,
		"http://localhost:3000": "http://localhost:3000", "*": "*", "null": "null",
		"http://[::1]:80": "http://[::1]",
		"example.com":     "", "https://": "", "https://a/b": "", "https://a?b": "", "": "", "https://u@a": "",
		"mailto:a": "",
	} {
		if got, err := ParseOrigin(text); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v, want %q", text, got, err, want)
		}
	}
}
