package serve

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"anneal/internal/wordstest"
)

// No word of the page is missing in a language, and none is left over. Both texts have the same values in them. Each
// limit of a card has its words, which are in English those of the card.
func TestWords(t *testing.T) {
	text, err := fs.ReadFile(files, "page/words.js")
	if err != nil {
		t.Fatal(err)
	}
	words := wordstest.Read(t, string(text))
	wordstest.Check(t, words)
	var page strings.Builder
	for _, name := range append(slices.Clone(scripts), "index.html", "page.js") {
		if name != "words.js" {
			content, err := fs.ReadFile(files, "page/"+name)
			if err != nil {
				t.Fatal(err)
			}
			page.Write(content)
		}
	}
	for key := range words {
		base, _, _ := strings.Cut(key, ".")
		whole := regexp.MustCompile(`"` + regexp.QuoteMeta(key) + `"`)
		part := regexp.MustCompile("`" + regexp.QuoteMeta(base) + `\.\$`)
		if !whole.MatchString(page.String()) && (base == key || !part.MatchString(page.String())) {
			t.Errorf("nothing uses %q", key)
		}
	}
	used := regexp.MustCompile(`\bsay\("([\w.]+)"|\bsay\([^()]*\? "(\w+)" : "(\w+)"|data-(?:word|label|hint)="([\w.]+)"|` +
		`(?:digits|pictures|table|tensors): "(\w+)"`)
	for _, m := range used.FindAllStringSubmatch(page.String(), -1) {
		for _, key := range m[1:] {
			if key != "" && words[key] == nil {
				t.Errorf("words.js has no %q", key)
			}
		}
	}
	for id, text := range limitTexts {
		if got := words["limit."+id]; len(got) == 0 || got[0] != text {
			t.Errorf("limit.%s: got %q, want %q", id, got, text)
		}
	}
	for _, key := range []string{
		"input.digits", "input.pictures", "input.table", "input.tensors", "on.test", "on.validation", "interval.epoch",
		"interval.step",
	} {
		if words[key] == nil {
			t.Errorf("words.js has no %q", key)
		}
	}
}
