package app

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// play serves its page until it is interrupted, to those who have the link.
func TestPlay(t *testing.T) {
	c := command(t, t.TempDir(), "play", "--addr", "localhost:0", "--quiet")
	link, err := begin(t, c).ReadString('\n')
	if err != nil || !strings.HasPrefix(link, "http://localhost:") || !strings.Contains(link, "/?token=") {
		t.Fatalf("got %q, %v", link, err)
	}
	answer, err := http.Get(strings.Split(link, "?")[0])
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("without the token: got %d", answer.StatusCode)
	}
	if err := c.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("after SIGINT: %v", err)
	}
}

// Without Go, --export says what to install, and writes nothing.
func TestPlayExportNeedsGo(t *testing.T) {
	dir := t.TempDir()
	c := command(t, dir, "play", "--export", "site")
	c.Env = append(c.Env, "PATH="+dir)
	got := finish(t, c)
	if want := "there is no go command: install Go"; got.code != exitFailed || !strings.Contains(got.stderr, want) {
		t.Errorf("got %+v, want code %d and %q", got, exitFailed, want)
	}
	if _, err := os.Stat(filepath.Join(dir, "site")); err == nil {
		t.Error("it left a folder")
	}
}
