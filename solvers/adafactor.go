package solvers

import (
	"fmt"
	"math"

	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/spec"
)

// Adafactor keeps, for each matrix, the mean squares of its rows and of its columns in place of those of all elements.
// t counts a parameter's steps from 1:
//
//	r = r + (mean over columns of g² − r)·t^beta2_decay, likewise c, over rows
//	v = r·c/max(mean of r, ε1)                                       one element of r times one of c
//	u = g/√max(v, ε1²)
//	w = w − lr·(weight_decay·w + l1·sign(w))
//	w = w − max(ε2, rms(w))·min(lr, 1/√t)·u/max(1, rms(u)/d)         rms(w) is that before the line above
//
// A matrix is what the last two axes span, so that each 3×3 kernel of a convolution is one. A parameter of one axis
// keeps all its v. Shazeer and Stern, Adafactor, 2018, arXiv:1804.04235, and PyTorch's Adafactor.
type Adafactor struct {
	LR          float64 // lr, at least 0; 0.01
	Beta2Decay  float64 // beta2_decay, at most 0; −0.8
	Eps1        float64 // the first of eps, at least 0; 0 is PyTorch's None, the distance from 1 to the next number
	Eps2        float64 // the second of eps, at least 0; 0.001
	D           float64 // d, at least 1; 1
	WeightDecay float64 // weight_decay, at least 0; 0
	L1          float64 // l1, at least 0; 0. Not PyTorch's
	Maximize    bool    // maximize: climb instead; False
}

func (s *Adafactor) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("lr", &s.LR, 1e-2).AtLeast(0).StatesZero(),
		spec.Optional("beta2_decay", &s.Beta2Decay, -0.8).AtMost(0),
		spec.Custom("eps", s.setEps, s.eps).Initially(func() { s.Eps1, s.Eps2 = 0, 1e-3 }, "(None, 0.001)"),
		spec.Optional("d", &s.D, 1).AtLeast(1),
		spec.Optional("weight_decay", &s.WeightDecay, 0).AtLeast(0),
		spec.Optional("l1", &s.L1, 0).AtLeast(0).Own(),
		spec.Optional("maximize", &s.Maximize, false).KeywordOnly(),
	}
}

// setEps reads eps, a pair whose first value may be None.
func (s *Adafactor) setEps(v spec.Value) error {
	var pair [2]float64
	if len(v.Items) == 2 && v.Items[0].Kind == spec.None {
		v.Items = []spec.Value{{Kind: spec.Number, Text: "0"}, v.Items[1]}
	}
	if err := spec.Assign(&pair, v); err != nil || !(pair[0] >= 0 && pair[1] >= 0) {
		return fmt.Errorf("two numbers of at least 0, or None and a number, such as (None, 0.001)")
	}
	s.Eps1, s.Eps2 = pair[0], pair[1]
	return nil
}

// eps spells eps.
func (s *Adafactor) eps() string {
	if s.Eps1 == 0 {
		return "(None, " + spec.Spell(s.Eps2) + ")"
	}
	return spec.Spell([2]float64{s.Eps1, s.Eps2})
}

// String returns the spec.
func (s Adafactor) String() string { return spec.Format("Adafactor", s.settings()...) }

// Validate returns an error for the first setting out of range.
func (s Adafactor) Validate() error {
	if err := validate[Adafactor](s.settings(), s.D == 0, "d is 0"); err != nil {
		return err
	}
	if !(s.Eps1 >= 0 && s.Eps2 >= 0 && s.Eps1+s.Eps2 <= math.MaxFloat64) {
		return fmt.Errorf("Adafactor: eps is (%v, %v): want finite numbers of at least 0", s.Eps1, s.Eps2)
	}
	return nil
}

func (s Adafactor) Traits() Traits {
	return Traits{LR: s.LR, WeightDecay: s.WeightDecay, L1: s.L1, Decoupled: true, Maximize: s.Maximize}
}

func (s Adafactor) Buffers(_ float64, shape []int) (b Buffers) {
	if len(shape) < 2 {
		b[0].Name = "variance"
		return b
	}
	last := len(shape) - 1
	b[0].Name, b[0].Shape = "row_var", append(append([]int{}, shape[:last]...), 1)
	b[1].Name, b[1].Shape = "col_var", append(append([]int{}, shape[:last-1]...), 1, shape[last])
	return b
}

