package board

import (
	"regexp"
	"strings"
	"testing"

	"anneal/internal/wordstest"
)

// No word of the page is missing in a language, and none is left over. Both texts have the same values in them.
func TestWords(t *testing.T) {
	content := func(name string) string {
		b, err := files.ReadFile("page/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	words := wordstest.Read(t, content("words.js"))
	wordstest.Check(t, words)
	page := content("index.html") + content("page.js")
	for key := range words {
		base := strings.TrimPrefix(strings.TrimSuffix(key, ".1"), "state.")
		if !regexp.MustCompile(`["\s{]` + regexp.QuoteMeta(base) + `[":]`).MatchString(page) {
			t.Errorf("nothing uses %q", key)
		}
	}
	used := regexp.MustCompile(`\bword\("(\w+)"|data-(?:word|label|hint)="(\w+)"`)
	for _, m := range used.FindAllStringSubmatch(page, -1) {
		if key := m[1] + m[2]; words[key] == nil {
			t.Errorf("words.js has no %q", key)
		}
	}
}
