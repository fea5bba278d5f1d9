package graph

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"
)

// The mean, the variance and the bounds of samples are those of the formulas.
func TestInitsWithSettingsHaveTheirDistribution(t *testing.T) {
	fan := Fan{In: 50, Out: 200}
	relu, leaky, tanh := 2.0, 2/(1+0.3*0.3), 25.0/9
	cut := math.Exp(-2) * math.Sqrt(2/math.Pi) // φ(2)·2
	within2 := 1 - 2*cut/math.Erf(math.Sqrt2)  // the variance of what lies within 2 standard deviations
	half := math.Sqrt(2 / math.Pi)             // the mean of the upper half of the normal distribution
	for _, c := range []struct {
		name           string
		init           Init
		mean, variance float64
		low, high      float64
	}{
		{"Kaiming uniform", Kaiming{}.Uniform, 0, relu / 50, -math.Sqrt(6.0 / 50), math.Sqrt(6.0 / 50)},
		{"Kaiming normal, fan out", Kaiming{FanOut: true}.Normal, 0, relu / 200, math.Inf(-1), math.Inf(1)},
		{"Kaiming, a", Kaiming{A: 0.3}.Normal, 0, leaky / 50, math.Inf(-1), math.Inf(1)},
		{"Kaiming, a as in Linear", Kaiming{A: math.Sqrt(5)}.Uniform, 0, 1.0 / 150, -1 / math.Sqrt(50), 1 / math.Sqrt(50)},
		{"Kaiming, tanh", Kaiming{Gain: GainTanh}.Normal, 0, tanh / 50, math.Inf(-1), math.Inf(1)},
		{"Xavier uniform", Xavier{Gain: GainTanh}.Uniform, 0, tanh / 125, -math.Sqrt(tanh * 0.024), math.Sqrt(tanh * 0.024)},
		{"Xavier normal", Xavier{}.Normal, 0, 2.0 / 250, math.Inf(-1), math.Inf(1)},
		{"uniform", Uniform(-1, 3), 1, 16.0 / 12, -1, 3},
		{"normal", Normal(0.5, 0.1), 0.5, 0.01, math.Inf(-1), math.Inf(1)},
		{"truncated normal", TruncatedNormal{}.Sample, 0, within2, -2, 2},
		{
			"truncated normal, shifted", TruncatedNormal{Mean: 1, Std: 0.5, Low: 0, High: 2}.Sample,
			1, within2 / 4, 0, 2,
		},
		{"half a normal", TruncatedNormal{Low: 1e-300, High: 40}.Sample, half, 1 - 2/math.Pi, 0, 40},
	} {
		const n = 200_000
		draw := c.init(rand.New(rand.NewPCG(1, 2)), fan)
		var sum, squares float64
		lowest, highest := math.Inf(1), math.Inf(-1)
		for range n {
			v := draw()
			sum, squares = sum+v, squares+v*v
			lowest, highest = min(lowest, v), max(highest, v)
		}
		mean := sum / n
		variance := squares/n - mean*mean
		if !(math.Abs(mean-c.mean) <= 5*math.Sqrt(c.variance/n)) {
			t.Errorf("%s: mean %g, want %g", c.name, mean, c.mean)
		}
		if !(math.Abs(variance-c.variance) <= 0.02*c.variance) || !(lowest >= c.low && highest <= c.high) {
			t.Errorf("%s: variance %g from %g to %g, want %g from %g to %g",
				c.name, variance, lowest, highest, c.variance, c.low, c.high)
		}
	}
}

// The settings' zero values are the inits that have none, to the bit.
func TestKaimingAndXavierWithoutSettings(t *testing.T) {
	for name, pair := range map[string][2]Init{
		"Kaiming uniform": {KaimingUniform, Kaiming{}.Uniform},
		"Kaiming normal":  {KaimingNormal, Kaiming{}.Normal},
		"Xavier uniform":  {XavierUniform, Xavier{}.Uniform},
		"Xavier normal":   {XavierNormal, Xavier{}.Normal},
	} {
		var drawn [2][]float64
		for i, init := range pair {
			draw := init(rand.New(rand.NewPCG(3, 4)), Fan{In: 7, Out: 5})
			for range 100 {
				drawn[i] = append(drawn[i], draw())
			}
		}
		for i, v := range drawn[0] {
			if !(math.Abs(drawn[1][i]-v) <= 1e-15) {
				t.Fatalf("%s: sample %d is %v and %v", name, i, v, drawn[1][i])
			}
		}
	}
}

// drawn returns the values that init gives a parameter of a model.
func drawn(t *testing.T, init Init, shape ...int) []float64 {
	t.Helper()
	params := NewParams(1, tensor.Float32)
	p, err := params.require("w", Weight, shape, init, Fan{In: 1, Out: 1})
	if err != nil {
		t.Fatal(err)
	}
	return Float64s(p.Value())
}