func (s Adafactor) Rules() (Rule[float32], Rule[float64]) {
	return &adafactor[float32]{set: s}, &adafactor[float64]{set: s}
}

// adafactor computes in float64 and rounds state and weights to T.
type adafactor[T kernels.Float] struct {
	set          Adafactor
	rows, cols   int // of each matrix; rows is 0 if the parameter has one axis
	share, floor float64
	h            Hyper
}

func (r *adafactor[T]) Shape(s []int) {
	if n := len(s); n >= 2 {
		r.rows, r.cols = s[n-2], s[n-1]
	}
}

func (r *adafactor[T]) Prepare(h *Hyper) {
	r.share, r.floor = math.Pow(float64(h.Step), r.set.Beta2Decay), r.set.Eps1
	if r.floor == 0 {
		var one T = 1
		r.floor = float64(elementwise.Next(one) - one)
	}
	r.floor = max(r.floor, 1e-140) // its square is above 0
	r.h = *h
	h.WeightDecay, h.L1 = 0, 0
}

func (r *adafactor[T]) Apply(w, g []T, s State[T]) {
	scale := max(r.set.Eps2, rms(w)) * min(r.h.Rate, 1/math.Sqrt(float64(r.h.Step)))
	if r.h.WeightDecay != 0 || r.h.L1 != 0 {
		elementwise.Decay(w, narrow[T](1-r.h.Rate*r.h.WeightDecay), narrow[T](r.h.Rate*r.h.L1))
	}
	var sum float64
	if r.rows == 0 {
		for i, x := range g {
			s[0][i] = r.toward(s[0][i], float64(x)*float64(x))
		}
	} else {
		r.factors(g, s)
	}
	r.each(g, s, func(_ int, u float64) { sum += u * u })
	scale /= max(1, math.Sqrt(sum/float64(len(g)))/r.set.D)
	most := elementwise.Largest[T]()
	r.each(g, s, func(i int, u float64) { w[i] = elementwise.Bound(T(float64(w[i])-scale*u), most, g[i]) })
}

// toward moves a mean by share towards x.
func (r *adafactor[T]) toward(mean T, x float64) T {
	return narrow[T](lerp(float64(mean), min(x, math.MaxFloat64), r.share))
}

// factors moves the means of rows and columns.
func (r *adafactor[T]) factors(g []T, s State[T]) {
	for m := range len(g) / (r.rows * r.cols) {
		matrix := g[m*r.rows*r.cols:]
		row, col := s[0][m*r.rows:][:r.rows], s[1][m*r.cols:][:r.cols]
		for i := range row {
			var sum float64
			for _, x := range matrix[i*r.cols:][:r.cols] {
				sum += float64(x) * float64(x)
			}
			row[i] = r.toward(row[i], sum/float64(r.cols))
		}
		for j := range col {
			var sum float64
			for i := range row {
				x := float64(matrix[i*r.cols+j])
				sum += x * x
			}
			col[j] = r.toward(col[j], sum/float64(r.rows))
		}
	}
}

// each calls f with each element's number and u.
func (r *adafactor[T]) each(g []T, s State[T], f func(i int, u float64)) {
	least := r.floor * r.floor
	if r.rows == 0 {
		for i, x := range g {
			f(i, float64(x)/math.Sqrt(max(float64(s[0][i]), least)))
		}
		return
	}
	for m := range len(g) / (r.rows * r.cols) {
		row, col := s[0][m*r.rows:][:r.rows], s[1][m*r.cols:][:r.cols]
		var mean float64
		for _, v := range row {
			mean += float64(v) / float64(r.rows)
		}
		mean = max(mean, r.floor)
		for i, v := range row {
			for j, c := range col {
				k := (m*r.rows+i)*r.cols + j
				f(k, float64(g[k])/math.Sqrt(max(float64(v)/mean*float64(c), least)))
			}
		}
	}
}

// rms returns the root of the mean square.
func rms[T kernels.Float](x []T) float64 {
	var sum float64
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(min(sum, math.MaxFloat64) / float64(len(x)))
}

// lerp returns a + (b−a)·share, rounded as PyTorch does.
func lerp(a, b, share float64) float64 {
	if share < 0.5 {
		return a + share*(b-a)
	}
	return b - (b-a)*(1-share)
}
