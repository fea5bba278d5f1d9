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

// A page stays after the run for as long as --stay says, with the run's report, until it is closed.
func TestLiveStays(t *testing.T) {
	dir := t.TempDir()
	c := command(t, dir, "--data", dataset(t, 200, 28), "--epochs", "1", "--schedule", "none", "--out", "run",
		"--live", "localhost:0", "--stay", "1h")
	log := begin(t, c)
	var url, token string
	for found := false; !found; {
		line, err := log.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(line, "the page stays for 1h0m0s, or until Ctrl-C, or Close on it: ") {
			url, token, found = strings.Cut(strings.TrimSpace(line[strings.Index(line, "http://"):]), "/#token=")
		}
	}
	for path, want := range map[string]string{"/": "<main>", "/report": "Repeat", "/events": `"reason":"completed"`} {
		answer, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK || !bytes.Contains(body, []byte(want)) {
			t.Errorf("%s: got %d %.200s, %v, want %s", path, answer.StatusCode, body, err, want)
		}
	}
	shut(t, url, token)
	rest, _ := io.ReadAll(log) // the code tells
	if err := c.Wait(); err != nil {
		t.Errorf("got %v, log %s, want a program that ends well", err, rest)
	}
}

// The page of a study has its runs, the settings and, at the end, the report, also when the study is repeated.
func TestCompareLive(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		c := command(t, dir, "compare", "--data", "make_moons", "--model", "mlp,mlp-bn", "--lr", "0.1", "--epochs", "2",
			"--seed", "1,2", "--schedule", "none", "--valid", "40", "--out", "study", "--live", "localhost:0", "--stay", "1h")
		log := begin(t, c)
		var url, token string
		for found := false; !found; {
			line, err := log.ReadString('\n')
			if err != nil {
				t.Fatalf("%s%v", line, err)
			}
			if strings.Contains(line, "the page stays for") {
				url, token, found = strings.Cut(strings.TrimSpace(line[strings.Index(line, "http://"):]), "/#token=")
			}
		}
		for path, want := range map[string][]string{
			"/": {"study.js"}, "/report": {"<table"},
			"/events": {
				`"reason":"completed"`, `"setting":"mlp(classes=2)","seed":1`, `"setting":"mlp-bn(classes=2)","seed":2`,
				`"epochs":[1,2]`, `"by":"validation"`,
			},
		} {
			answer, err := http.Get(url + path)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(answer.Body)
			answer.Body.Close()
			if n := bytes.Count(body, []byte(`"seed":`)); path == "/events" && n != 4 {
				t.Errorf("got %d runs, want 4: %s", n, body)
			}
			for _, want := range want {
				if err != nil || answer.StatusCode != http.StatusOK || !bytes.Contains(body, []byte(want)) {
					t.Errorf("%s: got %d %.400s, %v, want %s", path, answer.StatusCode, body, err, want)
				}
			}
		}
		shut(t, url, token)
		rest, _ := io.ReadAll(log) // the code tells
		if err := c.Wait(); err != nil {
			t.Errorf("got %v, log %s, want a program that ends well", err, rest)
		}
	}
}

// shut closes the program behind a page.
func shut(t *testing.T, url, token string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, url+"/close", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusAccepted {
		t.Errorf("close: got %d", answer.StatusCode)
	}
}

// A time to stay is one, and belongs to a page.
func TestStayRefused(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--live", "localhost:0", "--stay", "5"}, `--stay: got "5", want a time of at least 0, such as 30m or 2h`},
		{[]string{"--live", "localhost:0", "--stay", "-1m"}, `--stay: got "-1m", want a time of at least 0`},
		{[]string{"--stay", "1m"}, "--stay 1m0s says how long the page of --live stays: give --live"},
		{[]string{"compare", "--stay", "1m"}, "--stay 1m0s says how long the page of --live stays: give --live"},
		{[]string{"compare", "--collect", "--live", "localhost:0"}, "--live localhost:0: --collect trains nothing to watch"},
	} {
		if got := mnist(t, t.TempDir(), c.args...); got.code != exitUsage || !strings.Contains(got.stderr, c.want) {
			t.Errorf("%v: got %+v, want %s", c.args, got, c.want)
		}
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
