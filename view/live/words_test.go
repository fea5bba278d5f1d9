package live

import (
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"anneal/internal/wordstest"
	"anneal/runs"
)

var (
	direct  = regexp.MustCompile(`data-(?:word|label)="([^"]+)"|\b(?:say|word)\("([^"]+)"`)
	either  = regexp.MustCompile(`\b(?:say|word)\([^\n]*? \? "([\w.]+)" : "([\w.]+)"`)
	pattern = regexp.MustCompile("\\b(?:say|word)\\(`([^`]+)`")
	dynamic = regexp.MustCompile(`\$\{[^}]*\}`)
	kind    = regexp.MustCompile(`(?::|\?\?) "(notice\w+)"`)
)

// No word of the pages is missing in a language, and none is left over. Both texts have the same values in them.
func TestWords(t *testing.T) {
	words := dictionary(t)
	wordstest.Check(t, words)
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
func dictionary(t *testing.T) map[string][]string {
	t.Helper()
	return wordstest.Read(t, read(t, "words.js"))
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
