package serve

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
)

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
