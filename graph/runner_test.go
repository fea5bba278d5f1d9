package graph

import (
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"
)

func newRunner(t testing.TB, dtype tensor.Dtype, cfg Config) *Runner {
	t.Helper()
	r, err := NewRunner(convNet, NewParams(1, dtype), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A Runner gives the bits of a program for each size, with the dropout masks of its count of batches.
func TestRunner(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		r := newRunner(t, dtype, Config{Mode: Train, Shape: []int{4, 1, 10, 10}})
		params := NewParams(1, dtype)
		for step, n := range []int{4, 4, 2, 4} {
			x, labels := batch(n, uint64(step))
			got, err := r.Run(x.Float32s(), labels)
			if err != nil {
				t.Fatal(err)
			}
			want := compile(t, convNet, params, Train, n, 1, 10, 10)
			want.SetStep(uint64(step))
			if dtype == tensor.Float64 {
				x = tensor.New(tensor.WithShape(n, 1, 10, 10), tensor.WithBacking(floats(x)))
			}
			run(t, want, x, labels)
			same(t, got, want)
		}
		if got, want := r.Sizes(), []int{2, 4}; !slices.Equal(got, want) {
			t.Errorf("programs for batches of %v, want %v", got, want)
		}
	}
}

// same fails where two training programs of the same parameters have other results.
func same(t *testing.T, got, want *Program) {
	t.Helper()
	if got.Loss() != want.Loss() || !slices.Equal(floats(got.Logits()), floats(want.Logits())) {
		t.Errorf("loss %v, logits %v, want %v, %v", got.Loss(), got.Logits(), want.Loss(), want.Logits())
	}
	for i, g := range got.Gradients() {
		a, _ := g.Grad()
		b, _ := want.Gradients()[i].Grad()
		if !slices.Equal(floats(a), floats(b)) {
			t.Errorf("gradient %d is %v, want %v", i, a, b)
		}
	}
}

// A tensor gives what its numbers give, and the same step the same masks.
func TestRunTensor(t *testing.T) {
	cfg := Config{Mode: Train, Shape: []int{4, 1, 10, 10}}
	a, b := newRunner(t, tensor.Float32, cfg), newRunner(t, tensor.Float32, cfg)
	x, labels := batch(4, 1)
	want, err := a.Run(x.Float32s(), labels)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		b.SetStep(0)
		got, err := b.RunTensor(x, labels)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, want)
	}
	got, err := b.RunTensor(x, labels)
	if err != nil {
		t.Fatal(err)
	}
	if got.Loss() == want.Loss() {
		t.Error("the second batch has the dropout masks of the first")
	}
}

func TestRunnerErrors(t *testing.T) {
	r := newRunner(t, tensor.Float32, Config{Mode: Train, Shape: []int{4, 1, 10, 10}})
	x := make([]float32, 200)
	scalar := tensor.New(tensor.FromScalar(float32(1)))
	for _, c := range []struct {
		run  func() (*Program, error)
		want string
	}{
		{func() (*Program, error) { return r.Run(x[:150], nil) }, "150 numbers: want a multiple of 100"},
		{func() (*Program, error) { return r.Run(nil, nil) }, "want the batch size first"},
		{func() (*Program, error) { return r.Run(x, make([]int32, 3)) }, "3 labels for a batch of 2"},
		{func() (*Program, error) { return r.Run(x, []int32{0, 5}) }, "label 5"},
		{func() (*Program, error) {
			return r.RunTensor(tensor.New(tensor.WithShape(2, 1, 5, 20), tensor.WithBacking(x)), nil)
		}, "takes (2, 1, 10, 10)"},
		{func() (*Program, error) { return r.RunTensor(scalar, nil) }, "want the batch size first"},
	} {
		if _, err := c.run(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
	cfg := Config{Mode: Train, Shape: []int{4, 1, 1, 1}}
	if _, err := NewRunner(convNet, NewParams(1, tensor.Float32), cfg); err == nil {
		t.Error("images that are too small: no error")
	}
}

// A batch of a size that came before allocates nothing.
func TestRunnerAllocates(t *testing.T) {
	r := newRunner(t, tensor.Float32, Config{Mode: Eval, Shape: []int{4, 1, 10, 10}, Fuse: true, Direct: true})
	x, labels := batch(4, 1)
	numbers := x.Float32s()
	if got := testing.AllocsPerRun(20, func() {
		if _, err := r.Run(numbers, labels); err != nil {
			t.Fatal(err)
		}
	}); got != 0 {
		t.Errorf("%v allocations a batch, want none", got)
	}
}
