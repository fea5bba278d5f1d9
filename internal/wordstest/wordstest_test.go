package wordstest

import (
	"fmt"
	"strings"
	"testing"
)

// told keeps the errors that a check reports.
type told struct {
	testing.TB
	errors []string
}

func (t *told) Helper() {}

func (t *told) Errorf(format string, args ...any) {
	t.errors = append(t.errors, fmt.Sprintf(format, args...))
}

func TestCheck(t *testing.T) {
	words := Read(t, `export default {
  "language": ["中文", "English"],
  "runs": ["{n} runs of " +
    "{m}", "{m} 次训练中的 {n} 次"],
  "solver.adam": ["Adam", "Adam"],
  "both": ["{a} ± {b}", "{a} ± {b}"],
};
`)
	if len(words) != 4 || words["runs"][0] != "{n} runs of {m}" {
		t.Fatalf("got %q", words)
	}
	Check(t, words, "solver")
	for want, texts := range map[string][]string{
		"want a text in English": {"one", " "},
		"have other values":      {"{n} runs", "{m} 次"},
		"is not English":         {"一", "一次"},
		"in both languages":      {"Adam", "Adam"},
	} {
		var got told
		Check(&got, map[string][]string{"key": texts}, "ke")
		if len(got.errors) != 1 || !strings.Contains(got.errors[0], want) {
			t.Errorf("%q: got %q, want one error with %q", texts, got.errors, want)
		}
	}
}
