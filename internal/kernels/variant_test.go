package kernels

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

func TestChooseVariant(t *testing.T) {
	for _, c := range []struct {
		name string
		best variant
		want variant
		err  string
	}{
		{"", avx512, avx512, ""},
		{"", generic, generic, ""},
		{"generic", avx512, generic, ""},
		{"avx2", avx512, avx2, ""},
		{"avx512", avx512, avx512, ""},
		{"avx512", avx2, avx2, `ANNEAL_KERNELS: got "avx512", want generic or avx2: this machine and build have no others`},
		{"AVX2", avx2, avx2, `ANNEAL_KERNELS: got "AVX2", want generic or avx2: this machine and build have no others`},
		{"sse", generic, generic, `ANNEAL_KERNELS: got "sse", want generic: this machine and build have no others`},
	} {
		got, err := chooseVariant(c.name, c.best)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if got != c.want || text != c.err {
			t.Errorf("chooseVariant(%q, %v) = %v, %q, want %v, %q", c.name, c.best, got, text, c.want, c.err)
		}
	}
}

// convResults returns all that a plan of shape s computes from random numbers.
func convResults(s ConvShape) []float32 {
	r := rand.New(rand.NewPCG(1, 2))
	oh, ow := s.Out()
	x, w, bias := normals[float32](r, s.N*s.C*s.H*s.W), normals[float32](r, s.weights()), normals[float32](r, s.OutC)
	dy := normals[float32](r, s.N*s.OutC*oh*ow)
	y, dx, dw, db := nans[float32](len(dy)), nans[float32](len(x)), nans[float32](len(w)), nans[float32](s.OutC)
	plan := NewConv[float32](s)
	plan.Forward(y, x, w, bias, true)
	plan.Backward(dx, dw, db, dy, x, w)
	return slices.Concat(y, dx, dw, db)
}

func linearResults(n, in, out int) []float32 {
	r := rand.New(rand.NewPCG(1, 2))
	x, w, bias, dy := normals[float32](r, n*in), normals[float32](r, out*in), normals[float32](r, out), normals[float32](r, n*out)
	y, dx, dw, db := nans[float32](len(dy)), nans[float32](len(x)), nans[float32](len(w)), nans[float32](out)
	plan := NewLinear[float32](n, in, out)
	plan.Forward(y, x, w, bias, true)
	plan.Backward(dx, dw, db, dy, x, w)
	return slices.Concat(y, dx, dw, db)
}

// sameBits fails unless results are the same whatever change does.
func sameBits(t *testing.T, what string, change func(compute func())) {
	t.Helper()
	for name, s := range convShapes {
		var results [][]float32
		change(func() { results = append(results, convResults(s)) })
		for _, r := range results[1:] {
			if !slices.Equal(r, results[0]) {
				t.Errorf("convolution %s: %s give different bits", name, what)
			}
		}
	}
	for _, s := range [][3]int{{64, 320, 50}, {64, 50, 10}, {65, 70, 40}, {130, 900, 129}} {
		var results [][]float32
		change(func() { results = append(results, linearResults(s[0], s[1], s[2])) })
		for _, r := range results[1:] {
			if !slices.Equal(r, results[0]) {
				t.Errorf("linear %v: %s give different bits", s, what)
			}
		}
	}
}

func TestProcessorsSameBits(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	sameBits(t, "numbers of processors", func(compute func()) {
		for _, n := range []int{1, 2, 3, 64} {
			runtime.GOMAXPROCS(n)
			compute()
		}
	})
}

func TestVectorsSameBits(t *testing.T) {
	if bestVariant() < avx512 {
		t.Skip("needs AVX-512")
	}
	defer func(v variant) { active = v }(active)
	sameBits(t, "AVX2 and AVX-512", func(compute func()) {
		for _, v := range []variant{avx2, avx512} {
			active = v
			compute()
		}
	})
}

func TestNoAllocations(t *testing.T) {
	for _, name := range []string{"lenet2", "depthwise", "depthwise step", "winograd"} {
		s := convShapes[name]
		oh, ow := s.Out()
		x, w, y := make([]float32, s.N*s.C*s.H*s.W), make([]float32, s.weights()), make([]float32, s.N*s.OutC*oh*ow)
		dx, dw, db := make([]float32, len(x)), make([]float32, len(w)), make([]float32, s.OutC)
		conv := NewConv[float32](s)
		conv.Forward(y, x, w, nil, true) // starts the workers
		checkAllocations(t, name, func() {
			conv.Forward(y, x, w, db, true)
			conv.Backward(dx, dw, db, y, x, w)
		})
	}
	linear := NewLinear[float32](19, 1440, 4)
	x, dx, w, y := make([]float32, 19*1440), make([]float32, 19*1440), make([]float32, 4*1440), make([]float32, 19*4)
	checkAllocations(t, "linear", func() {
		linear.Forward(y, x, w, nil, false)
		linear.Backward(dx, w, nil, y, x, w)
	})
}

func checkAllocations(t *testing.T, name string, step func()) {
	t.Helper()
	if got := testing.AllocsPerRun(20, step); got != 0 {
		t.Errorf("%s: a step makes %v allocations, want none", name, got)
	}
}
