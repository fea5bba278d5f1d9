package app

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestTutorialHeld checks that the numbers of the tutorial that are measured come from a file of results: every
// accuracy, such as 99.32, and every other decimal number of what it says was seen. A setting is not measured: it is in
// a command of its section, selects results, or is called one, as in "momentum 0.9".
func TestTutorialHeld(t *testing.T) {
	page := tutorialPage(t)
	computed, settings := map[string][]string{}, map[string][]string{}
	for _, c := range claims {
		_, numbers := c.words(t, resultsOf(t, resultFile(c.results)))
		computed[c.section] = append(computed[c.section], digits.FindAllString(strings.Join(numbers, " "), -1)...)
		settings[c.section] = append(settings[c.section], digits.FindAllString(strings.Join(c.selections, " "), -1)...)
	}
	for section, text := range tutorialSections(page) {
		prose, code := apart(text)
		settings[section] = append(settings[section], digits.FindAllString(code, -1)...)
		prose = asSetting.ReplaceAllString(prose, " ")
		found := accuracy.FindAllString(prose, -1)
		for _, n := range digits.FindAllString(seen(prose), -1) {
			if strings.Contains(n, ".") && !slices.Contains(settings[section], n) {
				found = append(found, n)
			}
		}
		slices.Sort(found)
		found = slices.DeleteFunc(slices.Compact(found), func(n string) bool {
			return slices.Contains(computed[section], n)
		})
		if len(found) > 0 {
			t.Errorf("section %s: no claim computes the numbers %q", section, found)
		}
	}
}

var (
	accuracy  = regexp.MustCompile(`\b[0-9]{2}\.[0-9]{2}\b`)
	asSetting = regexp.MustCompile(`\b(momentum|lr|rate|section) [0-9.]+\b`)
	fenced    = regexp.MustCompile("(?s)```.*?```|`[^`]*`|\n    [^\n]*")
)

// apart separates the prose of a section from its commands, formulas and other code.
func apart(text string) (prose, code string) {
	return fenced.ReplaceAllString(text, " "), strings.Join(fenced.FindAllString(text, -1), "\n")
}

// seen returns the paragraphs that say what was seen: from one that begins with Seen, up to the next such title.
func seen(prose string) string {
	var list []string
	inside := false
	for _, p := range strings.Split(prose, "\n\n") {
		if p = strings.TrimSpace(p); strings.HasPrefix(p, "**") {
			inside = strings.HasPrefix(p, "**Seen**")
		}
		if inside {
			list = append(list, p)
		}
	}
	return strings.Join(list, "\n")
}
