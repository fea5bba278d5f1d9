package runs

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const aboutConfig = `{"model":"lenet","solver":"SGD(lr=0.1)","schedule":"none","epochs":1,"batch":64,` +
	`"later":{"b":[1],"a":2},"text":"","list":[],"none":null}`

// A note and tags come into config.json and go out of it, and nothing else changes, known or not.
func TestDescribe(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, ConfigFile)
	if err := os.WriteFile(path, []byte(aboutConfig), 0o666); err != nil {
		t.Fatal(err)
	}
	was, err := ReadRecord(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := Describe(dir, "larger rate 固定", []string{"paper", "v2"}); err != nil {
		t.Fatal(err)
	}
	is, err := ReadRecord(dir)
	if err != nil || is.Note != "larger rate 固定" || strings.Join(is.Tags, " ") != "paper v2" {
		t.Errorf("got %+v, %v", is, err)
	}
	if d := is.Differences(was); len(d) > 0 {
		t.Errorf("a note makes another run: %v", d)
	}
	if a, b := was.Setting(), is.Setting(); len(a) != len(b) {
		t.Errorf("got the setting %v, want %v", b, a)
	}
	if err := Describe(dir, "", nil); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var got, want any
	if json.Unmarshal(content, &got) != nil || json.Unmarshal([]byte(aboutConfig), &want) != nil {
		t.Fatalf("got %s", content)
	}
	if g, w := mustJSON(t, got), mustJSON(t, want); g != w || !strings.Contains(string(content), "\n  \"later\": {\n") {
		t.Errorf("got %s, want %s", g, w)
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestDescribeErrors(t *testing.T) {
	dir := t.TempDir()
	if err := Describe(dir, "x", nil); err == nil || !strings.Contains(err.Error(), "not the folder of a run") {
		t.Errorf("no run: got %v", err)
	}
	for want, a := range map[string]About{
		"want at most 500":            {Note: strings.Repeat("é", 501)},
		"want one line of text":       {Note: "a\nb"},
		`note: got "a\x1b[2J", want`:  {Note: "a\x1b[2J"},
		"want at most 20":             {Tags: make([]string, 21)},
		`tag: got "", want a word`:    {Tags: []string{""}},
		`tag: got "a b", want a word`: {Tags: []string{"a b"}},
		`tag: got "a,b", want a word`: {Tags: []string{"a,b"}},
		`tag: got "a" twice`:          {Tags: []string{"a", "a"}},
		"tag: got 51 characters":      {Tags: []string{strings.Repeat("x", 51)}},
	} {
		if err := a.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40v: got %v, want %s", a, err, want)
		}
		if err := Describe(dir, a.Note, a.Tags); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Describe: got %v, want %s", err, want)
		}
	}
}

// What is absent stays absent, and what is there decides nothing.
func TestAboutInRecord(t *testing.T) {
	r := &Record{Model: "lenet"}
	text := r.JSON()
	if strings.Contains(text, "date") || strings.Contains(text, "host") || strings.Contains(text, `"note"`) {
		t.Errorf("got %s, want nothing about the run", text)
	}
	bare := r.Decisive().JSON()
	r.About = About{"a", []string{"b"}, time.Date(2026, 11, 27, 19, 0, 0, 0, time.UTC), "gpu"}
	if !strings.Contains(r.JSON(), `"note":"a","tags":["b"],"date":"2026-11-27T19:00:00Z","host":"gpu"`) {
		t.Errorf("got %s", r.JSON())
	}
	if got := r.Decisive().JSON(); got != bare {
		t.Errorf("got %s, want %s", got, bare)
	}
}
