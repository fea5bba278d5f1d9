package attention

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

type torchCase struct {
	Name                         string
	N, Queries, Keys, Heads, Dim int
	Causal                       bool
	Pairs, Padding               []float64
	Inputs, DInputs              [][]float64
	Y, DY                        []float64
	Weights, DWeights            map[string][]float64
}

func (c torchCase) shape() Shape {
	return Shape{N: c.N, Heads: c.Heads, Queries: c.Queries, Keys: c.Keys, Dim: c.Dim, Causal: c.Causal}
}

// of returns which inputs are the query, the key and the value.
func (c torchCase) of() [3]int { return [3]int{0, min(1, len(c.Inputs)-1), len(c.Inputs) - 1} }

func TestPyTorch(t *testing.T) {
	kerneltest.EachVariant(t, func(t rapid.TB) { testPyTorch[float32](t, 2e-5) })
	testPyTorch[float64](t, 1e-11)
}

func testPyTorch[T kernels.Float](t rapid.TB, tol float64) {
	for _, c := range kerneltest.Cases[torchCase](t, "testdata/torch.json") {
		var inputs, dinputs [][]T
		for _, x := range c.Inputs {
			inputs, dinputs = append(inputs, kerneltest.Convert[T](x)), append(dinputs, kerneltest.NaNs[T](len(x)))
		}
		masks := Masks[T]{Pairs: hide[T](c.Pairs), Keys: hide[T](c.Padding)}
		w, dw := parameters[T](c.Weights), parameters[T](c.DWeights)
		for _, d := range [][]T{dw.In, dw.InBias, dw.Out, dw.OutBias} {
			for i := range d {
				d[i] = T(math.NaN())
			}
		}
		m := NewMultiHead[T](c.shape(), Inputs{Of: c.of()}, 0, Key{})
		y := kerneltest.NaNs[T](len(c.Y))
		for range 2 {
			m.Forward(y, inputs, w, masks)
			m.Backward(dinputs, dw, kerneltest.Convert[T](c.DY), inputs, w)
		}
		check := func(what string, got []T, want []float64) {
			kerneltest.Near(t, c.Name+": "+what, kerneltest.Convert[float64](got), want, tol)
		}
		check("y", y, c.Y)
		for i, d := range dinputs {
			check(fmt.Sprint("dx", i), d, c.DInputs[i])
		}
		check("din_proj_weight", dw.In, c.DWeights["in_proj_weight"])
		check("din_proj_bias", dw.InBias, c.DWeights["in_proj_bias"])
		check("dout_proj.weight", dw.Out, c.DWeights["out_proj.weight"])
		check("dout_proj.bias", dw.OutBias, c.DWeights["out_proj.bias"])
	}
}

// hide converts a mask, in which −1e300 stands for −Inf.
func hide[T kernels.Float](mask []float64) []T {
	if mask == nil {
		return nil
	}
	m := kerneltest.Convert[T](mask)
	for i, v := range mask {
		if v < -1e299 {
			m[i] = T(math.Inf(-1))
		}
	}
	return m
}

func parameters[T kernels.Float](of map[string][]float64) Weights[T] {
	get := func(name string) []T {
		if of[name] == nil {
			return nil
		}
		return kerneltest.Convert[T](of[name])
	}
	return Weights[T]{
		In: get("in_proj_weight"), InBias: get("in_proj_bias"), Out: get("out_proj.weight"), OutBias: get("out_proj.bias"),
	}
}

// random returns a core with its arguments, in rows that are as far apart as those of a projection of all three.
func random[T kernels.Float](s Shape, p float64) (c *Core[T], x, y, dx, dy []T, step func()) {
	r := rand.New(rand.NewPCG(14, 1))
	width := s.Heads * s.Dim
	x, dx = kerneltest.Normals[T](r, s.N*s.Keys*3*width), make([]T, s.N*s.Keys*3*width)
	y, dy = make([]T, s.N*s.Keys*width), kerneltest.Normals[T](r, s.N*s.Keys*width)
	c = NewCore[T](s, p, Key{Seed: [3]uint64{1, 2, 3}, Step: new(uint64)})
	part := func(x []T, i int) Rows[T] { return Rows[T]{x[i*width:], 3 * width} }
	return c, x, y, dx, dy, func() {
		c.Forward(Rows[T]{y, width}, part(x, 0), part(x, 1), part(x, 2), Masks[T]{})
		c.Backward(part(dx, 0), part(dx, 1), part(dx, 2), Rows[T]{dy, width}, part(x, 0), part(x, 1), part(x, 2))
	}
}

