package data_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"anneal/data"
)

// numbered is a data set whose sample i has the one pixel i.
func numbered(t testing.TB, classes int, labels ...int32) data.Dataset {
	t.Helper()
	pixels := make([]float32, len(labels))
	for i := range pixels {
		pixels[i] = float32(i)
	}
	set, err := data.NewMemory([3]int{1, 1, 1}, classes, pixels, labels)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// contents lists the numbers of a numbered set's samples, and counts its labels.
func contents(set data.Dataset) (samples, counts []int) {
	counts = make([]int, set.Classes())
	var x [1]float32
	for i := range set.Len() {
		label, err := set.Read(i, x[:])
		if err != nil {
			panic(err)
		}
		counts[label]++
		samples = append(samples, int(x[0]))
	}
	return samples, counts
}

func repeat(label int32, n int) []int32 { return slices.Repeat([]int32{label}, n) }

func TestSplitKeepsShares(t *testing.T) {
	labels := slices.Concat(repeat(0, 50), repeat(1, 30), repeat(2, 15), repeat(4, 5)) // class 3 does not occur
	for _, c := range []struct {
		size        float64
		train, want []int
	}{
		{20, []int{40, 24, 12, 0, 4}, []int{10, 6, 3, 0, 1}},
		{0.2, []int{40, 24, 12, 0, 4}, []int{10, 6, 3, 0, 1}},
		{1, []int{49, 30, 15, 0, 5}, []int{1, 0, 0, 0, 0}}, // 0.5, 0.3, 0.15, 0.05
		{7, []int{46, 28, 14, 0, 5}, []int{4, 2, 1, 0, 0}}, // 3.5, 2.1, 1.05, 0.35
		{0.034, []int{48, 29, 15, 0, 5}, []int{2, 1, 0, 0, 0}},
		{10, []int{45, 27, 13, 0, 5}, []int{5, 3, 2, 0, 0}}, // 1.5 and 0.5: the lower label
		{99, []int{1, 0, 0, 0, 0}, []int{49, 30, 15, 0, 5}}, // 49.5, 29.7, 14.85, 4.95
	} {
		t.Run(fmt.Sprint(c.size), func(t *testing.T) {
			train, valid, err := data.Split(numbered(t, 5, labels...), c.size, 1)
			if err != nil {
				t.Fatal(err)
			}
			_, a := contents(train)
			_, b := contents(valid)
			if !slices.Equal(a, c.train) || !slices.Equal(b, c.want) {
				t.Errorf("got %v of each class to train on and %v to validate on, want %v and %v", a, b, c.train, c.want)
			}
		})
	}
}

func TestSplitIsSeeded(t *testing.T) {
	set := numbered(t, 2, slices.Concat(repeat(0, 40), repeat(1, 40))...)
	part := func(seed uint64) []int {
		_, valid, err := data.Split(set, 8, seed)
		if err != nil {
			t.Fatal(err)
		}
		samples, _ := contents(valid)
		return samples
	}
	// Recorded runs name a split by its size and seed: a change of these numbers makes them unrepeatable.
	if got, want := part(1), []int{7, 11, 13, 36, 40, 47, 66, 69}; !slices.Equal(got, want) {
		t.Errorf("seed 1: got %v, want %v", got, want)
	}
	if a, b := part(1), part(1); !slices.Equal(a, b) {
		t.Errorf("the same seed gives %v and %v", a, b)
	}
	if a, b := part(1), part(2); slices.Equal(a, b) {
		t.Errorf("seeds 1 and 2 both give %v", a)
	}
}

// Every split is complete and disjoint, has the size that was asked for, keeps the order, and gives each class its
// share to within one sample.
func TestSplitProperties(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		classes := rapid.IntRange(1, 7).Draw(r, "classes")
		labels := rapid.SliceOfN(rapid.Int32Range(0, int32(classes-1)), 2, 200).Draw(r, "labels")
		set, total := numbered(t, classes, labels...), len(labels)
		n := rapid.IntRange(1, total-1).Draw(r, "n")
		size := float64(n)
		if n > 1 && rapid.Bool().Draw(r, "as a share") {
			size /= float64(total)
		}
		train, valid, err := data.Split(set, size, rapid.Uint64().Draw(r, "seed"))
		if err != nil {
			r.Fatal(err)
		}
		first, _ := contents(train)
		second, counts := contents(valid)
		if len(second) != n || !slices.IsSorted(first) || !slices.IsSorted(second) {
			r.Fatalf("want %d samples in order, got %v and %v", n, first, second)
		}
		all := slices.Sorted(slices.Values(slices.Concat(first, second)))
		for i, sample := range all {
			if i != sample || len(all) != total {
				r.Fatalf("want each of %d samples once, got %v", total, all)
			}
		}
		_, whole := contents(set)
		for c, got := range counts {
			if want := float64(n) * float64(whole[c]) / float64(total); !(math.Abs(float64(got)-want) < 1) {
				r.Errorf("class %d: got %d samples of %d, want about %g", c, got, whole[c], want)
			}
		}
	})
}

func TestSplitErrors(t *testing.T) {
	for _, c := range []struct {
		size float64
		want string
	}{
		{0, "got 0, want a whole number of samples, or a share between 0 and 1"},
		{-3, "got -3, want"},
		{2.5, "got 2.5, want a whole number"},
		{math.NaN(), "got NaN, want"},
		{math.Inf(1), "got +Inf of 4 samples"},
		{4, "got 4 of 4 samples: want at least 1 sample in this part and 1 to train on"},
		{5000, "got 5000 of 4 samples"},
		{0.1, "got 0.1 of 4 samples: want at least 1"},
		{0.99, "got 0.99 of 4 samples: want at least 1"},
	} {
		_, _, err := data.Split(numbered(t, 2, 0, 1, 0, 1), c.size, 1)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("size %v: got error %v, want one with %q", c.size, err, c.want)
		}
	}
	_, _, err := data.Split(mislabelled{numbered(t, 2, 0, 1)}, 1, 1)
	if err == nil || err.Error() != "data: label of sample 0: got 7, want 0 to 1" {
		t.Errorf("a label that is no class: got error %v", err)
	}
}

type mislabelled struct{ data.Dataset }

func (mislabelled) Read(int, []float32) (int32, error) { return 7, nil }

func TestSplitOfImagesKeepsBackground(t *testing.T) {
	train, valid, err := data.Split(empty{numbered(t, 1, 0, 0)}, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []data.Dataset{train, valid} {
		if b, ok := part.(data.Backgrounder); !ok || b.Background() != -2 {
			t.Errorf("%v: want a Backgrounder with -2", part)
		}
	}
}

type empty struct{ data.Dataset }

func (empty) Background() float32 { return -2 }

func TestValidationSize(t *testing.T) {
	got := map[int]int{}
	for _, n := range []int{2, 12, 640, 59999, 60000, 100000} {
		got[n] = data.ValidationSize(n)
	}
	want := map[int]int{2: 1, 12: 1, 640: 53, 59999: 4999, 60000: 5000, 100000: 5000}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
