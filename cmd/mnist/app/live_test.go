package app

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLive sets the rate of a run and stops it over HTTP, when it begins and when it is resumed.
func TestLive(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{
		{"--data", dataset(t, 200, 28), "--epochs", "1000000", "--log-every", "1", "--schedule", "none", "--out", "run"},
		{"--resume", "run", "--quiet"},
	} {
		c := command(t, dir, append(args, "--live", "localhost:0")...)
		log := begin(t, c)
		line, err := log.ReadString('\n')
		url, token, found := strings.Cut(strings.TrimSpace(line[max(0, strings.Index(line, "http://")):]), "/#token=")
		if !found {
			t.Fatalf("got %q, %v, want the page's URL", line, err)
		}
		for _, body := range []string{`{"action":"rate","lr":0.05}`, `{"action":"stop"}`} {
			r, err := http.NewRequest(http.MethodPost, url+"/control", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+token)
			r.Header.Set("Content-Type", "application/json")
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != http.StatusAccepted {
				t.Errorf("%s: got %d", body, answer.StatusCode)
			}
		}
		rest, err := io.ReadAll(log)
		_ = c.Wait() // the code tells
		if c.ProcessState.ExitCode() != exitInterrupted {
			t.Errorf("%v: got code %d, log %s%s, %v", args, c.ProcessState.ExitCode(), line, rest, err)
		}
		if quiet := args[len(args)-1] == "--quiet"; quiet != (len(rest) == 0) ||
			!quiet && !strings.Contains(string(rest), "lr 0.05 from here on, as requested") {
			t.Errorf("%v: got log %s%s", args, line, rest)
		}
		config := content(t, dir, "run", "config.json")
		if bytes.Contains(config, []byte(token)) {
			t.Errorf("config.json holds the token: %s", config)
		}
	}
	metrics := string(content(t, dir, "run", "metrics.jsonl"))
	if strings.Count(metrics, `"action":"rate","lr":[0.05]}`) != 2 ||
		strings.Count(metrics, `"action":"stop"}`) != 2 || strings.Count(metrics, `"event":"end"`) != 1 {
		t.Errorf("got metrics\n%.2000s", metrics)
	}
}

// An address that another program has is an error before anything else happens.
func TestLivePortInUse(t *testing.T) {
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dir := t.TempDir()
	got := mnist(t, dir, "--live", l.Addr().String(), "--out", "run")
	if got.code != exitFailed || strings.Count(got.stderr, "\n") != 1 || !strings.Contains(got.stderr, "--live") ||
		!strings.Contains(got.stderr, "address already in use") {
		t.Errorf("got %+v", got)
	}
	if _, err := os.Stat(filepath.Join(dir, "run")); err == nil {
		t.Error("the run has a folder")
	}
}
