package graph

import (
	"runtime"
	"slices"
	"sync"
	"testing"

	"gorgonia.org/tensor"

	"anneal/internal/parallel"
)

// TestSideBySide compiles and runs programs of different Params at once: the numbers are those of each alone.
func TestSideBySide(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	const programs, runs = 4, 5
	model := func(b *Builder, x *Node) *Node {
		h := b.MaxPool2D(b.ReLU(b.BatchNorm("bn", b.Conv2D("conv", x, 8, 3))), 2)
		return b.Linear("fc", b.Dropout("drop", b.Flatten(h), 0.5), 10)
	}
	numbers := func(seed uint64) ([]float32, error) {
		params := NewParams(seed, tensor.Float32)
		p, err := Compile(model, params, Config{Mode: Train, Shape: tensor.Shape{16, 1, 12, 12}, Fuse: true})
		if err != nil {
			return nil, err
		}
		pixels := make([]float32, 16*12*12)
		for i := range pixels {
			pixels[i] = float32(i%7) - float32(seed)
		}
		x := tensor.New(tensor.WithShape(16, 1, 12, 12), tensor.WithBacking(pixels))
		var all []float32
		for step := range runs {
			p.SetStep(uint64(step))
			if err := p.Run(x, make([]int32, 16)); err != nil {
				return nil, err
			}
			for _, g := range p.Gradients() {
				v, err := g.Grad()
				if err != nil {
					return nil, err
				}
				all = append(all, v.Data().([]float32)...)
			}
		}
		return append(all, p.Logits().Float32s()...), nil
	}
	var alone, beside [programs][]float32
	var errs [programs]error
	for i := range alone {
		if alone[i], errs[i] = numbers(uint64(i)); errs[i] != nil {
			t.Fatal(errs[i])
		}
	}
	for _, announced := range []bool{false, true} {
		var all sync.WaitGroup
		for i := range beside {
			all.Go(func() {
				if announced {
					defer parallel.SideBySide()()
				}
				beside[i], errs[i] = numbers(uint64(i))
			})
		}
		all.Wait()
		for i := range beside {
			if errs[i] != nil || !slices.Equal(beside[i], alone[i]) {
				t.Errorf("program %d, announced %v: %v, or other numbers than alone", i, announced, errs[i])
			}
		}
	}
	if len(alone[0]) == 0 || slices.Equal(alone[0], alone[1]) {
		t.Errorf("got %d numbers, alike for two seeds", len(alone[0]))
	}
}
