package board

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
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
	var words map[string][]string
	text := regexp.MustCompile(`(?s)export default (\{.*?\n\});`).FindStringSubmatch(content("words.js"))
	if text == nil {
		t.Fatal("words.js has no words")
	}
	if err := json.Unmarshal([]byte(strings.Replace(text[1], ",\n}", "\n}", 1)), &words); err != nil {
		t.Fatal(err)
	}
	page := content("index.html") + content("page.js")
	value, han := regexp.MustCompile(`\{\w+\}`), regexp.MustCompile(`\p{Han}`)
	for key, texts := range words {
		if len(texts) != 2 || texts[0] == "" || texts[1] == "" {
			t.Errorf("%s: got %q, want a text in English and one in Chinese", key, texts)
			continue
		}
		a, b := value.FindAllString(texts[0], -1), value.FindAllString(texts[1], -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) || key != "language" && (han.MatchString(texts[0]) || texts[0] == texts[1]) {
			t.Errorf("%s: got %q", key, texts)
		}
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
