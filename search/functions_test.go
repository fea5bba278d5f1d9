package search

import (
	"math"
	"testing"
)

// function is a published test function with a fidelity z from 0 to 1: cheap and off at 0, the function itself at 1.
// Its scores are to be maximised, over the unit cube.
type function struct {
	name       string
	dimensions int
	optimum    float64
	optimizer  []float64 // a point with the optimum, of the unit cube
	at         func(x []float64, z float64) float64
}

// functions have the fidelities of Kandasamy, Dasarathy, Schneider and Póczos, Multi-fidelity Bayesian Optimisation
// with Continuous Approximations (ICML 2017), as in the authors' library Dragonfly, with z for each of their
// fidelities. The functions and their optima: Surjanovic and Bingham, Virtual Library of Simulation Experiments, 2013.
var functions = []function{
	{"Branin", 2, -0.397887, []float64{(math.Pi + 5) / 15, 2.275 / 15}, branin},
	{"Currin", 2, 13.798650, []float64{0.216667, 0.0228}, currin},
	{"Hartmann3", 3, 3.86278, []float64{0.114614, 0.555649, 0.852547}, hartmann3},
	{"Hartmann6", 6, 3.32237, []float64{0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573}, hartmann6},
}

func branin(u []float64, z float64) float64 {
	x, y := 15*u[0]-5, 15*u[1]
	b, c, t := 5.1/(4*math.Pi*math.Pi)-0.01*(1-z), 5/math.Pi-0.1*(1-z), 1/(8*math.Pi)+0.005*(1-z)
	a := y - b*x*x + c*x - 6
	return -(a*a + 10*(1-t)*math.Cos(x) + 10)
}

func currin(u []float64, z float64) float64 {
	x, y := u[0], u[1]
	first := 1.0
	if y > 0 {
		first -= (1 - 0.1*(1-z)) * math.Exp(-1/(2*y))
	}
	return first * (2300*x*x*x + 1900*x*x + 2092*x + 60) / (100*x*x*x + 500*x*x + 4*x + 20)
}

func hartmann3(u []float64, z float64) float64 {
	return hartmann(u, z, [4][]float64{{3, 10, 30}, {0.1, 10, 35}, {3, 10, 30}, {0.1, 10, 35}},
		[4][]float64{{3689, 1170, 2673}, {4699, 4387, 7470}, {1091, 8732, 5547}, {381, 5743, 8828}})
}

func hartmann6(u []float64, z float64) float64 {
	return hartmann(u, z, [4][]float64{
		{10, 3, 17, 3.5, 1.7, 8}, {0.05, 10, 17, 0.1, 8, 14}, {3, 3.5, 1.7, 10, 17, 8}, {17, 8, 0.05, 10, 0.1, 14},
	}, [4][]float64{
		{1312, 1696, 5569, 124, 8283, 5886},
		{2329, 4135, 8307, 3736, 1004, 9991},
		{2348, 1451, 3522, 2883, 3047, 6650},
		{4047, 8828, 8732, 5743, 1091, 381},
	})
}

func hartmann(u []float64, z float64, a, p [4][]float64) float64 {
	sum := 0.0
	for i, alpha := range []float64{1, 1.2, 3, 3.2} {
		exponent := 0.0
		for k := range u {
			d := u[k] - 1e-4*p[i][k]
			exponent += a[i][k] * d * d
		}
		sum += (alpha - 0.1*(1-z)) * math.Exp(-exponent)
	}
	return sum
}

// The functions have their published optima where these are said to be, and no more on a grid.
func TestFunctions(t *testing.T) {
	const tolerance = 1e-4
	for _, f := range functions {
		if got := f.at(f.optimizer, 1); !(math.Abs(got-f.optimum) <= tolerance*(1+math.Abs(f.optimum))) {
			t.Errorf("%s at its optimum: got %v, want %v", f.name, got, f.optimum)
		}
		for _, x := range grid(f.dimensions, 5) {
			if got := f.at(x, 1); !(got <= f.optimum+tolerance) {
				t.Errorf("%s at %v: got %v, more than the optimum %v", f.name, x, got, f.optimum)
			}
		}
	}
}

// grid returns the points of the unit cube with n values of each coordinate, from 0 to 1.
func grid(dimensions, n int) [][]float64 {
	points := [][]float64{nil}
	for range dimensions {
		var next [][]float64
		for _, p := range points {
			for i := range n {
				next = append(next, append(append([]float64{}, p...), float64(i)/float64(n-1)))
			}
		}
		points = next
	}
	return points
}
