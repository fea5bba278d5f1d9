package search

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// space returns a space with ranges inside choices, and choices inside these.
func space(t *testing.T) *Space {
	t.Helper()
	s := new(Space)
	for _, set := range [][]string{
		{"lr", "log(1e-4, 1)"},
		{
			"solver", "SGD(lr=1, momentum=uniform(0, 0.99), weight_decay=choice(0, log(1e-6, 1e-2)))",
			"Adam(lr=1, betas=(uniform(0.8, 0.95), 0.999))",
		},
		{"schedule", "StepLR(integer(2, 5), gamma=0.1)"},
		{"batch", "log_integer(16, 256)"},
		{"model", "lenet-bn"},
	} {
		if err := s.Add(set[0], set[1:]...); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestNames(t *testing.T) {
	var names []string
	for _, r := range space(t).Ranges {
		names = append(names, r.Name)
	}
	want := []string{
		"lr", "solver", "SGD momentum", "SGD weight_decay", "SGD weight_decay 2", "argument 1", "StepLR argument 1",
		"batch",
	}
	if !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}

// Suggestions are within their ranges, have values where they are taken, and are the same whoever asks and when. A
// range that is added changes nothing in the others.
func TestSuggest(t *testing.T) {
	s := space(t)
	first, second := Suggest(s, 7, nil), Suggest(s, 7, nil)
	last, _ := second.At(199)
	sgd := 0
	for i := range 200 {
		trial, ok := first.At(i)
		if !ok {
			t.Fatalf("trial %d: none", i)
		}
		value := func(k int) float64 {
			v, err := strconv.ParseFloat(trial.Values[k], 64)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		for k, r := range s.Ranges {
			taken := r.parent < 0 || trial.Values[r.parent] == s.Ranges[r.parent].Choices[r.branch]
			if taken != (trial.Values[k] != "") || taken == math.IsNaN(trial.Units[k]) {
				t.Errorf("trial %d: %s is %q at %v, its choice is taken: %v", i, r.Name, trial.Values[k], trial.Units[k], taken)
			}
			if v := trial.Values[k]; v != "" && r.Kind != "choice" && !(value(k) >= r.Low && value(k) <= r.High) {
				t.Errorf("trial %d: %s is %s, want %v to %v", i, r.Name, v, r.Low, r.High)
			}
		}
		if strings.HasPrefix(trial.Texts["solver"], "SGD(lr=1, momentum="+trial.Values[2]+", weight_decay=") {
			sgd++
		} else if !strings.HasPrefix(trial.Texts["solver"], "Adam(lr=1, betas=("+trial.Values[5]+", 0.999))") {
			t.Errorf("trial %d: got solver %s", i, trial.Texts["solver"])
		}
		if trial.Texts["model"] != "lenet-bn" || trial.Texts["batch"] != trial.Values[7] {
			t.Errorf("trial %d: got %v", i, trial.Texts)
		}
		if i == 199 && trial.key(s) != last.key(s) {
			t.Errorf("asked for at once: got %v, want %v", last.Texts, trial.Texts)
		}
	}
	if sgd < 80 || sgd > 120 {
		t.Errorf("got SGD %d times of 200, want about half", sgd)
	}
	before, _ := first.At(3)
	if err := s.Add("augment", "RandomRotation(uniform(0, 20))"); err != nil {
		t.Fatal(err)
	}
	if after, _ := Suggest(s, 7, nil).At(3); !slices.Equal(after.Values[:8], before.Values) {
		t.Errorf("with one more range: got %q, want %q", after.Values, before.Values)
	}
	if other, _ := Suggest(s, 8, nil).At(3); other.Values[0] == before.Values[0] {
		t.Error("the seed does not matter")
	}
}

// A space of few settings has each of them once.
func TestExhausted(t *testing.T) {
	s := new(Space)
	if err := s.Add("batch", "16", "32", "64"); err != nil {
		t.Fatal(err)
	}
	if err := s.Add("depth", "integer(1, 2)"); err != nil {
		t.Fatal(err)
	}
	trials, seen := Suggest(s, 1, nil), map[string]bool{}
	for i := range 6 {
		trial, ok := trials.At(i)
		if key := trial.key(s); !ok || seen[key] {
			t.Errorf("trial %d: got %v, %v", i, trial.Texts, ok)
		} else {
			seen[key] = true
		}
	}
	if trial, ok := trials.At(6); ok {
		t.Errorf("got a seventh trial, %v", trial.Texts)
	}
}

// A trial that is not valid is left out, and the others stay what they are.
func TestInvalidTrials(t *testing.T) {
	s := space(t)
	all := Suggest(s, 7, nil)
	refused, _ := all.At(2)
	some := Suggest(s, 7, func(trial Trial) error {
		if trial.key(s) == refused.key(s) {
			return errors.New("refused")
		}
		return nil
	})
	for i := range 5 {
		a, _ := all.At(i)
		b, ok := some.At(i)
		if !ok || (a.key(s) == b.key(s)) != (i != 2) {
			t.Errorf("trial %d: got %v, %v", i, b.Texts, ok)
		}
	}
	if len(some.Left) != 1 || some.Left[0].Error() != "refused" {
		t.Errorf("left out: %v", some.Left)
	}
	none := Suggest(s, 7, func(Trial) error { return errors.New("no") })
	if _, ok := none.At(0); ok || len(none.Left) != draws {
		t.Errorf("got a trial, or %d reasons", len(none.Left))
	}
}

func TestAt(t *testing.T) {
	for _, c := range []struct {
		text string
		want string // at 0, 0.25, 0.5, 0.75 and 1
	}{
		{"uniform(-1, 1)", "-1 -0.5 0 0.5 1"},
		{"uniform(0, 0.99)", "0 0.2475 0.495 0.7425 0.99"},
		{"log(1e-4, 1)", "0.0001 0.001 0.01 0.1 1"},
		{"log(0.00012345, 1)", "0.00012345 0.001171 0.01111 0.1054 1"},
		{"integer(1, 4)", "1 2 3 4 4"},
		{"log_integer(16, 256)", "16 32 64 128 256"},
		{"choice(a, b, c, d)", "a b c d d"},
	} {
		s := new(Space)
		if err := s.Add("x", c.text); err != nil {
			t.Fatal(err)
		}
		var got []string
		for i := range 5 {
			got = append(got, s.Ranges[0].At(float64(i)/4))
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s: got %s, want %s", c.text, text, c.want)
		}
	}
}

// The ends of a space have every choice, and the least and the largest value of every range of numbers.
func TestEnds(t *testing.T) {
	s := space(t)
	seen := make([]map[string]bool, len(s.Ranges))
	for _, trial := range s.Ends() {
		for k, v := range trial.Values {
			if seen[k] == nil {
				seen[k] = map[string]bool{}
			}
			seen[k][v] = true
		}
	}
	for k, r := range s.Ranges {
		for _, v := range append([]string{r.At(0), r.At(1)}, r.Choices...) {
			if !seen[k][v] {
				t.Errorf("%s: %s is not at the ends", r.Name, v)
			}
		}
	}
}

func TestSpaceErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"log(0, 1)", "search: x: log(0, 1): got 0, want a least value above 0, since the range is logarithmic"},
		{"uniform(1, 1)", "search: x: uniform(1, 1): 1 is not below 1: want the least value first, and a larger one"},
		{"SGD(lr=log(1, 0.1))", "search: x: log(1, 0.1): 1 is not below 0.1: want the least value first, and a larger one"},
		{"integer(1.5, 3)", "search: x: integer(1.5, 3): want whole numbers"},
		{"uniform(0)", "search: x: uniform(0): got 1 arguments, want two: the least and the largest value"},
		{"uniform(0, nan)", `search: x: uniform(0, nan): got "nan", want a finite number`},
		{"choice(a)", "search: x: choice(a): want at least two choices"},
		{"choice(a, a)", `search: x: choice(a, a): got "a" as choice 2, want texts that are not empty and differ`},
		{"SGD(momentum=uniform(0, 1)", ""},
		{"SGD(momentum=uniform(0, 1", "search: x: SGD(momentum=uniform(0, 1: the parenthesis at column 21 is not closed"},
		{"choice(0, log(0, 1))", "search: x: log(0, 1): got 0, want a least value above 0, since the range is logarithmic"},
	} {
		err := new(Space).Add("x", c.text)
		if text := errorText(err); text != c.want {
			t.Errorf("%s: got %s, want %s", c.text, text, c.want)
		}
	}
	s := new(Space)
	if err := s.Add("x", "16"); err != nil || s.Check() == nil {
		t.Errorf("no range: got %v, %v", err, s.Check())
	}
	if err := s.Add("x", "16"); errorText(err) != "search: x is there twice" {
		t.Errorf("twice: got %v", err)
	}
	if err := s.Add("y"); errorText(err) != "search: y: no text to choose" {
		t.Errorf("no text: got %v", err)
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
