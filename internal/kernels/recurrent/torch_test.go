package recurrent

import (
	"fmt"
	"testing"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

// torchCase is a case of testdata/torch.json, which recurrent.py wrote with PyTorch.
type torchCase struct {
	Cell             string
	N, T             int
	Size, Hidden     int
	Layers           int
	Both, Bias       bool
	Lengths          []int32
	First            bool
	Norm             string
	Held             bool
	Before, After    map[string][2][]float64
	X, H, C          []float64
	Params           [][]float64
	Y, Hn, Cn        []float64
	Dy, Dhn, Dcn     []float64
	Dx, Dh, Dc       []float64
	Dparams          [][]float64
	cell             Cell
	norm             Norm
	directions, size int // size of a layer's states
}

func torchCases(t testing.TB) []torchCase {
	t.Helper()
	cases := kerneltest.Cases[torchCase](t, "testdata/torch.json")
	for i := range cases {
		c := &cases[i]
		c.cell = map[string]Cell{"RNN_TANH": Tanh, "RNN_RELU": ReLU, "GRU": GRU, "LSTM": LSTM}[c.Cell]
		c.norm = map[string]Norm{"": NoNorm, "layer": LayerNorm, "batch": BatchNorm}[c.Norm]
		c.directions = 1
		if c.Both {
			c.directions = 2
		}
		c.size = c.directions * c.N * c.Hidden
	}
	return cases
}

func (c torchCase) String() string {
	return fmt.Sprintf("%s%s n %d t %d in %d hidden %d layers %d×%d lengths %v", c.Cell, c.Norm, c.N, c.T, c.Size,
		c.Hidden, c.Layers, c.directions, c.Lengths)
}

// weights returns the parameters of a direction from the list in PyTorch's order.
func weights[T kernels.Float](c torchCase, params [][]float64, layer, direction int) Weights[T] {
	count := 2
	if c.Bias {
		count += 2
	}
	p := params[(layer*c.directions+direction)*count:]
	to := kerneltest.Convert[T, float64]
	w := Weights[T]{Input: to(p[0]), State: to(p[1])}
	if c.Bias {
		w.InputBias, w.StateBias = to(p[2]), to(p[3])
	}
	if c.norm != NoNorm {
		w.InputGain, w.StateGain = to(p[4]), to(p[5])
		if c.cell == LSTM {
			w.CellGain, w.CellShift = to(p[6]), to(p[7])
		}
	}
	return w
}

// blank returns weights of w's lengths.
func (w Weights[T]) blank() Weights[T] {
	like := func(s []T) []T {
		if s == nil {
			return nil
		}
		return kerneltest.NaNs[T](len(s))
	}
	return Weights[T]{
		like(w.Input), like(w.State), like(w.InputBias), like(w.StateBias), like(w.InputGain),
		like(w.StateGain), like(w.CellGain), like(w.CellShift),
	}
}

// list returns the slices of w in PyTorch's order.
func (w Weights[T]) list() (all [][]T) {
	for _, s := range [][]T{
		w.Input, w.State, w.InputBias, w.StateBias, w.InputGain, w.StateGain, w.CellGain, w.CellShift,
	} {
		if s != nil {
			all = append(all, s)
		}
	}
	return all
}

func TestTorch(t *testing.T) {
	for _, c := range torchCases(t) {
		checkTorch[float64](t, c, 1e-9)
		kernels.EachVariant(func() { checkTorch[float32](t, c, 2e-5) })
	}
}

// checkTorch runs the layers of a case forward and backward, and compares everything with PyTorch.
func checkTorch[T kernels.Float](t *testing.T, c torchCase, tol float64) {
	t.Helper()
	var layers []*Layer[T]
	var calls []*Call[T]
	rows := func(s []float64, layer int) []T {
		if s == nil {
			return nil
		}
		return kerneltest.Convert[T](s[layer*c.size:][:c.size])
	}
	moments := func(of map[string][2][]float64, name string) Moments[T] {
		m := of[name]
		return Moments[T]{kerneltest.Convert[T](m[0]), kerneltest.Convert[T](m[1])}
	}
	x, width := kerneltest.Convert[T](c.X), c.Size
	hn, cn := make([]T, c.Layers*c.size), make([]T, c.Layers*c.size)
	for i := range c.Layers {
		l := New[T](Shape{
			Cell: c.cell, N: c.N, T: c.T, In: width, Hidden: c.Hidden, Directions: c.directions, TimeFirst: !c.First,
			Norm: c.norm, Eps: 1e-5,
		})
		call := &Call[T]{
			Y: kerneltest.NaNs[T](c.T * c.size), X: x, H: rows(c.H, i), C: rows(c.C, i), Lengths: c.Lengths,
			Held: c.Held, Momentum: 0.1,
		}
		for d := range c.directions {
			call.Weights[d] = weights[T](c, c.Params, i, d)
		}
		if c.norm == BatchNorm {
			call.Statistics[0] = Statistics[T]{moments(c.Before, "input"), moments(c.Before, "state"), moments(c.Before, "cell")}
		}
		l.Forward(call)
		l.Final(hn[i*c.size:], cn[i*c.size:])
		layers, calls = append(layers, l), append(calls, call)
		x, width = call.Y, c.directions*c.Hidden
	}
	near := func(what string, got []T, want []float64) {
		t.Helper()
		if want != nil {
			kerneltest.Near(t, fmt.Sprintf("%v, %T: %s", c, T(0), what), kerneltest.Convert[float64](got), want, tol)
		}
	}
	near("y", x, c.Y)
	near("final h", hn, c.Hn)
	near("final c", cn, c.Cn)
	if c.norm == BatchNorm {
		s := calls[0].Statistics[0]
		near("running mean of W·x", s.Input.Mean, c.After["input"][0])
		near("running var of W·x", s.Input.Var, c.After["input"][1])
		near("running mean of U·h", s.State.Mean, c.After["state"][0])
		near("running var of U·h", s.State.Var, c.After["state"][1])
		if c.cell == LSTM {
			near("running mean of c", s.Cell.Mean, c.After["cell"][0])
			near("running var of c", s.Cell.Var, c.After["cell"][1])
		}
	}
	dy := kerneltest.Convert[T](c.Dy)
	for i := c.Layers - 1; i >= 0; i-- {
		call := calls[i]
		call.DY, call.DFinalH, call.DFinalC = dy, rows(c.Dhn, i), rows(c.Dcn, i)
		call.DX, call.DH = kerneltest.NaNs[T](len(call.X)), kerneltest.NaNs[T](c.size)
		if c.cell == LSTM {
			call.DC = kerneltest.NaNs[T](c.size)
		}
		for d := range c.directions {
			call.DWeights[d] = call.Weights[d].blank()
		}
		layers[i].Backward(call)
		dy = call.DX
		for d := range c.directions {
			want := weights[float64](c, c.Dparams, i, d).list()
			for j, got := range call.DWeights[d].list() {
				near(fmt.Sprintf("gradient of parameter %d of layer %d, direction %d", j, i, d), got, want[j])
			}
		}
		if c.H != nil {
			near("gradient of h", call.DH, c.Dh[i*c.size:][:c.size])
		}
		if c.C != nil {
			near("gradient of c", call.DC, c.Dc[i*c.size:][:c.size])
		}
	}
	near("gradient of x", dy, c.Dx)
}
