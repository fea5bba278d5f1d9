package runs

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// write writes a file, and the folders that it is in.
func write(t *testing.T, content string, path ...string) {
	t.Helper()
	name := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestFind(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	write(t, "", outside, MetricsFile)
	write(t, "", dir, "b", MetricsFile)
	write(t, "", dir, "b", "tensorboard", MetricsFile) // within a run
	write(t, aboutConfig, dir, "a", "deep", ConfigFile)
	write(t, "", dir, "a", "deep", LastFile)
	write(t, "{}", dir, "other", ConfigFile) // of another program
	write(t, "{}", dir, "s", StudyFile)
	write(t, "", dir, "s", "one", MetricsFile)
	write(t, "", dir, ".deleted", "c", MetricsFile)
	write(t, "", dir, "1", "2", "3", "4", "5", "6", MetricsFile) // too deep
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Log(err) // Windows
	}
	if err := os.MkdirAll(filepath.Join(dir, "no", MetricsFile), 0o777); err != nil { // a folder of that name
		t.Fatal(err)
	}
	show := func(list []Found) []string {
		var texts []string
		for _, f := range list {
			text := strings.TrimPrefix(filepath.ToSlash(f.Dir), filepath.ToSlash(dir))
			if f.IsStudy() {
				text += " study"
			} else if f.Study != "" {
				text += " in " + filepath.Base(f.Study)
			}
			texts = append(texts, text)
		}
		return texts
	}
	want := []string{"/a/deep", "/b", "/s study", "/s/one in s"}
	if got := show(Find(dir)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := show(Find(filepath.Join(dir, "b"))); !slices.Equal(got, []string{"/b"}) {
		t.Errorf("a run: got %q", got)
	}
	if got := Find(filepath.Join(dir, "nowhere")); len(got) != 1 || got[0].Err == nil || got[0].IsStudy() {
		t.Errorf("no folder: got %+v, want an error", got)
	}
}

func TestRecognise(t *testing.T) {
	step := `{"event":"step","epoch":1,"step":1,"seen":64,"loss":2.3,"lr":[0.1]}` + "\n"
	for _, c := range []struct {
		config, metrics string
		ours            bool
	}{
		{aboutConfig, "", true},
		{aboutConfig, "?", true},
		{"{", step, true},
		{"", step, true},
		{"", "", true},
		{"", "half of a li", false},
		{"", "{\"step\":1,\"loss\":2}\n", false},
		{"{}", `{"event":"other program's"}` + "\n", false},
	} {
		dir := t.TempDir()
		if c.config != "" {
			write(t, c.config, dir, ConfigFile)
		}
		write(t, c.metrics, dir, MetricsFile)
		if err := Recognise(dir); (err == nil) != c.ours {
			t.Errorf("%q, %q: got %v", c.config, c.metrics, err)
		}
	}
}
