package report

import (
	"strings"
	"testing"

	"anneal/internal/picture"
	"anneal/runs"
)

// A page has the training images of each augmentation once, with the names of classes and of those that are mixed. Runs
// without them have no such section.
func TestPageShowsAugmented(t *testing.T) {
	png, err := picture.PNG([3]int{1, 1, 2}, []byte{0, 255})
	if err != nil {
		t.Fatal(err)
	}
	of := func(augment, hash string, mixed bool) Run {
		r := Run{Name: augment, Run: runs.Run{Record: &runs.Record{
			Train: runs.DataRecord{SHA256: hash, ClassNames: []string{"Coat", "<Bag>"}},
		}}}
		if augment == "" {
			return r
		}
		row := runs.AugmentedRow{Label: 1, Images: []runs.AugmentedImage{{PNG: png}, {PNG: png}}}
		if mixed {
			row.Images[1].Classes = []runs.ClassShare{{Class: 0, Share: 0.25}, {Class: 1, Share: 0.75}}
		}
		r.Augmented = &runs.Augmented{Augment: augment, Seed: 4, Mixed: mixed, Rows: []runs.AugmentedRow{row}}
		return r
	}
	list := []Run{
		of("", "a", false), of("GaussianBlur(3)", "a", false), of("GaussianBlur(3)", "a", false),
		of("MixUp()", "a", true), of("GaussianBlur(3)", "b", false),
	}
	page, err := (Page{Runs: list}).HTML()
	if err != nil {
		t.Fatal(err)
	}
	for want, times := range map[string]int{
		"Training images, augmented</h2>":      3,
		"<code>GaussianBlur(3)</code>":         2,
		"<b>&lt;Bag&gt;</b>":                   3,
		`alt="&lt;Bag&gt; as it is"`:           3,
		`alt="&lt;Bag&gt; in epoch 1"`:         2,
		"<span>25 % Coat</span>":               1,
		"<span>75 % &lt;Bag&gt;</span>":        1,
		"mixed as if the rows were one batch":  1,
		string(pngURL(png)[:22]):               6,
		`alt="25 % Coat, 75 % &lt;Bag&gt; in`:  1,
		"then as the first epochs train on it": 3,
	} {
		if got := strings.Count(visible(page), want); got != times {
			t.Errorf("%s: got it %d times, want %d", want, got, times)
		}
	}
	page, err = (Page{Runs: list[:1]}).HTML()
	if err != nil || strings.Contains(visible(page), "Training images, augmented") {
		t.Errorf("%v: a run without augmented images has a section for them", err)
	}
	table := of("", "b", false)
	table.Record.Train.Columns, table.Record.Test.SHA256 = []runs.ColumnRecord{{Name: "size"}}, "b"
	list[0].Record.Test.SHA256 = "a"
	if got := (Page{Runs: []Run{list[0], table}}).facts()[0].Note; !strings.Contains(got, "different samples") {
		t.Errorf("got %s, want samples of tables", got)
	}
}

// visible returns what a page has before its scripts, whose dictionary has the texts of any page.
func visible(page []byte) string {
	text, _, _ := strings.Cut(string(page), "<script>")
	return text
}
