package spec

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// step is a thing of a registry, whose settings depend on each other.
type step struct {
	size        int
	gamma, last float64
}

func (s *step) settings() []Setting {
	return []Setting{
		Required("size", &s.size).AtLeast(1),
		Optional("gamma", &s.gamma, 0.1).AtLeast(0),
		Optional("last", &s.last, 1),
	}
}

func (s step) Validate() error {
	if s.last < s.gamma {
		return errors.New("Step: last is below gamma")
	}
	return Validate("Step", s.settings()...)
}

var steps = Registry[step]{
	What: "schedule",
	Entries: []Entry[step]{
		{Name: "Step", New: func() ([]Setting, func() step) {
			s := new(step)
			return s.settings(), func() step { return *s }
		}},
		{Name: "Lambda", Refused: "has no spec"},
	},
	Ignored: func(a Arg) bool { return a.Key == "verbose" },
}

func ExampleRegistry() {
	fmt.Println(steps.Parse("m.step(optimizer, 5, verbose=True)"))
	_, err := steps.Parse("Step(5, gamma=-1)")
	fmt.Println(err)
	fmt.Println(step{size: 5, gamma: -1}.Validate())
	// Output:
	// {5 0.1 1} <nil>
	// schedule "Step(5, gamma=-1)": column 15: Step: gamma is -1: want a finite number of at least 0
	// Step: gamma is -1: want a finite number of at least 0
}

func TestRegistryErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                  `schedule "": column 1: nothing here`,
		"StpLR(5)":          `column 1: there is no schedule "StpLR"; there are Step, Lambda`,
		"sTEP(5)":           `there is no schedule "sTEP"`,
		"Lambda(1)":         "column 1: Lambda has no spec",
		" Step(5, last=0)":  "column 2: Step: last is below gamma",
		"Step(0)":           "column 6: Step: size is 0: want a whole number of at least 1",
		"Step(5, lasst=0)":  `column 9: Step has no setting "lasst"`,
		"Step(5, verbose,)": "column 9: Step: gamma is verbose: want a number",
	} {
		got, err := steps.Parse(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, %v, want %s", text, got, err, want)
		}
	}
}
