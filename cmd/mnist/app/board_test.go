package app

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anneal/runs"
)

// TestBoard trains two runs with a note and tags, looks at them on the board, compares them, and draws the report of
// their folder. A resumed run keeps its note.
func TestBoard(t *testing.T) {
	dir, set := t.TempDir(), dataset(t, 200, 28)
	for _, args := range [][]string{
		{"--note", "one, 第一", "--tag", "a", "--tag", "b", "--out", "runs/one"},
		{"--solver", "Adam()", "--out", "runs/deep/two"},
		{"--resume", "runs/one", "--epochs", "2"},
	} {
		if args[0] != "--resume" {
			args = append(args, "--data", set, "--epochs", "1")
		}
		if got := mnist(t, dir, append(args, "--model", "mlp", "--quiet")...); got.code != 0 {
			t.Fatalf("%v: got %+v", args, got)
		}
	}
	one, err := runs.ReadRecord(filepath.Join(dir, "runs", "one"))
	if host, _ := os.Hostname(); err != nil || one.Note != "one, 第一" || strings.Join(one.Tags, " ") != "a b" ||
		one.Date.IsZero() || one.Host != host || one.Epochs != 2 {
		t.Errorf("got %+v, %v", one, err)
	}

	c := command(t, dir, "board", "--addr", "localhost:0")
	log := begin(t, c)
	line, err := log.ReadString('\n')
	url := strings.TrimSpace(line[max(0, strings.Index(line, "http://")):])
	address, _, found := strings.Cut(url, "/?token=")
	if !found {
		t.Fatalf("got %q, %v, want the page's URL", line, err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	get := func(url string) string {
		answer, err := (&http.Client{Jar: jar}).Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: got %d, %.200s, %v", url, answer.StatusCode, body, err)
		}
		return string(body)
	}
	if !strings.Contains(get(url), `src="page.js"`) {
		t.Error("got no page")
	}
	var list struct {
		Runs []struct{ ID, Name, Note, State string }
	}
	if err := json.Unmarshal([]byte(get(address+"/runs")), &list); err != nil || len(list.Runs) != 2 ||
		list.Runs[0].Name != "deep/two" || list.Runs[1].Note != "one, 第一" || list.Runs[1].State != runs.Completed {
		t.Fatalf("got %+v, %v", list, err)
	}
	page := get(address + "/report?run=" + list.Runs[0].ID + "&run=" + list.Runs[1].ID)
	if !strings.Contains(page, "Adam()") || !strings.Contains(page, "SGD(lr=0.1") {
		t.Errorf("got a page of %d bytes without the runs' settings", len(page))
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(log)
	_ = c.Wait() // the code tells
	if c.ProcessState.ExitCode() != exitOK || string(rest) != "stopped\n" {
		t.Errorf("got code %d, log %q, %v", c.ProcessState.ExitCode(), rest, err)
	}

	if got := mnist(t, dir, "report", "runs", "--out", "all.html"); got.code != 0 || got.stderr != "drawn in all.html\n" {
		t.Fatalf("got %+v", got)
	}
	if names := curvesIn(t, content(t, dir, "all.html"))[0]; !strings.Contains(strings.Join(names, "\n"), "Adam()") {
		t.Errorf("got curves %q", names)
	}
	for _, c := range []struct {
		args, want string
	}{
		{"--note=\x1b[2J", `--note: got "\x1b[2J", want one line of text`},
		{"--tag=a b", `--tag: got "a b", want a word without spaces and commas`},
		{"--resume=runs/one\n--note=x", "--resume keeps the run's note and tags"},
		{"board\nnowhere", "nowhere"},
	} {
		if got := mnist(t, dir, strings.Split(c.args, "\n")...); got.code == 0 || !strings.Contains(got.stderr, c.want) {
			t.Errorf("%q: got %+v, want %s", c.args, got, c.want)
		}
	}
}
