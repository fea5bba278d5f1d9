package serve

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gorgonia.org/tensor"

	"anneal/deploy/predict"
	"anneal/graph"
)

// classify answers about images of MNIST's shape.
type classify func(images ...[]byte) ([]predict.Prediction, error)

// fakeNetwork is a network of MNIST's shape that classifies as the function does.
type fakeNetwork struct {
	*predict.Predictor
	classify classify
}

// linear is the network that reads the bodies of a fake.
var linear = sync.OnceValue(func() *predict.Predictor {
	model := func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", b.Flatten(x), 10) }
	p, err := predict.New(model, graph.NewParams(0, tensor.Float32), predict.Options{Std: 1})
	if err != nil {
		panic(err)
	}
	return p
})

func fake(c classify) fakeNetwork { return fakeNetwork{linear(), c} }

func (f fakeNetwork) Answer(samples ...[]float32) ([]predict.Prediction, error) {
	images := make([][]byte, len(samples))
	for i, x := range samples {
		for _, v := range x {
			images[i] = append(images[i], byte(math.Round(255*float64(v))))
		}
	}
	return f.classify(images...)
}

// darkest implements classify: the class of an image is its first pixel modulo 10.
func darkest(images ...[]byte) ([]predict.Prediction, error) {
	var predictions []predict.Prediction
	for _, img := range images {
		p := predict.Prediction{Class: int(img[0]) % 10, Probabilities: make([]float64, 10)}
		p.Probabilities[p.Class] = 1
		predictions = append(predictions, p)
	}
	return predictions, nil
}

// digitAnswer is the answer of a network of digits.
type digitAnswer struct {
	Digit         int       `json:"digit"`
	Probabilities []float64 `json:"probabilities"`
	Pixels        []int     `json:"pixels"`
}

func start(t *testing.T, c classify) *httptest.Server {
	t.Helper()
	s := newService(fake(c))
	server := httptest.NewServer(s)
	t.Cleanup(func() { server.Close(); s.Close() })
	return server
}

