package play

import (
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"testing"

	"anneal/internal/wordstest"
)

var (
	used   = regexp.MustCompile(`data-(?:word|label)="([^"]+)"|\bsay\("([^"]+)"|\? "([a-z.]+)" : "([a-z.]+)"`)
	field  = regexp.MustCompile(`(?m)^  (\w+): \{ (?:words: \[([^\]]*)\])?`)
	quoted = regexp.MustCompile(`"([^"]+)"`)
	kind   = regexp.MustCompile(`(?m)^  (\w+): \{(?: spec|$)`)
)

// No word of the page is missing in a language, and none is left over.
func TestWords(t *testing.T) {
	words := wordstest.Read(t, pageFile(t, "words.js"))
	wordstest.Check(t, words, "activation", "init", "solver")
	want := map[string]bool{}
	err := fs.WalkDir(files, "page", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, path)
		for _, match := range used.FindAllStringSubmatch(string(text), -1) {
			for _, key := range match[1:] {
				if key != "" {
					want[key] = true
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range field.FindAllStringSubmatch(pageFile(t, "controls.js"), -1) {
		want["set."+f[1]] = true
		for _, word := range quoted.FindAllStringSubmatch(f[2], -1) {
			want[f[1]+"."+word[1]] = true
		}
	}
	for _, k := range kind.FindAllStringSubmatch(pageFile(t, "kinds.js"), -1) {
		want["schedule."+k[1]] = true
	}
	want["schedule.other"] = true
	var lessons []lesson
	list(t, "lessons.js", &lessons)
	for _, l := range lessons {
		for _, part := range []string{"title", "text", "check"} {
			want[l.ID+"."+part] = true
		}
	}
	for key := range want {
		if words[key] == nil {
			t.Errorf("words.js has no %q", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(words)) {
		if !want[key] {
			t.Errorf("nothing uses %q of words.js", key)
		}
	}
}

func pageFile(t *testing.T, name string) string {
	t.Helper()
	text, err := files.ReadFile("page/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
