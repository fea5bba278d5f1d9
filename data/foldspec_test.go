package data_test

import (
	"slices"
	"strings"
	"testing"

	"anneal/data"
)

// TakeFold returns the fold that its text names, the same one for the same seed.
func TestTakeFold(t *testing.T) {
	set := numbered(t, 2, slices.Concat(repeat(0, 8), repeat(1, 4))...)
	folds, err := data.Folds(set, 3, 5)
	if err != nil {
		t.Fatal(err)
	}
	for k, text := range []string{"1/3", "2/3", "3/3"} {
		train, valid, err := data.TakeFold(set, text, 5)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []struct{ got, want data.Dataset }{{train, folds[k].Train}, {valid, folds[k].Valid}} {
			got, _ := contents(part.got)
			if want, _ := contents(part.want); !slices.Equal(got, want) {
				t.Errorf("%s: got samples %v, want %v", text, got, want)
			}
		}
	}
	_, other, err := data.TakeFold(set, "1/3", 6)
	got, _ := contents(other)
	if first, _ := contents(folds[0].Valid); err != nil || slices.Equal(got, first) {
		t.Errorf("seeds 5 and 6 hold out the same samples, %v, %v", got, err)
	}
}

func TestFoldErrors(t *testing.T) {
	set := numbered(t, 1, 0, 0, 0)
	for text, want := range map[string]string{
		"":     `data: fold: got "", want K/N, such as 1/5: N at least 2, and K from 1 to N`,
		"5":    `got "5", want K/N`,
		"0/5":  `got "0/5", want K/N`,
		"6/5":  `got "6/5", want K/N`,
		"1/1":  `got "1/1", want K/N`,
		"-1/5": `got "-1/5", want K/N`,
		"1/2/": `got "1/2/", want K/N`,
		"1/x":  `got "1/x", want K/N`,
		"1/4":  "data: folds: got 4, want 2 to 3, the number of samples",
	} {
		if _, _, err := data.TakeFold(set, text, 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}
