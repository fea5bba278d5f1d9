package kerneltest

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
)

// TorchCase is a case of ../testdata/torch.json, which elementwise.py wrote with PyTorch.
type TorchCase struct {
	Kind       string
	Args       json.RawMessage
	Shape      []int
	Inputs     map[string][]float64
	Output     []float64
	GradOutput []float64 `json:"grad_output"`
	Grads      map[string][]float64
}

// TorchCases returns the cases of a kind.
func TorchCases(t rapid.TB, kind string) []TorchCase {
	t.Helper()
	text, err := os.ReadFile("../testdata/torch.json")
	if err != nil {
		t.Fatal(err)
	}
	var all, some []TorchCase
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		if v.Kind == kind {
			some = append(some, v)
		}
	}
	if len(some) == 0 {
		t.Fatalf("../testdata/torch.json has no %q", kind)
	}
	return some
}

// Arguments reads the case's arguments into v.
func (c TorchCase) Arguments(t rapid.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(c.Args, v); err != nil {
		t.Fatal(err)
	}
}

// Near fails the test unless got is want within tol·max(1, |want|).
func Near[T kernels.Float](t rapid.TB, what string, got, want []T, tol float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i := range got {
		g, w := float64(got[i]), float64(want[i])
		if g != w && !(math.Abs(g-w) <= tol*max(1, math.Abs(w))) {
			t.Fatalf("%s[%d] = %v, want %v", what, i, g, w)
		}
	}
}

// Same fails the test unless got is want to the bit; one NaN is as good as another.
func Same[T kernels.Float](t rapid.TB, what string, got, want []T) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i := range got {
		g, w := float64(got[i]), float64(want[i])
		if math.Float64bits(g) != math.Float64bits(w) && (g == g || w == w) {
			t.Fatalf("%s[%d] = %v, want %v", what, i, g, w)
		}
	}
}

// Normal returns n values of the given mean and deviation.
func Normal[T kernels.Float](r *rand.Rand, n int, mean, deviation float64) []T {
	v := make([]T, n)
	for i := range v {
		v[i] = T(mean + deviation*r.NormFloat64())
	}
	return v
}

// Convert converts every element.
func Convert[U, T kernels.Float](v []T) []U {
	u := make([]U, len(v))
	for i := range v {
		u[i] = U(v[i])
	}
	return u
}

// Differences fails the test unless grad is the gradient of f at x by central differences.
func Differences(t rapid.TB, what string, x, grad []float64, f func() float64) {
	t.Helper()
	const h = 1e-5
	want := make([]float64, len(x))
	for i, v := range x {
		x[i] = v + h
		up := f()
		x[i] = v - h
		want[i] = (up - f()) / (2 * h)
		x[i] = v
	}
	Near(t, what, grad, want, 1e-7)
}

// DotProduct returns Σ a·b.
func DotProduct[T kernels.Float](a, b []T) float64 {
	var sum float64
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}
