package serve

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"anneal/deploy/predict"
)

// served is s behind Serve. Its end returns what Serve does.
func served(t *testing.T, s *Service) (addr string, end func() error) {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	return l.Addr().String(), func() error {
		cancel()
		return <-ended
	}
}

// Whoever comes under another name, from another site's page or without the token is refused by Serve.
func TestServeGuards(t *testing.T) {
	const token = "open-sesame-12345"
	addr, end := served(t, newService(fake(darkest), RequireToken(token), AllowHosts("gpu.example"),
		AllowOrigins("https://friend.example")))
	ask := func(method, path, host string, header ...string) int {
		t.Helper()
		r, err := http.NewRequest(method, "http://"+addr+path, strings.NewReader(withPixels("1", 784)))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		status, _ := do(t, r)
		return status
	}
	bearer := []string{"Authorization", "Bearer " + token}
	from := func(origin string) []string { return append([]string{"Origin", origin}, bearer...) }
	for _, c := range []struct {
		method, path, host string
		header             []string
		want               int
	}{
		{"POST", "/predict", addr, bearer, 200},
		{"POST", "/predict", "gpu.example:8080", bearer, 200},
		{"POST", "/predict", "evil.example", bearer, 403},
		{"GET", "/", "evil.example", bearer, 403},
		{"GET", "/metrics", "evil.example", bearer, 403},
		{"GET", "/healthz", "evil.example", nil, 403},
		{"POST", "/predict", addr, from("http://evil.example"), 403},
		{"POST", "/predict", addr, from("https://friend.example"), 200},
		{"POST", "/predict", addr, from("http://" + addr), 200},
		{"POST", "/predict", addr, nil, 401},
		{"GET", "/metrics", addr, nil, 401},
		{"GET", "/model", addr, nil, 401},
		{"GET", "/", addr, nil, 401},
		{"GET", "/healthz", addr, nil, 200},
		{
			"OPTIONS", "/predict", addr,
			[]string{"Origin", "https://friend.example", "Access-Control-Request-Method", "POST"},
			204,
		},
	} {
		if got := ask(c.method, c.path, c.host, c.header...); got != c.want {
			t.Errorf("%s %s at %s with %v: got %d, want %d", c.method, c.path, c.host, c.header, got, c.want)
		}
	}
	if err := end(); err != nil {
		t.Error(err)
	}
	for text, want := range map[string]string{
		"Example.com": "example.com", "example.com:8080": "example.com:8080", "[::1]:1": "[::1]:1", "*": "*",
		"10.0.0.1": "10.0.0.1",
		"":         "", "https://a": "", "a/b": "", "a/": "", "u@a": "", "a b": "",
	} {
		if got, err := ParseHost(text); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v, want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]bool{token: true, "": false, "15-letters-long": false, "with spaces 1234": false} {
		if _, err := ParseToken(text); (err == nil) != want || text != "" && strings.Contains(fmt.Sprint(err), text) {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

// from sends a request as a client does that a proxy in front names.
func from(t *testing.T, addr, client, body string) (int, string, http.Header) {
	t.Helper()
	r, err := http.NewRequest("POST", "http://"+addr+"/predict", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Forwarded-For", client)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Error(err)
		return 0, "", nil
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Error(err)
	}
	return answer.StatusCode, string(b), answer.Header
}

// A client that has a quarter of the requests gets 503, and another one an answer.
func TestOneClientCannotHoldAll(t *testing.T) {
	asked, release := make(chan bool, maxRequests), make(chan bool)
	s := newService(fake(func(images ...[]byte) ([]predict.Prediction, error) {
		asked <- true
		<-release
		return darkest(images...)
	}), BehindProxy())
	addr, end := served(t, s)
	answers := make(chan int)
	ask := func(client string) {
		go func() {
			status, _, _ := from(t, addr, client, withPixels("3", 784))
			answers <- status
		}()
	}
	ask("192.0.2.1")
	<-asked // the others wait for the network
	for range maxRequests/4 - 1 {
		ask("192.0.2.1")
	}
	for len(s.batches.waiting) < maxRequests/4-1 {
		time.Sleep(time.Millisecond)
	}
	status, text, header := from(t, addr, "192.0.2.1", withPixels("3", 784))
	if status != 503 || header.Get("Retry-After") == "" || !strings.Contains(text, "too many") {
		t.Errorf("the same client: got %d %s, %v", status, text, header)
	}
	ask("192.0.2.2")
	for len(s.batches.waiting) < maxRequests/4 {
		time.Sleep(time.Millisecond)
	}
	close(release)
	for range maxRequests/4 + 1 {
		if got := <-answers; got != 200 {
			t.Errorf("got %d, want 200", got)
		}
	}
	if err := end(); err != nil {
		t.Error(err)
	}
}

// Clients that announce bodies and do not send them hold no memory that others need.
func TestAnnouncedBodies(t *testing.T) {
	s := newService(fake(darkest))
	defer s.Close()
	server := httptest.NewServer(s.Guard())
	defer server.Close()
	addr := server.Listener.Addr().String()
	var open []net.Conn
	defer func() {
		for _, c := range open {
			c.Close()
		}
	}()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 50 {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, c)
		fmt.Fprintf(c, "POST /predict HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\nx", addr, maxBody)
	}
	for s.requests.TryAcquire("", maxRequests-49) { // until they are there
		s.requests.Release("", maxRequests-49)
		time.Sleep(time.Millisecond)
	}
	if status, text, _ := from(t, addr, "", withPixels("3", 784)); status != 200 {
		t.Errorf("got %d %s, want an answer beside 50 bodies that do not come", status, text)
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 50<<20 {
		t.Errorf("took %d bytes, want less than 50 MiB", got)
	}
}

// large is a network whose samples have more numbers than one client may hold.
type large struct{ fakeNetwork }

func (large) Options() predict.Options { return predict.Options{Shape: [3]int{3, 1200, 1200}} }

// One sample is always let in, however large it is.
func TestLargeSample(t *testing.T) {
	s := newService(large{fake(darkest)})
	defer s.Close()
	if room := s.room([]byte("{}")); s.most() != 1 || !s.numbers.TryAcquire("a", room) {
		t.Errorf("there is no room for the %d numbers of %d samples", room, s.most())
	}
}

// A request that waits longer than it may is answered with 503, whatever it waits for.
func TestWaitingIsAnswered(t *testing.T) {
	release := make(chan bool)
	s := newService(fake(func(images ...[]byte) ([]predict.Prediction, error) {
		<-release
		return darkest(images...)
	}))
	s.guard.Work = 50 * time.Millisecond
	picture := string(cross(t))
	for name, c := range map[string]struct {
		hold, free func()
		body       string
	}{
		"the network": {func() {}, func() {}, withPixels("3", 784)},
		"pixels": {
			func() { s.pixels.TryAcquire("", totalPixels) }, func() { s.pixels.Release("", totalPixels) }, picture,
		},
		"numbers": {
			func() { s.numbers.TryAcquire("", totalNumbers) }, func() { s.numbers.Release("", totalNumbers) },
			withPixels("3", 784),
		},
	} {
		c.hold()
		server := httptest.NewServer(s.Guard())
		status, text, header := from(t, strings.TrimPrefix(server.URL, "http://"), "", c.body)
		if status != 503 || header.Get("Retry-After") == "" || !strings.Contains(text, "try again") {
			t.Errorf("%s: got %d %s, %v, want 503 and when to try again", name, status, text, header)
		}
		server.Close()
		c.free()
	}
	close(release)
	s.Close()
}

// A client that closes its own side after the request is answered.
func TestHalfClosed(t *testing.T) {
	addr, end := served(t, newService(fake(func(images ...[]byte) ([]predict.Prediction, error) {
		time.Sleep(20 * time.Millisecond) // in which the server sees the end
		return darkest(images...)
	})))
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	body := withPixels("7", 784)
	fmt.Fprintf(c, "POST /predict HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s", addr, len(body), body)
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if b, err := io.ReadAll(r.Body); err != nil || r.StatusCode != 200 || !bytes.Contains(b, []byte(`"digit":7`)) {
		t.Errorf("got %d %s, %v", r.StatusCode, b, err)
	}
	if err := end(); err != nil {
		t.Error(err)
	}
}
