package serve

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// get returns the answer of a service to a request of its own process.
func get(s *Service, method, path, body string) (status int, text string, header http.Header) {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	return w.Code, w.Body.String(), w.Header()
}

// A service is there from the start, ready when it has its network, and not ready from the moment it ends.
func TestReady(t *testing.T) {
	s := Waiting()
	is := func(path string, want int, says string) {
		t.Helper()
		method, body := "GET", ""
		if path == "/predict" || path == "/activations" {
			method, body = "POST", withPixels("3", 784)
		}
		status, text, header := get(s, method, path, body)
		if status != want || !strings.Contains(text, says) || (want == 503) != (header.Get("Retry-After") != "") {
			t.Errorf("%s: got %d %s, %v, want %d with %s", path, status, text, header, want, says)
		}
	}
	is("/healthz", 200, `"ok"`)
	is("/readyz", 503, `"loading"`)
	for _, path := range []string{"/predict", "/activations", "/model"} {
		is(path, 503, "the network is being loaded, try again")
	}
	is("/", 200, "<title>")
	s.open(fake(darkest), nil)
	is("/readyz", 200, `"ready"`)
	is("/predict", 200, `"digit":3`)

	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	r, err := http.NewRequest("GET", "http://"+l.Addr().String()+"/readyz", nil)
	if err != nil {
		t.Fatal(err)
	}
	if status, text := do(t, r); status != 200 {
		t.Errorf("got %d %s", status, text)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	is("/healthz", 200, `"ok"`)
	is("/readyz", 503, `"shutting down"`)
	is("/predict", 503, "shutting down")
	is("/activations", 503, "shutting down")
}

// A service that ends before it has its network ends at once, and takes the network that comes then.
func TestEndsWhileLoading(t *testing.T) {
	s := Waiting()
	s.Close()
	s.open(fake(darkest), nil)
	if status, text, _ := get(s, "GET", "/readyz", ""); status != 503 || !strings.Contains(text, "shutting down") {
		t.Errorf("got %d %s", status, text)
	}
	if status, text, _ := get(s, "POST", "/predict", withPixels("3", 784)); status != 503 {
		t.Errorf("got %d %s, want 503", status, text)
	}
}
