package runs

import (
	"slices"
	"strings"
	"testing"

	"anneal/internal/limittest"
)

// What contradicts itself is no run, with or without a seal.
func TestConsistent(t *testing.T) {
	step := func(n int) Step { return Step{Epoch: 1, Step: n, Seen: 1, Loss: 1} }
	epoch := func(n, correct int) Epoch {
		return Epoch{Epoch: n, Step: 10 * n, TestLoss: 1, TestAccuracy: float64(correct) / 8, Correct: correct, Total: 8}
	}
	end := End{Epochs: 2, BestAccuracy: 0.75, BestEpoch: 1, TestAccuracy: 0.5, Reason: Completed}
	right := []Event{step(5), epoch(1, 6), step(15), Notice{Step: 15}, epoch(2, 4), end}
	if err := consistent(right, &Record{}); err != nil {
		t.Fatal(err)
	}
	with := func(i int, e Event) []Event {
		list := slices.Clone(right)
		list[i] = e
		return list
	}
	changed := func(change func(*End)) []Event {
		e := end
		change(&e)
		return with(5, e)
	}
	wrongShare := epoch(1, 6)
	wrongShare.TestAccuracy = 0.5
	for _, c := range []struct {
		events []Event
		want   string
	}{
		{slices.Delete(slices.Clone(right), 1, 2), "got epoch 2 where epoch 1 belongs"},
		{slices.Delete(slices.Clone(right), 4, 5), "it counts 2 epochs, and there are 1"},
		{with(2, epoch(1, 6)), "got epoch 1 where epoch 2 belongs"},
		{with(2, step(5)), "step 5 comes after step 5"},
		{with(3, Notice{Step: 3}), "an event after step 3 comes after one of step 15"},
		{with(1, wrongShare), "epoch 1: test accuracy 0.5 with 6 of 8 correct"},
		{append(slices.Clone(right), step(30)), "there are events after the end"},
		{changed(func(e *End) { e.Epochs = 3 }), "it counts 3 epochs, and there are 2"},
		{changed(func(e *End) { e.BestAccuracy = 0.875 }), "best accuracy 0.875 in epoch 1, and the epochs' is 0.75"},
		{changed(func(e *End) { e.TestAccuracy = 0.25 }), "test accuracy 0.25"},
		{changed(func(e *End) { e.Reason = "complete" }), `reason "complete"`},
		{changed(func(e *End) { e.Choice = Choice{By: ByTest, Best: ByAccuracy, Epoch: 2} }), "it chose"},
	} {
		if err := consistent(c.events, &Record{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

// A line has all fields of its kind and no others.
func TestFields(t *testing.T) {
	const epoch = `{"event":"epoch","epoch":1,"step":938,"train_loss":0.15,"test_loss":0.05,"test_accuracy":0.985,` +
		`"lr":[0.1],"train_seconds":1.9,"test_seconds":0.1}`
	if _, err := parseEvent([]byte(epoch)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{`"test_loss"`, `"test_losr"`, `the field "test_loss" is missing`},
		{`"step":938,`, ``, `the field "step" is missing`},
		{`"lr"`, `"correcs":1,"lr"`, `unknown field "correcs"`},
		{`"event"`, `"evenu"`, "event: got"},
		{`0.1}`, `0.1}{}`, "after top-level value"},
	} {
		if _, err := parseEvent([]byte(strings.Replace(epoch, c.old, c.new, 1))); err == nil ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%s for %s: got %v, want %s", c.new, c.old, err, c.want)
		}
	}
}

// FuzzParseRecord reads config.json. What is read is written and read again as the same.
func FuzzParseRecord(f *testing.F) {
	f.Add([]byte(`{"solver":"SGD(lr=0.1)","schedule":"none","epochs":1,"batch":1}`))
	f.Add([]byte(`{"solver":"a","schedule":"b","epochs":1,"batch":1,"tuning":{"groups":["a"]},"notes":{"a":[{}]}}`))
	f.Add([]byte(`{"solver":"a","schedule":"b","epochs":1,"batch":1,"train":{"shape":[1,2,3],"mean":0.5,"std":[1]}}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		var r *Record
		var err error
		limittest.Small.Run(t, "a record", func() { r, err = ParseRecord(content) })
		limittest.OneLine(t, err)
		if err != nil {
			return
		}
		text := r.JSON()
		again, err := ParseRecord([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if again.JSON() != text {
			t.Errorf("got %s, want %s", again.JSON(), text)
		}
	})
}

// FuzzParseSeal reads what a checkpoint says of metrics.jsonl.
func FuzzParseSeal(f *testing.F) {
	f.Add(`{"lines":2,"sha256":"00"}`, []byte("a\nb\n"))
	f.Add(`{"lines":-1}`, []byte("a"))
	f.Fuzz(func(t *testing.T, text string, content []byte) {
		var s *Seal
		var err error
		limittest.Small.Run(t, "a seal", func() { s, err = ParseSeal(map[string]string{SealKey: text}) })
		limittest.OneLine(t, err)
		if err != nil {
			return
		}
		if s.Check(content) == nil {
			var is Sealer
			is.Add(content)
			if is.Seal().Lines < s.Lines {
				t.Errorf("%s fits %q", text, content)
			}
		}
	})
}
