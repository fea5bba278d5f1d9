package graph

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"
)

// A direct program gives the bits of one on Gorgonia's machine, whatever batch it is given and after the parameters
// moved, and one with stock ops runs on the machine.
func TestDirect(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		for _, c := range fusedModels {
			for _, fuse := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%v/fuse=%v", c.name, dtype, fuse), func(t *testing.T) {
					params := NewParams(4, dtype)
					programs := [2]*Program{}
					for i := range programs {
						var err error
						programs[i], err = Compile(c.model, params,
							Config{Mode: Eval, Shape: tensor.Shape{6, 1, 10, 10}, Fuse: fuse, Direct: i == 1})
						if err != nil {
							t.Fatal(err)
						}
					}
					stock := slices.Contains([]string{"conv used twice", "norm used twice", "rectified norm used twice"}, c.name)
					if got := programs[1].direct == nil; got != stock {
						t.Errorf("on Gorgonia's machine: %v, want %v", got, stock)
					}
					for seed := range uint64(3) {
						x, labels := batch(6, seed)
						if dtype == tensor.Float64 {
							x = tensor.New(tensor.WithShape(6, 1, 10, 10), tensor.WithBacking(floats(x)))
						}
						for _, p := range programs {
							run(t, p, x, labels)
						}
						want, got := programs[0], programs[1]
						if !slices.Equal(floats(got.Logits()), floats(want.Logits())) || got.Loss() != want.Loss() {
							t.Errorf("batch %d: direct %v, loss %v, on the machine %v, %v",
								seed, got.Logits(), got.Loss(), want.Logits(), want.Loss())
						}
						for _, p := range params.Trainable() {
							move(p.value)
						}
					}
				})
			}
		}
	}
}

// move changes a parameter in place, as a solver does.
func move(v *tensor.Dense) {
	switch w := v.Data().(type) {
	case []float32:
		for i := range w {
			w[i] *= 1.25
		}
	case []float64:
		for i := range w {
			w[i] *= 1.25
		}
	}
}

// A run allocates nothing.
func TestDirectAllocates(t *testing.T) {
	p, err := Compile(convNet, NewParams(1, tensor.Float32),
		Config{Mode: Eval, Shape: tensor.Shape{6, 1, 10, 10}, Fuse: true, Direct: true})
	if err != nil {
		t.Fatal(err)
	}
	x, labels := batch(6, 1)
	if got := testing.AllocsPerRun(20, func() { run(t, p, x, labels) }); got != 0 {
		t.Errorf("%v allocations a run, want none", got)
	}
}

func TestDirectErrors(t *testing.T) {
	shape := tensor.Shape{6, 1, 10, 10}
	if _, err := Compile(convNet, NewParams(1, tensor.Float32),
		Config{Mode: Train, Shape: shape, Direct: true}); err == nil ||
		!strings.Contains(err.Error(), "Direct in a program for train: want eval") {
		t.Errorf("a direct training program: error %v", err)
	}
	p, err := Compile(convNet, NewParams(1, tensor.Float32), Config{Mode: Eval, Shape: shape, Direct: true})
	if err != nil {
		t.Fatal(err)
	}
	x, labels := batch(6, 1)
	labels[2] = 5
	if err := p.Run(x, labels); err == nil || !strings.Contains(err.Error(), "graph: CrossEntropy: label 5 of sample 2") {
		t.Errorf("label 5 of 5 classes: error %v", err)
	}
}

// BenchmarkInference runs one sample through a small network, on Gorgonia's machine and without it.
func BenchmarkInference(b *testing.B) {
	for _, direct := range []bool{false, true} {
		b.Run(fmt.Sprintf("direct=%v", direct), func(b *testing.B) {
			p, err := Compile(convNet, NewParams(1, tensor.Float32),
				Config{Mode: Eval, Shape: tensor.Shape{1, 1, 10, 10}, Fuse: true, Direct: direct})
			if err != nil {
				b.Fatal(err)
			}
			x := tensor.New(tensor.Of(tensor.Float32), tensor.WithShape(1, 1, 10, 10))
			for b.Loop() {
				run(b, p, x, nil)
			}
		})
	}
}
