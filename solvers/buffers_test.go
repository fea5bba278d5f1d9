package solvers

import (
	"fmt"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
)

// mine is an algorithm as another package may have it.
type mine struct {
	list Buffers
	none bool // it has no rule for float32
}

func (m mine) String() string                        { return "mine()" }
func (m mine) Validate() error                       { return nil }
func (m mine) Traits() Traits                        { return Traits{LR: 0.1} }
func (m mine) Buffers(float64, []int) Buffers        { return m.list }
func (m mine) Rules() (Rule[float32], Rule[float64]) { r, _ := SGD{}.Rules(); return m.rule(r), nil }

func (m mine) rule(r Rule[float32]) Rule[float32] {
	if m.none {
		return nil
	}
	return r
}

// An algorithm of a user's own that cannot work is an error that says why.
func TestAlgorithmsThatDoNotFit(t *testing.T) {
	params := graph.NewParams(1, tensor.Float32)
	model := func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", x, 2) }
	config := graph.Config{Mode: graph.Train, Shape: tensor.Shape{4, 3}}
	if _, err := graph.Compile(model, params, config); err != nil {
		t.Fatal(err)
	}
	if _, err := New(mine{}, params.All(), Tuning{ClipNorm: 1, LayerDecay: 0.5}); err != nil {
		t.Error(err)
	}
	for want, err := range map[string]func() error{
		"mine() has no rule for parameters of type float32": func() error {
			_, err := New(mine{none: true}, params.All(), Tuning{})
			return err
		},
		`the name "m" of a buffer is taken`: func() error {
			_, err := New(mine{list: Buffers{{Name: "m"}, {}, {Name: "m"}}}, params.All(), Tuning{})
			return err
		},
		`the name "step" of a buffer is taken`: func() error {
			_, err := New(mine{list: Buffers{{Name: "step"}}}, params.All(), Tuning{})
			return err
		},
		"buffer norm has shape [1]: want nil": func() error {
			_, err := New(mine{list: Buffers{{Name: "norm", Shape: []int{1}}}}, params.All(), Tuning{})
			return err
		},
		`there is no solver "mine"`: func() error {
			_, err := New(mine{}, params.All(), Tuning{Groups: []Group{{Pattern: "fc.bias", Settings: "eps=1"}}})
			return err
		},
		"the rate of a solvers.mine cannot be changed": func() error {
			_, err := WithRate(mine{}, 0.2)
			return err
		},
	} {
		if got := fmt.Sprint(err()); !strings.Contains(got, want) {
			t.Errorf("got error %q, want it to say %q", got, want)
		}
	}
}
