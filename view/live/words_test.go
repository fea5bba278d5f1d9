package live

import (
	"encoding/json"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"anneal/runs"
)

var (
	direct  = regexp.MustCompile(`data-(?:word|label)="([^"]+)"|\b(?:say|word)\("([^"]+)"`)
	either  = regexp.MustCompile(`\b(?:say|word)\([^\n]*? \? "([\w.]+)" : "([\w.]+)"`)
	pattern = regexp.MustCompile("\\b(?:say|word)\\(`([^`]+)`")
	dynamic = regexp.MustCompile(`\$\{[^}]*\}`)
	place   = regexp.MustCompile(`\{\w+\}`)
	chinese = regexp.MustCompile(`\p{Han}`)
	kind    = regexp.MustCompile(`(?::|\?\?) "(notice\w+)"`)
)

// No word of the pages is missing in a language, and none is left over. Both texts have the same values in them.
func TestWords(t *testing.T) {
	words := dictionary(t)
	want := map[string]bool{}
	var made []*regexp.Regexp // the keys that are made of parts
	for _, text := range scripts(t) {
		for _, match := range direct.FindAllStringSubmatch(text, -1) {
			want[match[1]+match[2]] = true
		}
		for _, match := range either.FindAllStringSubmatch(text, -1) {
			want[match[1]], want[match[2]] = true, true
		}
		for _, match := range kind.FindAllStringSubmatch(text, -1) {
			want[match[1]] = true
		}
		for _, match := range pattern.FindAllStringSubmatch(text, -1) {
			parts := dynamic.Split(match[1], -1)
			for i, part := range parts {
				parts[i] = regexp.QuoteMeta(part)
			}
			made = append(made, regexp.MustCompile("^"+strings.Join(parts, ".+")+"$"))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if words[key] == nil {
			t.Errorf("words.js has no %q", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(words)) {
		base := strings.TrimSuffix(key, ".1")
		if !want[base] && !slices.ContainsFunc(made, func(r *regexp.Regexp) bool { return r.MatchString(base) }) {
			t.Errorf("nothing uses %q of words.js", key)
		}
		texts := words[key]
		if len(texts) != 2 || strings.TrimSpace(texts[0]) == "" || strings.TrimSpace(texts[1]) == "" {
			t.Errorf("%s: got %q, want a text in English and one in Chinese", key, texts)
			continue
		}
		english, other := place.FindAllString(texts[0], -1), place.FindAllString(texts[1], -1)
		slices.Sort(english)
		slices.Sort(other)
		if base == key && !slices.Equal(english, other) {
			t.Errorf("%s: %q and %q have other places", key, texts[0], texts[1])
		}
		if key != "language" && chinese.MatchString(texts[0]) {
			t.Errorf("%s: %q is not English", key, texts[0])
		}
	}
}

// What the program tells has a word: its states, the ends of runs, the kinds of notices, actions and parts of data.
func TestWordsOfEvents(t *testing.T) {
	words := dictionary(t)
	for prefix, keys := range map[string][]string{
		"state.": {
			waiting, training, evaluating, paused, stopping, failed, runs.Completed, runs.StoppedEarly, runs.Interrupted,
			runs.Diverged,
		},
		"control.": {string(runs.Pause), string(runs.Continue), string(runs.Stop), string(runs.SetRate)},
		"part.":    {"training", "validation", "test"},
		"per.":     {string(runs.PerEpoch), string(runs.PerStep)},
		"bestBy.":  {string(runs.ByValidation), string(runs.ByTest)},
		"run.":     {pending, training, resting, pruned},
	} {
		for _, key := range keys {
			if words[prefix+key] == nil {
				t.Errorf("words.js has no %q", prefix+key)
			}
		}
	}
	for _, k := range []string{runs.Guessing, runs.DeadUnits, runs.Diverging} {
		if text := scripts(t)["page.js"]; !regexp.MustCompile(`\b"?` + k + `"?: "notice`).MatchString(text) {
			t.Errorf("page.js has no word for the notice %q", k)
		}
	}
}

// dictionary returns the words of words.js.
func dictionary(t *testing.T) (words map[string][]string) {
	t.Helper()
	text := regexp.MustCompile(`(?s)export default (\{.*?\n\});`).FindStringSubmatch(read(t, "words.js"))
	if text == nil {
		t.Fatal("words.js has no words")
	}
	if err := json.Unmarshal([]byte(strings.Replace(text[1], ",\n}", "\n}", 1)), &words); err != nil {
		t.Fatal(err)
	}
	return words
}

// scripts returns the files of the pages, without the dictionary.
func scripts(t *testing.T) map[string]string {
	t.Helper()
	list, err := fs.ReadDir(files, "page")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, f := range list {
		if f.Name() != "words.js" && path.Ext(f.Name()) != ".css" {
			texts[f.Name()] = read(t, f.Name())
		}
	}
	return texts
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := files.ReadFile("page/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