// Central differences agree, in one block of queries and in several, causal, and with dropout.
func TestDifferences(t *testing.T) {
	for _, block := range []int{2, 16} {
		for _, p := range []float64{0, 0.4} {
			s := Shape{N: 2, Heads: 2, Queries: 5, Keys: 5, Dim: 3, Causal: block == 2}
			c, x, y, dx, dy, step := random[float64](s, p)
			c.block = block
			step()
			kerneltest.Differences(t, fmt.Sprintf("block %d, p %v", block, p), x, append([]float64(nil), dx...),
				func() float64 {
					step()
					return kerneltest.DotProduct(y, dy)
				})
		}
	}
}

// A query that sees no key gets 0, and so do its gradients.
func TestHidden(t *testing.T) {
	s := Shape{N: 1, Heads: 1, Queries: 2, Keys: 2, Dim: 2}
	inf := math.Inf(-1)
	x, y, dx := Rows[float64]{[]float64{1, 2, 3, 4}, 2}, make([]float64, 4), make([]float64, 12)
	c := NewCore[float64](s, 0, Key{})
	c.Forward(Rows[float64]{y, 2}, x, x, x, Masks[float64]{Pairs: []float64{inf, inf, 0, inf}})
	kerneltest.Same(t, "y", y, []float64{0, 0, 1, 2})
	c.Backward(Rows[float64]{dx, 2}, Rows[float64]{dx[4:], 2}, Rows[float64]{dx[8:], 2}, x, x, x, x)
	kerneltest.Same(t, "dq, dk, dv", dx, []float64{0, 0, 0, 0, 0, 0, 0, 0, 3, 4, 0, 0})
}

// Dropout scales what it keeps, drops its share, and samples other masks at another step and the same again.
func TestDropout(t *testing.T) {
	s := Shape{N: 4, Heads: 2, Queries: 31, Keys: 31, Dim: 2}
	c, _, _, _, _, step := random[float64](s, 0.3)
	masks := func(at uint64) []float64 {
		*c.dropout.key.Step = at
		step()
		return append([]float64(nil), c.dropout.masks...)
	}
	first, second := masks(1), masks(2)
	dropped, same := 0, 0
	for i, v := range first {
		if v == 0 {
			dropped++
		} else if v != 1/0.7 {
			t.Fatalf("mask[%d] = %v, want 0 or %v", i, v, 1/0.7)
		}
		if v == second[i] {
			same++
		}
	}
	if share := float64(dropped) / float64(len(first)); !(math.Abs(share-0.3) < 0.03) {
		t.Errorf("a share of %v is dropped, want 0.3", share)
	}
	if share := float64(same) / float64(len(first)); !(math.Abs(share-0.58) < 0.03) {
		t.Errorf("a share of %v is the same at another step, want 0.58", share)
	}
	kerneltest.Same(t, "masks of step 1 again", masks(1), first)
}

func TestSameBits(t *testing.T) {
	for _, p := range []float64{0, 0.2} {
		for _, causal := range []bool{false, true} {
			s := Shape{N: 5, Heads: 4, Queries: 49, Keys: 49, Dim: 16, Causal: causal}
			_, _, y, dx, _, step := random[float32](s, p)
			var want []float32
			kernels.EachVariant(func() {
				kerneltest.CheckAllocations(t, "attention", step)
			})
			step()
			want = append(append(want, y...), dx...)
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
			for _, n := range []int{1, 2, 64} {
				runtime.GOMAXPROCS(n)
				step()
				kerneltest.Same(t, "on other processors", append(append([]float32(nil), y...), dx...), want)
			}
		}
	}
}

func BenchmarkCore(b *testing.B) {
	s := Shape{N: 64, Heads: 4, Queries: 49, Keys: 49, Dim: 16}
	_, _, _, _, _, step := random[float32](s, 0)
	kerneltest.Measure(b, 6*2*s.N*s.Heads*s.Queries*s.Keys*s.Dim, step, 1)
}

func BenchmarkMultiHead(b *testing.B) {
	s := Shape{N: 64, Heads: 4, Queries: 49, Keys: 49, Dim: 16}
	r := rand.New(rand.NewPCG(14, 2))
	n, width := s.N*s.Queries, s.Heads*s.Dim
	m := NewMultiHead[float32](s, Inputs{}, 0, Key{})
	x, y := [][]float32{kerneltest.Normals[float32](r, n*width)}, make([]float32, n*width)
	dx := [][]float32{make([]float32, n*width)}
	weights := func() Weights[float32] {
		return Weights[float32]{
			In: kerneltest.Normals[float32](r, 3*width*width), InBias: make([]float32, 3*width),
			Out: kerneltest.Normals[float32](r, width*width), OutBias: make([]float32, width),
		}
	}
	w, dw := weights(), weights()
	flops := 6*2*s.N*s.Heads*s.Queries*s.Keys*s.Dim + 3*2*n*width*width*4
	kerneltest.Measure(b, flops, func() {
		m.Forward(y, x, w, Masks[float32]{})
		m.Backward(dx, dw, y, x, w)
	}, 1)
}
