package kerneltest

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"

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
	const path = "../testdata/torch.json"
	some := slices.DeleteFunc(Cases[TorchCase](t, path), func(c TorchCase) bool { return c.Kind != kind })
	if len(some) == 0 {
		t.Fatalf("%s has no %q", path, kind)
	}
	return some
}

// Cases returns the cases of a file, a list in JSON that has one at least.
func Cases[C any](t rapid.TB, path string) []C {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var cases []C
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if len(cases) == 0 {
		t.Fatalf("%s has no cases", path)
	}
	return cases
}

// Numbers are numbers in JSON, with words for those that JSON cannot say, such as "inf".
type Numbers []float64

// UnmarshalJSON reads a list of numbers and words.
func (n *Numbers) UnmarshalJSON(text []byte) error {
	var list []any
	if err := json.Unmarshal(text, &list); err != nil || list == nil {
		return err
	}
	*n = Numbers{}
	for _, v := range list {
		f, err := strconv.ParseFloat(fmt.Sprint(v), 64)
		if err != nil {
			return err
		}
		*n = append(*n, f)
	}
	return nil
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
