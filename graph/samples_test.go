package graph

import (
	"fmt"
	"math"
	"strings"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/internal/kernels/kerneltest"
)

// torchSample is a line of testdata/samples.jsonl: a sample of PyTorch's own tests.
type torchSample struct {
	Family, Kind, Skip    string
	Training              bool
	Args                  map[string]any
	Tensors, Grads, After map[string]torchTensor
	Rounding              map[string]float64 // of PyTorch's float32, by the name of a gradient or the number of a result
	Y, Dy                 []torchTensor
}

type torchTensor struct {
	Shape []int
	Data  kerneltest.Numbers
	Type  string // "float", "int" or "bool"
}

// torchRun is a sample that is being drawn.
type torchRun struct {
	*torchSample
	b      *Builder
	nodes  map[string]*Node // the inputs, by the names of the tensors
	params map[string]string
}

// unlike is why a sample has no form in this package.
type unlike string

func (u unlike) Error() string { return string(u) }

// input draws the tensor of that name as an input of this shape; without one, of its own, where a number is [1].
func (r *torchRun) input(name string, shape ...int) *Node {
	v, ok := r.Tensors[name]
	if !ok {
		return nil
	}
	if len(shape) == 0 {
		if shape = v.Shape; len(shape) == 0 {
			shape = []int{1}
		}
	}
	var d *tensor.Dense
	if v.Type == "float" {
		d = zeros(r.b.params.dtype, shape)
		setFloats(d, v.Data)
	} else {
		d = tensor.New(tensor.Of(tensor.Int32), tensor.WithShape(shape...))
		for i, n := range v.Data {
			d.Int32s()[i] = int32(n)
		}
	}
	n := gorgonia.NodeFromAny(r.b.g, d, gorgonia.WithName(name))
	r.nodes[name] = n
	return n
}

// has reports whether the sample has a tensor of that name.
func (r *torchRun) has(name string) bool { _, ok := r.Tensors[name]; return ok }

// set gives the parameters of the layers the sample's values.
func (r *torchRun) set() error {
	for _, p := range r.b.params.All() {
		name := strings.TrimPrefix(p.name, "layer.")
		for from, to := range r.params {
			if to == name {
				name = from
			}
		}
		v, ok := r.Tensors[name]
		switch {
		case ok && v.count() != p.value.Shape().TotalSize():
			return fmt.Errorf("%s has shape %v, want %v", p.name, p.value.Shape(), v.Shape)
		case ok:
			setFloats(p.value, v.Data)
		case p.kind == Weight:
			return fmt.Errorf("the layer has %s, and the sample none", p.name)
		case p.kind == Bias:
			p.value.Zero()
		}
	}
	return nil
}

func (v torchTensor) count() int {
	n := 1
	for _, size := range v.Shape {
		n *= size
	}
	return n
}

// param returns the parameter that a tensor of the sample is, or nil.
func (r *torchRun) param(name string) *Param {
	if to, ok := r.params[name]; ok {
		name = to
	}
	return r.b.params.Lookup("layer." + name)
}

// run runs the sample. It returns an unlike where it has no form here, and another error where it is not equal: by more
// than 1e-9 of the largest number of a tensor, or of 1 where that is more. In float32 that is 1e-4, or 30 times what
// PyTorch is off where that is more.
func (s *torchSample) run(dtype tensor.Dtype) error {
	if s.Skip != "" {
		return unlike(s.Skip)
	}
	r := &torchRun{s, newBuilder(NewParams(1, dtype), Train, new(uint64)), map[string]*Node{}, map[string]string{}}
	if !s.Training {
		r.b.frozen = newFreezing([]string{"*"})
	}
	s.joinProjections()
	y, err := r.draw()
	switch {
	case err != nil:
		return err
	case r.b.err != nil:
		return fmt.Errorf("does not draw: %w", r.b.err)
	case len(y) != len(s.Y):
		return fmt.Errorf("got %d results, want %d", len(y), len(s.Y))
	}
	if err := r.set(); err != nil {
		return err
	}
	var costs []*Node
	for i, n := range y {
		dy := s.Dy[i]
		if n.IsScalar() {
			costs = append(costs, r.b.Scale(r.b.Reshape(n, 1), dy.Data[0]))
			continue
		}
		d := zeros(dtype, n.Shape())
		setFloats(d, dy.Data)
		costs = append(costs, r.b.Mul(n, gorgonia.NodeFromAny(r.b.g, d, gorgonia.WithName(fmt.Sprint("dy", i)))))
	}
	var loss *Node
	for _, c := range costs {
		sum := r.b.Try(gorgonia.Sum(c))
		if loss == nil {
			loss = sum
		} else {
			loss = r.b.Try(gorgonia.Add(loss, sum))
		}
	}
	if r.b.err != nil {
		return fmt.Errorf("does not draw: %w", r.b.err)
	}
	var wrt []*Node
	var names []string
	for name := range s.Grads {
		if n := r.nodes[name]; n != nil {
			wrt, names = append(wrt, n), append(names, name)
		} else if p := r.param(name); p != nil && r.b.drawn[p] != nil {
			wrt, names = append(wrt, r.b.drawn[p]), append(names, name)
		} else {
			return fmt.Errorf("no input or parameter %s", name)
		}
	}
	results := make([]result, len(wrt)+len(y))
	var all []*result
	if len(wrt) > 0 {
		grads, err := gorgonia.Grad(loss, wrt...)
		if err != nil {
			return err
		}
		for i, g := range grads {
			all = append(all, results[i].at(g))
		}
	}
	for i, n := range y {
		all = append(all, results[len(wrt)+i].at(n))
	}
	p := Program{x: r.b.g.Roots()[0]}
	if err := p.compute(r.b, Config{}, all...); err != nil {
		return err
	}
	if err := p.machine.RunAll(); err != nil {
		return err
	}
	off := func(what, rounding string, got, want []float64) error {
		if dtype == tensor.Float64 {
			return off(what, got, want, 1e-9, 0)
		}
		return off(what, got, want, 1e-4, 30*s.Rounding[rounding])
	}
	for i, name := range names {
		if err := off("d"+name, name, floats(results[i].value), s.Grads[name].Data); err != nil {
			return err
		}
	}
	for i, v := range s.Y {
		if err := off(fmt.Sprint("result ", i), fmt.Sprint(i), floats(results[len(wrt)+i].value), v.Data); err != nil {
			return err
		}
	}
	for name, v := range s.After {
		if v.Type != "float" {
			continue
		}
		p := r.param(name)
		if p == nil {
			return fmt.Errorf("no parameter %s", name)
		}
		if err := off(name+" after the run", "", floats(p.value), v.Data); err != nil {
			return err
		}
	}
	return nil
}

// off returns an error where got differs from want by more than tol, in terms of the largest number, and than rounding.
func off(what string, got, want []float64, tol, rounding float64) error {
	if len(got) != len(want) {
		return fmt.Errorf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	size := 1.0
	for _, v := range want {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			size = max(size, math.Abs(v))
		}
	}
	for i, w := range want {
		g := got[i]
		if g != w && !(math.Abs(g-w) <= max(tol*size, rounding)) && !(math.IsNaN(g) && math.IsNaN(w)) {
			return fmt.Errorf("%s[%d] = %v, want %v", what, i, g, w)
		}
	}
	return nil
}
