package nearest

import (
	"strings"
	"testing"
)

func TestOf(t *testing.T) {
	names := []string{"train", "eval", "board", "bench", "lrfind", "StepLR", "lr", "学习率表", strings.Repeat("long", 1<<20)}
	for word, want := range map[string]string{
		"tarin": "train", "Train": "train", "bord": "board", "evla": "eval", "lr-find": "lrfind", "fly": "", "x": "",
		"": "", "trainings": "", "steprl": "StepLR", "l": "", "学习律表": "学习率表", strings.Repeat("train", 1000): "",
	} {
		if got := Of(word, names); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}

func TestHint(t *testing.T) {
	if got := Hint("tarin", []string{"train"}); got != "; did you mean train?" {
		t.Errorf("got %q", got)
	}
	if got := Hint("fly", []string{"train"}); got != "" {
		t.Errorf("got %q, want nothing", got)
	}
}
