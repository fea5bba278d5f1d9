package runs_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"anneal/internal/limittest"
	"anneal/runs"
)

var badMistakes = []string{
	"", "{", "{}", `{"shape":[1,2],"mistakes":[]}`, `{"shape":[1,2,0],"mistakes":[]}`,
	`{"shape":[100000,100000,100000],"mistakes":[]}`,
	`{"shape":[1,1,2],"mistakes":[{"index":0,"label":1,"predicted":2,"probability":0.5,"pixels":"AAA="},` +
		`{"pixels":"AA=="}]}`,
	`{"shape":[1,1,2],"mistakes":[{"index":0,"label":1,"predicted":2,"probability":1.5,"pixels":"AAA="}]}`,
	`{"shape":[1,1,2],"mistakes":[{"index":-1,"label":1,"predicted":2,"probability":0.5,"pixels":"AAA="}]}`,
	`{"shape":[1,1,2],"mistakes":[{"index":0,"label":1,"predicted":2,"probability":0.5,"pixels":"!"}]}`,
}

func TestReadMistakesErrors(t *testing.T) {
	dir := t.TempDir()
	for _, content := range badMistakes {
		write(t, filepath.Join(dir, runs.MistakesFile), content)
		if _, err := runs.ReadMistakes(dir); err == nil || !strings.Contains(err.Error(), runs.MistakesFile) ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want an error of one line", content, err)
		}
	}
}

func FuzzReadMistakes(f *testing.F) {
	for _, content := range append(slices.Clone(badMistakes),
		`{"shape":[1,1,2],"mistakes":[{"index":3,"label":1,"predicted":2,"probability":0.5,"pixels":"AAA="}]}`) {
		f.Add([]byte(content))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		write(t, filepath.Join(dir, runs.MistakesFile), string(content))
		var m *runs.Mistakes
		var err error
		limittest.Small.Run(t, "mistakes", func() { m, err = runs.ReadMistakes(dir) })
		limittest.OneLine(t, err)
		if err != nil {
			return
		}
		for _, x := range m.Mistakes {
			if len(x.Pixels) != m.Shape[0]*m.Shape[1]*m.Shape[2] || !(x.Probability >= 0 && x.Probability <= 1) {
				t.Errorf("got %+v", x)
			}
		}
	})
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}