// cross returns a PNG with something on it.
func cross(t *testing.T) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 60, 60))
	for i := 10; i < 50; i++ {
		img.SetGray(i, i, color.Gray{255})
		img.SetGray(i, 60-i, color.Gray{255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func blank(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 28, 28))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func withPixels(first string, n int) string {
	return `{"pixels":[` + first + strings.Repeat(",0", n-1) + `]}`
}

// formOf returns a form with files, and its type.
func formOf(t *testing.T, files ...[]byte) (kind string, body []byte) {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	if err := form.WriteField("comment", "from a page"); err != nil {
		t.Fatal(err)
	}
	for i, file := range files {
		part, err := form.CreateFormFile("picture", fmt.Sprintf("%d.png", i))
		if err == nil {
			_, err = part.Write(file)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return form.FormDataContentType(), b.Bytes()
}

// TestBodies sends a picture and pixels as clients do: with the type that curl --data-binary and others give every
// file, without one, and in a form. They all get the same answer.
func TestBodies(t *testing.T) {
	server := start(t, darkest)
	form, file := formOf(t, cross(t))
	pixels := []byte(" \n" + withPixels("255", 784))
	pixelForm, pixelFile := formOf(t, pixels)
	for i, group := range [][]struct {
		kind string
		body []byte
	}{
		{
			{"image/png", cross(t)},
			{"", cross(t)},
			{"application/octet-stream", cross(t)},
			{"application/x-www-form-urlencoded", cross(t)},
			{"image/x-png", cross(t)},
			{form, file},
		},
		{
			{"application/json", pixels},
			{"", pixels},
			{"application/octet-stream", pixels},
			{"application/x-www-form-urlencoded", pixels},
			{"application/json; charset=utf-8", pixels},
			{pixelForm, pixelFile},
		},
	} {
		want := ""
		for _, c := range group {
			r, err := http.NewRequest("POST", server.URL+"/predict", bytes.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if c.kind != "" {
				r.Header.Set("Content-Type", c.kind)
			}
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(response.Body)
			response.Body.Close()
			if want == "" {
				want = string(got)
			}
			if err != nil || response.StatusCode != 200 || string(got) != want ||
				strings.Contains(want, `"pixels"`) != (i == 0) {
				t.Errorf("type %q: got %s %s, %v, want %s", c.kind, response.Status, got, err, want)
			}
		}
	}
}

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

func TestRefuses(t *testing.T) {
	server := start(t, darkest)
	picture := cross(t)
	form, two := formOf(t, picture, picture)
	huge := bytes.Clone(picture)
	copy(huge[16:], []byte{0, 0, 78, 32, 0, 0, 78, 32}) // 20000×20000
	fixCRC(huge)
	for _, c := range []struct {
		name, method, path, kind string
		body                     []byte
		status                   int
		says                     string
	}{
		{"method", "GET", "/predict", "", nil, 405, "want POST"},
		{"method", "DELETE", "/", "", nil, 405, "want GET"},
		{"method", "POST", "/healthz", "", nil, 405, "want GET"},
		{"path", "GET", "/index.html", "", nil, 404, "/index.html"},
		{"type", "POST", "/predict", "text/plain", picture, 415, "want image/png, image/jpeg"},
		{"a video", "POST", "/predict", "video/mp4", picture, 415, "want image/png, image/jpeg"},
		{"no type and no picture", "POST", "/predict", "", []byte("hello"), 400, "want PNG, JPEG, GIF"},
		{"form without an end", "POST", "/predict", "multipart/form-data; boundary=b", []byte("--b\r\n"), 400, "form: "},
		{"a form without a boundary", "POST", "/predict", "multipart/form-data", []byte("--b\r\n"), 400, "form: "},
		{"an empty form", "POST", "/predict", "multipart/form-data; boundary=b", []byte("--b--\r\n"), 400, "no file"},
		{"two files", "POST", "/predict", form, two, 400, "got 2 files, want one in each request"},
		{"50 MB", "POST", "/predict", "image/png", make([]byte, 50<<20), 413, "want at most 16777216"},
		{"truncated", "POST", "/predict", "image/png", picture[:len(picture)/2], 400, "png"},
		{"20000×20000", "POST", "/predict", "image/png", huge, 400, "20000×20000 pixels, want at most"},
		{"no picture", "POST", "/predict", "image/png", []byte("hello"), 400, "want PNG, JPEG, GIF"},
		{"no body", "POST", "/predict", "image/gif", nil, 400, "want PNG, JPEG, GIF"},
		{"blank", "POST", "/predict", "image/png", blank(t), 422, "blank"},
		{"not JSON", "POST", "/predict", "application/json", []byte("{pixels}"), 400, "JSON"},
		{
			"list", "POST", "/predict", "application/json", []byte("[]"), 400,
			`got array at byte 1, want {"pixels": [784 numbers]}`,
		},
		{"text", "POST", "/predict", "application/json", []byte(withPixels(`"1"`, 784)), 400, "got string at byte"},
		{"two objects", "POST", "/predict", "application/json", []byte(withPixels("1", 784) + "{}"), 400, "nothing after it"},
		{"other key", "POST", "/predict", "application/json", []byte(`{"pixel":[]}`), 400, "pixel"},
		{"783 pixels", "POST", "/predict", "application/json", []byte(withPixels("1", 783)), 400, "got 783, want 784"},
		{"785 pixels", "POST", "/predict", "application/json", []byte(withPixels("1", 785)), 400, "got 785, want 784"},
		{"NaN", "POST", "/predict", "application/json", []byte(withPixels("NaN", 784)), 400, "JSON"},
		{"null", "POST", "/predict", "application/json", []byte(withPixels("null", 784)), 400, "got null, want 0 to 255"},
		{"too large for a float", "POST", "/predict", "application/json", []byte(withPixels("1e999", 784)), 400, "1e999"},
		{"256", "POST", "/predict", "application/json", []byte(withPixels("256", 784)), 400, "got 256, want 0 to 255"},
		{"negative", "POST", "/predict", "application/json", []byte(withPixels("-0.5", 784)), 400, "got -0.5, want 0 to 255"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := http.NewRequest(c.method, server.URL+c.path, bytes.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if c.kind != "" {
				r.Header.Set("Content-Type", c.kind)
			}
			status, text := do(t, r)
			var e struct{ Error string }
			if err := json.Unmarshal([]byte(text), &e); err != nil || status != c.status || !strings.Contains(e.Error, c.says) {
				t.Errorf("status %d: %s (%v), want %d with %q", status, text, err, c.status, c.says)
			}
		})
	}
}

// A body that does not say how long it is is read only as far as allowed, and little memory is taken.
func TestEndlessBody(t *testing.T) {
	server := start(t, darkest)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 5 {
		r, err := http.NewRequest("POST", server.URL+"/predict", io.LimitReader(endless{}, 50<<20))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "image/png")
		if status, text := do(t, r); status != http.StatusRequestEntityTooLarge {
			t.Errorf("status %d: %s, want 413", status, text)
		}
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 200<<20 {
		t.Errorf("5 requests allocated %d bytes, want at most 200 MiB", got)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestPredict(t *testing.T) {
	server := start(t, darkest)
	for _, c := range []struct {
		kind, body string
		digit      int
		pixels     int
	}{
		{"application/json", withPixels("7", 784), 7, 0},
		{"application/json; charset=utf-8", withPixels("254.6", 784), 5, 0}, // rounded to 255
		{"image/png", string(cross(t)), 0, 784},
		{"image/jpeg", string(cross(t)), 0, 784}, // what is in the body counts
	} {
		status, text := post(t, server.URL, c.kind, c.body)
		var got digitAnswer
		if err := json.Unmarshal([]byte(text), &got); err != nil || status != http.StatusOK {
			t.Fatalf("%s: status %d: %s (%v)", c.kind, status, text, err)
		}
		if got.Digit != c.digit || len(got.Probabilities) != 10 || len(got.Pixels) != c.pixels {
			t.Errorf("%s: %s, want digit %d, 10 probabilities, %d pixels", c.kind, text, c.digit, c.pixels)
		}
	}
	if status, text := post(t, start(t, failing).URL, "application/json", withPixels("1", 784)); status != 500 ||
		!strings.Contains(text, "broken") {
		t.Errorf("status %d: %s, want 500 with the error", status, text)
	}
}

func failing(...[]byte) ([]predict.Prediction, error) { return nil, errors.New("broken") }

func TestPageAndHealth(t *testing.T) {
	server := start(t, darkest)
	for path, want := range map[string]string{
		"/": "<title>anneal", "/page.css": "#pad", "/page.js": "getContext",
		"/healthz": `{"status":"ok"}`, "/metrics": "go_goroutines",
	} {
		r, err := http.NewRequest("GET", server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if status, text := do(t, r); status != http.StatusOK || !strings.Contains(text, want) {
			t.Errorf("%s: status %d, want 200 with %q", path, status, want)
		}
	}
}

// Many clients at once: each gets the answer to its own question, and nobody is turned away.
func TestConcurrentClients(t *testing.T) {
	server := start(t, darkest)
	picture := string(cross(t))
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 200}}
	defer client.CloseIdleConnections()
	var clients sync.WaitGroup
	for i := range 200 {
		clients.Go(func() {
			for j := range 5 {
				first := (i*7 + j*13) % 256
				kind, body, want := "application/json", withPixels(fmt.Sprint(first), 784), first%10
				if j%5 == 0 {
					kind, body, want = "image/png", picture, 0
				}
				response, err := client.Post(server.URL+"/predict", kind, strings.NewReader(body))
				if err != nil {
					t.Errorf("client %d: %v", i, err)
					return
				}
				var got digitAnswer
				err = json.NewDecoder(response.Body).Decode(&got)
				response.Body.Close()
				if err != nil || response.StatusCode != http.StatusOK || got.Digit != want {
					t.Errorf("client %d: status %d, digit %d, %v, want %d", i, response.StatusCode, got.Digit, err, want)
				}
			}
		})
	}
	clients.Wait()
}

// While one run of the network is held up, 20 more requests come: they share the next run. When there is no room for
// more, one is turned away with 503.
func TestBatches(t *testing.T) {
	var sizes []int
	started, release := make(chan bool, 10), make(chan bool)
	s := newService(fake(func(images ...[]byte) ([]predict.Prediction, error) {
		sizes = append(sizes, len(images))
		started <- true
		<-release
		return darkest(images...)
	}))
	server := httptest.NewServer(s)
	defer s.Close()
	defer server.Close()
	var requests sync.WaitGroup
	send := func(n int) {
		for i := range n {
			requests.Go(func() {
				status, text := post(t, server.URL, "application/json", withPixels(fmt.Sprint(i), 784))
				if want := fmt.Sprintf(`{"digit":%d,`, i%10); status != http.StatusOK || !strings.HasPrefix(text, want) {
					t.Errorf("status %d: %s, want 200 with %s", status, text, want)
				}
			})
		}
	}
	send(1)
	<-started
	send(20)
	for len(s.batches.waiting) < 20 {
		time.Sleep(time.Millisecond)
	}
	release <- true
	<-started
	send(maxRequests - 20)
	for len(s.batches.waiting) < maxRequests-20 {
		time.Sleep(time.Millisecond)
	}
	if status, text := post(t, server.URL, "application/json",
		withPixels("1", 784)); status != http.StatusServiceUnavailable || !strings.Contains(text, "too many") {
		t.Errorf("status %d: %s, want 503", status, text)
	}
	close(release)
	requests.Wait()
	if want := "[1 20 64 64 64 44]"; fmt.Sprint(sizes) != want {
		t.Errorf("batches of %v, want %s", sizes, want)
	}
}

// A lone question on an idle service is answered without any waiting: by a clock that only moves when all wait, no time
// passes.
func TestLoneQuestionIsNotDelayed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBatches(fake(darkest).Answer, func(int) {})
		defer b.close()
		begin := time.Now()
		if _, err := b.ask(t.Context(), [][]float32{make([]float32, 784)}); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(begin); waited != 0 {
			t.Errorf("waited %v, want 0", waited)
		}
	})
}

// A question whose client has gone, or whose service was closed, does not wait; the first is not put to the network
// either.
func TestAskGivesUp(t *testing.T) {
	var asked atomic.Int64
	release := make(chan bool)
	b := newBatches(fake(func(images ...[]byte) ([]predict.Prediction, error) {
		asked.Add(int64(len(images)))
		<-release
		return darkest(images...)
	}).Answer, func(int) {})
	answers := make(chan error, 2)
	go func() { _, err := b.ask(context.Background(), [][]float32{make([]float32, 784)}); answers <- err }()
	for asked.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() { _, err := b.ask(ctx, [][]float32{make([]float32, 784)}); answers <- err }()
	for len(b.waiting) == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-answers; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that it was cancelled", err)
	}
	release <- true
	if err := <-answers; err != nil {
		t.Error(err)
	}
	b.close()
	if _, err := b.ask(context.Background(), [][]float32{make([]float32, 784)}); !errors.Is(err, errClosed) {
		t.Errorf("error %v, want %v", err, errClosed)
	}
	if asked.Load() != 1 {
		t.Errorf("the network was asked %d times, want once", asked.Load())
	}
}

// When the context ends, a request under way is answered, and no more are taken.
func TestServeStopsGracefully(t *testing.T) {
	started, release := make(chan bool), make(chan bool)
	s := newService(fake(func(images ...[]byte) ([]predict.Prediction, error) {
		started <- true
		<-release
		return darkest(images...)
	}))
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	ended, answered := make(chan error, 1), make(chan bool)
	go func() { ended <- s.Serve(ctx, l) }()
	go func() {
		defer close(answered)
		if status, text := post(t, url, "application/json", withPixels("3", 784)); status != http.StatusOK {
			t.Errorf("status %d: %s, want 200", status, text)
		}
	}()
	<-started
	cancel()
	for {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			break // takes no more
		}
		c.Close()
		time.Sleep(time.Millisecond)
	}
	select {
	case err := <-ended:
		t.Errorf("ended (%v) before the request was answered", err)
	default:
	}
	release <- true
	<-answered
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func post(t *testing.T, url, kind, body string) (status int, text string) {
	t.Helper()
	r, err := http.NewRequest("POST", url+"/predict", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	return do(t, r)
}

func do(t *testing.T, r *http.Request) (status int, text string) {
	t.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		t.Error(err)
	}
	return response.StatusCode, string(b)
}

// fixCRC makes the checksum of a PNG's header right again.
func fixCRC(b []byte) { binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29])) }
