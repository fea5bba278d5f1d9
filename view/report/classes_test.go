package report

import (
	"strings"
	"testing"

	"anneal/runs"
)

// TestPageNamesClasses has classes with names in the confusion matrix and under the mistakes, and data sets with names.
func TestPageNamesClasses(t *testing.T) {
	one := func(data, hash string) Run {
		r := Run{Run: runs.Run{
			Record: &runs.Record{
				Model: "mlp", Solver: "SGD(lr=0.1)", Schedule: "ConstantLR()", Settings: runs.Settings{Epochs: 1, Batch: 1},
				Train: runs.DataRecord{Name: data, SHA256: hash, ClassNames: []string{"Coat", "<Bag>"}},
				Test:  runs.DataRecord{Name: data, SHA256: hash + "t"},
			},
			Epochs: []runs.Epoch{{Epoch: 1, Confusion: [][]int{{3, 1}, {2, 4}}, Total: 10, Correct: 7}},
		}}
		r.Mistakes = &runs.Mistakes{
			Shape: [3]int{1, 1, 1}, Mistakes: []runs.Mistake{{Label: 1, Predicted: 0, Pixels: []byte{9}}},
		}
		return r
	}
	page, err := (Page{Runs: []Run{one("attic", "a")}}).HTML()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<th scope="col">Coat</th><th scope="col">&lt;Bag&gt;</th>`, `<th scope="row">Coat</th>`,
		`&lt;Bag&gt; taken for <b>Coat</b>`,
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, c := range []struct {
		a, b Run
		want string
	}{
		{one("MNIST", "a"), one("Fashion-MNIST", "b"), "mlp, MNIST | mlp, Fashion-MNIST"},
		{one("attic", "a"), one("attic", "b"), "mlp, train hash a, test hash at | mlp, train hash b, test hash bt"},
	} {
		all := []Run{c.a, c.b}
		Distinguish(all)
		if got := all[0].Name + " | " + all[1].Name; got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}
