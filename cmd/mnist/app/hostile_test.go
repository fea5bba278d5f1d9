package app

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"anneal/internal/bounded"
	"anneal/internal/limittest"
	"anneal/internal/safetensors"
	"anneal/runs"
)

func TestBrief(t *testing.T) {
	for _, c := range []struct {
		text string
		most int
		want string
	}{
		{"", 8, ""},
		{"12345678", 8, "12345678"},
		{"123456789", 8, "123456… 1 bytes …89"},
		{"äöüäöü", 8, "äöü… 4 bytes …ü"},
		{"aäöüaäö", 8, "aäö… 5 bytes …ö"},
	} {
		if got := brief(c.text, c.most); got != c.want {
			t.Errorf("%q in %d bytes: got %q, want %q", c.text, c.most, got, c.want)
		}
	}
}

// Names that are very long are cut wherever they are printed: in an error, in a table, in the log.
func TestLongNames(t *testing.T) {
	long := strings.Repeat("n", 300_000)
	dir := t.TempDir()
	f := &safetensors.File{
		Tensors:  []safetensors.Tensor{{Name: long, DType: safetensors.U8, Shape: []int{1}, Data: []byte{1}}},
		Metadata: map[string]string{long: long},
	}
	content, err := f.EncodeChecked()
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "x.safetensors"), content)
	record := `{"model": "` + long + `", "solver": "` + long + `", "schedule": "none", "epochs": 1, "batch": 1}`
	write(t, filepath.Join(dir, runs.ConfigFile), []byte(record))
	write(t, filepath.Join(dir, runs.MetricsFile), nil)
	for _, args := range [][]string{
		{"--model", long},
		{"--solver", long},
		{"--data", long},
		{"--resume", dir},
		{"report", dir},
		{"compare", "--model", long},
		{"inspect", filepath.Join(dir, "x.safetensors")},
		{"eval", "--model", "mlp", "--init", filepath.Join(dir, "x.safetensors")},
		{long},
	} {
		var both bytes.Buffer
		Run(t.Context(), args, &both, &both)
		if both.Len() == 0 || both.Len() > 8*maxLine {
			t.Errorf("%.40q: got %d bytes, want some, and at most %d", args, both.Len(), 8*maxLine)
		}
	}
}

// Names in a file neither steer the terminal nor forge a line of what is printed, as output, as an error or in the log.
func TestHostileNames(t *testing.T) {
	const evil = "w\x1b]0;title\a\x1b[2J\nx.safetensors: safetensors, checksum right: SHA-256 0000\u202e\u009b31m"
	path := filepath.Join(t.TempDir(), "x\nx.safetensors")
	f := &safetensors.File{
		Tensors:  []safetensors.Tensor{{Name: evil, DType: safetensors.U8, Shape: []int{1}, Data: []byte{1}}},
		Metadata: map[string]string{evil: evil},
	}
	content, err := f.EncodeChecked()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"inspect", path},
		{"inspect", "--format", "json", path},
		{"eval", "--model", "mlp", "--init", path},
		{"inspect", path + evil},
		{"--resume", evil},
		{"--data", evil},
		{"compare", "--file", evil},
		{evil},
	} {
		var both bytes.Buffer
		Run(t.Context(), args, &both, &both)
		for line := range strings.Lines(both.String()) {
			forged := strings.HasPrefix(line, "x.safetensors: ")
			if strings.ContainsFunc(strings.TrimSuffix(line, "\n"), unicode.IsControl) || forged {
				t.Errorf("%q: got the line %q", args, line)
			}
		}
	}
}

// A file of settings costs little, whatever is in it, and a pipe or a device that never ends is no file of settings.
func TestSettingsAreBounded(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string][2]string{
		"long.yaml":  {"model: " + strings.Repeat("a,", maxValue) + "\n", "line 1: model: a value of"},
		"large.yaml": {"model: [" + strings.Repeat("mlp, ", maxSettings/5) + "]\n", "more than 65536 bytes"},
		"deep.yaml":  {"model: " + strings.Repeat("[", 20_000) + "\n", ""},
		"bomb.yaml": {
			"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n", "want a value",
		},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(c[0]), 0o666); err != nil {
			t.Fatal(err)
		}
		var stderr strings.Builder
		code := Run(t.Context(), []string{"compare", "--print", "--file", path}, io.Discard, &stderr)
		if code != exitUsage || !strings.Contains(stderr.String(), c[1]) || strings.Count(stderr.String(), "\n") != 1 {
			t.Errorf("%s: got code %d and %.200q, want %q", name, code, &stderr, c[1])
		}
	}
	if _, err := os.Stat("/dev/zero"); err == nil {
		if _, err := bounded.ReadNamed("/dev/zero", maxSettings); err == nil || !strings.Contains(err.Error(), "more than") {
			t.Errorf("/dev/zero: got %v", err)
		}
	}
}

// FuzzSettings reads a file of settings. No value is longer than maxValue.
func FuzzSettings(f *testing.F) {
	f.Add([]byte("model: [lenet, lenet-bn]\nsetting:\n  - a: SGD(lr=0.1)\n"))
	f.Add([]byte("a: &a [x]\nb: *a\n"))
	f.Add([]byte("a: {b: c}\n---\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		if len(content) > maxSettings {
			return
		}
		s := settingsFile{values: make(map[string][]string), lines: make(map[string]int)}
		var err error
		limittest.Small.Run(t, "settings", func() { err = s.read(content) })
		limittest.OneLine(t, err)
		if err != nil {
			return
		}
		for key, list := range s.values {
			for _, text := range list {
				if len(text) > maxValue || s.lines[key] < 1 {
					t.Errorf("%q in line %d: a value of %d bytes", key, s.lines[key], len(text))
				}
			}
		}
	})
}
