package recurrent

import (
	"fmt"
	"slices"
	"testing"

	"anneal/internal/kernels/kerneltest"
)

// shapes are layers of every cell and norm.
func shapes() (all []Shape) {
	for cell := Tanh; cell <= LSTM; cell++ {
		for norm := NoNorm; norm <= BatchNorm; norm++ {
			all = append(all,
				Shape{Cell: cell, N: 19, T: 6, In: 5, Hidden: 37, Directions: 2, Norm: norm, Eps: 1e-5},
				Shape{Cell: cell, N: 4, T: 2, In: 3, Hidden: 4, Directions: 1, TimeFirst: true, Norm: norm, Eps: 1e-5})
		}
	}
	return all
}

// run runs a layer forward and backward, and returns everything that it wrote.
func run(s Shape) []float32 {
	c := call[float32](s, 1)
	l := New[float32](s)
	l.Forward(c)
	l.Backward(c)
	all := append(append(append([]float32(nil), c.Y...), c.DX...), append(c.DH, c.DC...)...)
	for i := range s.Directions {
		for _, g := range c.DWeights[i].list() {
			all = append(all, g...)
		}
	}
	return all
}

func TestSameBits(t *testing.T) {
	for _, s := range shapes() {
		kerneltest.SameBits(t, fmt.Sprintf("%+v", s), func() []float32 { return run(s) })
	}
}

func TestNoAllocations(t *testing.T) {
	for _, s := range shapes() {
		c := call[float32](s, 1)
		l := New[float32](s)
		kerneltest.CheckAllocations(t, fmt.Sprintf("%+v", s), func() {
			l.Forward(c)
			l.Backward(c)
		})
	}
}

// TestGradients compares every gradient with central differences.
func TestGradients(t *testing.T) {
	for _, s := range shapes() {
		s.N, s.Hidden, s.T = 5, 3, min(s.T, 4)
		for _, held := range []bool{false, true} {
			if held && s.Norm != BatchNorm {
				continue
			}
			c := call[float64](s, 2)
			c.Held = held
			if s.Norm != BatchNorm {
				c.Lengths = []int32{4, 1, 3, 2, 0}
			}
			l := New[float64](s)
			h, cell := make([]float64, len(c.H)), make([]float64, len(c.H))
			if s.Cell != LSTM {
				cell = nil
			}
			loss := func() float64 {
				l.Forward(c)
				l.Final(h, cell)
				return kerneltest.DotProduct(c.Y, c.DY) + kerneltest.DotProduct(h, c.DFinalH) +
					kerneltest.DotProduct(cell, c.DFinalC)
			}
			loss()
			l.Backward(c)
			check := func(what string, x, grad []float64) {
				kerneltest.Differences(t, fmt.Sprintf("%+v, held %v: %s", s, held, what), x, grad, loss)
			}
			check("x", c.X, c.DX)
			check("h", c.H, c.DH)
			check("c", c.C, c.DC)
			for i := range s.Directions {
				grads := c.DWeights[i].list()
				for j, w := range c.Weights[i].list() {
					check(fmt.Sprintf("parameter %d of direction %d", j, i), w, grads[j])
				}
			}
		}
	}
}

// A second Backward computes the same gradients, and leaves the running statistics alone.
func TestBackwardTwice(t *testing.T) {
	for _, s := range shapes() {
		what := fmt.Sprintf("%+v", s)
		c := call[float32](s, 4)
		l := New[float32](s)
		l.Forward(c)
		mean, y := slices.Clone(c.Statistics[0].State.Mean), slices.Clone(c.Y)
		l.Backward(c)
		dx, du := slices.Clone(c.DX), slices.Clone(c.DWeights[0].State)
		l.Backward(c)
		kerneltest.Same(t, what+": y", c.Y, y)
		kerneltest.Same(t, what+": dx", c.DX, dx)
		kerneltest.Same(t, what+": gradient of U", c.DWeights[0].State, du)
		kerneltest.Same(t, what+": running mean of U·h", c.Statistics[0].State.Mean, mean)
	}
}

// Backward leaves alone what nobody asks for, and takes nil for gradients that are zero.
func TestNil(t *testing.T) {
	for _, s := range shapes() {
		full, some := call[float64](s, 3), call[float64](s, 3)
		clear(full.DY)
		clear(full.DFinalC)
		some.DY, some.DFinalC = nil, nil
		some.DX, some.DH, some.DC = nil, nil, nil
		some.DWeights[0].Input, some.DWeights[0].StateBias = nil, nil
		for _, c := range []*Call[float64]{full, some} {
			l := New[float64](s)
			l.Forward(c)
			l.Backward(c)
		}
		kerneltest.Same(t, fmt.Sprintf("%+v: gradient of U", s), some.DWeights[0].State, full.DWeights[0].State)
	}
}

func TestCheck(t *testing.T) {
	s := Shape{Cell: GRU, N: 2, T: 3, In: 4, Hidden: 5, Directions: 1}
	for what, spoil := range map[string]func(c *Call[float32]){
		"y":       func(c *Call[float32]) { c.Y = c.Y[1:] },
		"x":       func(c *Call[float32]) { c.X = c.X[1:] },
		"h":       func(c *Call[float32]) { c.H = c.H[1:] },
		"lengths": func(c *Call[float32]) { c.Lengths = make([]int32, 3) },
		"U":       func(c *Call[float32]) { c.Weights[0].State = nil },
		"bias":    func(c *Call[float32]) { c.Weights[0].InputBias = make([]float32, 1) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s of a wrong length: no panic", what)
				}
			}()
			c := call[float32](s, 1)
			spoil(c)
			New[float32](s).Forward(c)
		}()
	}
}
