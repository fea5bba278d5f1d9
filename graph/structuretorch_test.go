package graph

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// check runs the sample in float64 and compares results and gradients.
func (s *sample) check(t *testing.T) error {
	b := newBuilder(NewParams(1, tensor.Float64), Train, new(uint64))
	var x, wrt []*Node
	place := func(name string, v torchTensor) *Node {
		d := zeros(tensor.Float64, v.Shape)
		setFloats(d, v.Data)
		return gorgonia.NodeFromAny(b.g, d, gorgonia.WithName(name))
	}
	for i, v := range s.X {
		x = append(x, place(fmt.Sprint("x", i), v))
	}
	y, err := s.draw(b, x)
	if err != nil {
		return err
	}
	if b.err != nil {
		return b.err
	}
	var loss *Node
	wrt = append(wrt, x...)
	for i, n := range y {
		sum := b.Try(gorgonia.Sum(b.Try(gorgonia.HadamardProd(n, place(fmt.Sprint("dy", i), s.Dy[i])))))
		if loss == nil {
			loss = sum
		} else {
			loss = b.Try(gorgonia.Add(loss, sum))
		}
	}
	want := append([]torchTensor{}, s.Dx...)
	for i, name := range []string{"weight", "bias"} {
		if p := b.params.Lookup("layer." + name); p != nil {
			setFloats(p.value, []torchTensor{s.Weight, s.Bias}[i].Data)
			wrt, want = append(wrt, b.drawn[p]), append(want, []torchTensor{s.Dweight, s.Dbias}[i])
		}
	}
	grads, err := gorgonia.Grad(loss, wrt...)
	if err != nil {
		return err
	}
	results := make([]result, len(grads)+len(y))
	var all []*result
	for i := range results {
		if i < len(grads) {
			all = append(all, results[i].at(grads[i]))
		} else {
			all = append(all, results[i].at(y[i-len(grads)]))
		}
	}
	p := Program{x: x[0]}
	if err := p.compute(b, Config{}, all...); err != nil {
		return err
	}
	if err := p.machine.RunAll(); err != nil {
		return err
	}
	for i, v := range append(want, s.Y...) {
		near(t, fmt.Sprintf("%s %v: result %d", s.Kind, s.Args, i), floats(results[i].value), v.Data, 1e-9)
	}
	return nil
}

// Samples of PyTorch's own tests of these layers, in float64: results and gradients are PyTorch's.
func TestStructuresMatchPyTorch(t *testing.T) {
	file, err := os.Open("testdata/structure.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<24)
	equal, other := 0, 0
	for lines.Scan() {
		var s sample
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		switch err := s.check(t); {
		case err == nil:
			equal++
		default:
			other++
			t.Logf("%s %v on %v: %v", s.Kind, s.Args, s.X[0].Shape, err)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d samples are equal, %d are not expressible", equal, other)
	if all := equal + other; all == 0 || float64(equal) < 0.95*float64(all) {
		t.Errorf("%d of %d samples are expressible, want 95 %%", equal, all)
	}
}