func TestOrthogonal(t *testing.T) {
	for _, shape := range []tensor.Shape{{300, 784}, {784, 30}, {64, 64}, {10, 3, 5, 5}, {1, 9}, {9, 1}} {
		w := drawn(t, Orthogonal(math.Sqrt2), shape...)
		rows, cols := shape[0], len(w)/shape[0]
		step, next, n, length := 1, cols, rows, cols // over an element of a row, and over rows
		if rows > cols {
			step, next, n, length = cols, 1, cols, rows
		}
		for i := range n {
			for j := range i + 1 {
				sum, want := 0.0, 0.0
				for k := range length {
					sum += w[i*next+k*step] * w[j*next+k*step]
				}
				if i == j {
					want = 2
				}
				if !(math.Abs(sum-want) <= 1e-6) {
					t.Fatalf("%v: the product of %d and %d is %v, want %v", shape, i, j, sum, want)
				}
			}
		}
	}
	// Of a matrix of one row all directions are equally likely: signs, too.
	positive := 0
	for seed := range uint64(200) {
		w := make([]float64, 3)
		draw := Orthogonal(1)(rand.New(rand.NewPCG(seed, 1)), Fan{Shape: tensor.Shape{1, 3}})
		for i := range w {
			w[i] = draw()
		}
		if w[0] > 0 {
			positive++
		}
	}
	if positive < 70 || positive > 130 {
		t.Errorf("%d of 200 first elements are positive", positive)
	}
}

func TestIdentityDiracAndConstant(t *testing.T) {
	for _, c := range []struct {
		name  string
		init  Init
		shape []int
		ones  []int // the indices of ones among zeros
	}{
		{"identity", Identity(), []int{2, 3}, []int{0, 4}},
		{"Dirac, 1 axis", Dirac(1), []int{3, 2, 3}, []int{1, 10}},
		{"Dirac, 2 axes", Dirac(1), []int{2, 2, 3, 4}, []int{6, 42}},
		{"Dirac, 2 groups", Dirac(2), []int{4, 1, 3, 3}, []int{4, 22}},
		{"Dirac, 3 axes", Dirac(1), []int{1, 1, 2, 2, 2}, []int{7}},
	} {
		want := make([]float64, tensor.Shape(c.shape).TotalSize())
		for _, i := range c.ones {
			want[i] = 1
		}
		if got := drawn(t, c.init, c.shape...); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", c.name, got, want)
		}
	}
	if got := drawn(t, Constant(0.5), 2, 2); !slices.Equal(got, []float64{0.5, 0.5, 0.5, 0.5}) {
		t.Errorf("constant: got %v", got)
	}
}

func TestSparse(t *testing.T) {
	const rows, cols = 101, 400
	w := drawn(t, Sparse(0.3, 0.01), rows, cols)
	squares := 0.0
	for column := range cols {
		zeros := 0
		for row := range rows {
			v := w[row*cols+column]
			if v == 0 {
				zeros++
			}
			squares += v * v
		}
		if zeros != 31 {
			t.Fatalf("column %d has %d zeros, want 31", column, zeros)
		}
	}
	if std := math.Sqrt(squares / (cols * (rows - 31))); !(math.Abs(std-0.01) <= 2e-4) {
		t.Errorf("standard deviation %v, want 0.01", std)
	}
}

// An Init that cannot be what it says is an error of the model, which names the parameter.
func TestInitErrors(t *testing.T) {
	own := errors.New("no numbers today")
	fails := func(*rand.Rand, tensor.Shape, []float64) error { return own }
	for want, init := range map[string]Init{
		"Kaiming: gain -1: want":                                    Kaiming{Gain: -1}.Normal,
		"Xavier: gain NaN: want":                                    Xavier{Gain: math.NaN()}.Uniform,
		"Uniform: from 1 to 0: want":                                Uniform(1, 0),
		"Normal: mean 0 and standard deviation -1: want":            Normal(0, -1),
		"TruncatedNormal: mean 0, standard deviation 1, from 50 to": TruncatedNormal{Low: 50, High: 60}.Sample,
		"Dirac: shape (6, 3) and 1 groups: want":                    Dirac(1),
		"Orthogonal: gain 0: want":                                  Orthogonal(0),
		"Sparse: sparsity 2 and standard deviation 1: want":         Sparse(2, 1),
		own.Error(): Whole(fails),
	} {
		model := func(b *Builder, x *Node) *Node { return b.Linear("fc", x, 6, InitWeight(init)) }
		_, err := Compile(model, NewParams(1, tensor.Float32), Config{Mode: Eval, Shape: tensor.Shape{2, 3}})
		if err == nil || !strings.Contains(err.Error(), "parameter fc.weight: "+want) {
			t.Errorf("got error %v, want it to say %q", err, want)
		}
	}
	_, err := Compile(func(b *Builder, x *Node) *Node { return b.Linear("fc", x, 6, InitBias(Identity())) },
		NewParams(1, tensor.Float32), Config{Mode: Eval, Shape: tensor.Shape{2, 3}})
	if err == nil || !strings.Contains(err.Error(), "parameter fc.bias: Identity: shape (6): want a matrix") {
		t.Errorf("got error %v", err)
	}
}
