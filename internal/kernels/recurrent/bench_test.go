package recurrent

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

// BenchmarkLayer times the passes of layers that read images of 28 rows of 28 pixels, at batch 64.
func BenchmarkLayer(b *testing.B) {
	for _, hidden := range []int{64, 128} {
		for _, cell := range []Cell{Tanh, GRU, LSTM} {
			for _, norm := range []Norm{NoNorm, LayerNorm, BatchNorm} {
				s := Shape{Cell: cell, N: 64, T: 28, In: 28, Hidden: hidden, Directions: 1, Norm: norm, Eps: 1e-5}
				l, c := New[float32](s), call[float32](s, 1)
				c.DX, c.DH, c.DC = nil, nil, nil
				name := fmt.Sprintf("%s-%d%s", []string{Tanh: "rnn", GRU: "gru", LSTM: "lstm"}[cell], hidden,
					[]string{"", "-layernorm", "-batchnorm"}[norm])
				l.Forward(c)
				least := func(name string, before, f func()) {
					b.Run(name, func(b *testing.B) {
						least := time.Hour
						for b.Loop() {
							before()
							start := time.Now()
							f()
							least = min(least, time.Since(start))
						}
						b.ReportMetric(float64(least)/1e3, "min-µs")
					})
				}
				least(name+"/forward", func() {}, func() { l.Forward(c) })
				least(name+"/backward", func() { l.Forward(c) }, func() { l.Backward(c) })
			}
		}
	}
}

// call returns a call with random numbers that asks for every gradient.
func call[T kernels.Float](s Shape, seed uint64) *Call[T] {
	r := rand.New(rand.NewPCG(seed, 1))
	width := s.Cell.Gates() * s.Hidden
	states := s.Directions * s.N * s.Hidden
	normals := func(n int) []T {
		x := kerneltest.Normals[T](r, n)
		for i := range x {
			x[i] /= 8
		}
		return x
	}
	c := &Call[T]{
		Y: kerneltest.NaNs[T](s.N * s.T * s.Directions * s.Hidden), X: normals(s.N * s.T * s.In), H: normals(states),
		DY: normals(s.N * s.T * s.Directions * s.Hidden), DFinalH: normals(states),
		DX: kerneltest.NaNs[T](s.N * s.T * s.In), DH: kerneltest.NaNs[T](states), Momentum: 0.1,
	}
	if s.Cell == LSTM {
		c.C, c.DC, c.DFinalC = normals(states), kerneltest.NaNs[T](states), normals(states)
	}
	for i := range s.Directions {
		w := Weights[T]{
			Input: normals(width * s.In), State: normals(width * s.Hidden),
			InputBias: normals(width), StateBias: normals(width),
		}
		if s.Norm != NoNorm {
			w.InputGain, w.StateGain = normals(width), normals(width)
			if s.Cell == LSTM {
				w.CellGain, w.CellShift = normals(s.Hidden), normals(s.Hidden)
			}
		}
		c.Weights[i], c.DWeights[i] = w, w.blank()
		if s.Norm == BatchNorm {
			moments := func(n int) Moments[T] { return Moments[T]{normals(n), normals(n)} }
			c.Statistics[i] = Statistics[T]{moments(s.T * width), moments(s.T * width), moments(s.T * s.Hidden)}
			for _, m := range []Moments[T]{c.Statistics[i].Input, c.Statistics[i].State, c.Statistics[i].Cell} {
				for j := range m.Var {
					m.Var[j] = 1 + m.Var[j]*m.Var[j]
				}
			}
		}
	}
	return c
}
