// Package wordstest checks the dictionaries of web pages in tests. A dictionary has, by its key, the text of each word
// in English and in Chinese; {name} in a text is a value.
package wordstest

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	object    = regexp.MustCompile(`(?s)(?:export default|\.words =) (\{.*?\n\});`)
	continued = regexp.MustCompile(`" \+\s+"`)
	value     = regexp.MustCompile(`\{\w+\}`)
	letter    = regexp.MustCompile(`\pL`)
	han       = regexp.MustCompile(`\p{Han}`)
)

// Read returns the words of a script that has a dictionary, which is JSON but for texts in parts and a last comma.
func Read(t testing.TB, script string) (words map[string][]string) {
	t.Helper()
	found := object.FindStringSubmatch(script)
	if found == nil {
		t.Fatal("the script has no words")
	}
	text := continued.ReplaceAllString(strings.Replace(found[1], ",\n}", "\n}", 1), "")
	if err := json.Unmarshal([]byte(text), &words); err != nil {
		t.Fatal(err)
	}
	return words
}

// Check reports an error of t for each word whose texts are not two with the same values, or whose English is Chinese.
// The word "language" names the other language. Texts with letters are not the same in both languages, except those of
// the keys in same, and of keys that continue one of them after a dot.
func Check(t testing.TB, words map[string][]string, same ...string) {
	t.Helper()
	for _, key := range slices.Sorted(maps.Keys(words)) {
		texts := words[key]
		if len(texts) != 2 || strings.TrimSpace(texts[0]) == "" || strings.TrimSpace(texts[1]) == "" {
			t.Errorf("%s: got %q, want a text in English and one in Chinese", key, texts)
			continue
		}
		english, chinese := value.FindAllString(texts[0], -1), value.FindAllString(texts[1], -1)
		slices.Sort(english)
		slices.Sort(chinese)
		if !slices.Equal(english, chinese) {
			t.Errorf("%s: %q and %q have other values", key, texts[0], texts[1])
		}
		if key == "language" {
			continue
		}
		if han.MatchString(texts[0]) {
			t.Errorf("%s: %q is not English", key, texts[0])
		}
		name := slices.ContainsFunc(same, func(s string) bool { return key == s || strings.HasPrefix(key, s+".") })
		if texts[0] == texts[1] && !name && letter.MatchString(value.ReplaceAllString(texts[0], "")) {
			t.Errorf("%s: %q in both languages", key, texts[0])
		}
	}
}
