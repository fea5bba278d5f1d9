package data

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// table returns n samples in which every number tells its sample: x = 100·i + column, price = i, tokens = i and −i.
func table(t *testing.T, n int, labels []int32) *Tensors {
	t.Helper()
	var x, price []float32
	var tokens []int32
	for i := range n {
		for c := range 3 {
			x = append(x, float32(100*i+c))
		}
		price, tokens = append(price, float32(i)), append(tokens, int32(i), int32(-i))
	}
	tensors := []Tensor{Floats("x", x, 3), Floats("price", price), Ints("tokens", tokens, 2)}
	if labels != nil {
		tensors = append(tensors, Ints("labels", labels))
	}
	d, err := NewTensors(tensors...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// checkRows fails unless every sample of b is one of table's, and returns their numbers.
func checkRows(t *testing.T, b Batch) []int {
	t.Helper()
	var samples []int
	for k := range b.Labels {
		i := int(b.Fields[0].Floats[k])
		want := []float32{float32(100 * i), float32(100*i + 1), float32(100*i + 2)}
		if got := b.X[3*k : 3*k+3]; !slices.Equal(got, want) {
			t.Errorf("x of sample %d is %v, want %v", i, got, want)
		}
		if got, want := b.Fields[1].Ints[2*k:2*k+2], []int32{int32(i), int32(-i)}; !slices.Equal(got, want) {
			t.Errorf("tokens of sample %d are %v, want %v", i, got, want)
		}
		samples = append(samples, i)
	}
	if len(b.Fields) != 2 || len(b.Fields[0].Floats) != len(b.Labels) || len(b.Fields[1].Ints) != 2*len(b.Labels) {
		t.Errorf("fields %v for %d samples", b.Fields, len(b.Labels))
	}
	return samples
}

func TestLoaderReadsFields(t *testing.T) {
	d := table(t, 11, nil)
	got := fmt.Sprint(d.Shape(), d.XShape(), d.Classes(), d.Fields())
	want := "[3 1 1] [3] 0 [{price [] false} {tokens [2] true}]"
	if got != want {
		t.Errorf("the table is %s, want %s", got, want)
	}
	l, err := NewLoader(d, Options{Batch: 4, Shuffle: true, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for epoch := range 2 {
		var all []int
		for b := range l.Epoch(t.Context(), epoch, 0) {
			all = append(all, checkRows(t, b)...)
		}
		slices.Sort(all)
		if want := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}; !slices.Equal(all, want) {
			t.Errorf("epoch %d has samples %v, want each once", epoch, all)
		}
	}
}

// Parts of a set keep the fields; a set without classes is split at random, one with classes in each class.
func TestSplitKeepsFields(t *testing.T) {
	for _, labels := range [][]int32{nil, {0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0}} {
		train, valid, err := Split(table(t, 12, labels), 3, 7)
		if err != nil {
			t.Fatal(err)
		}
		first, err := Limit(train, 5)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []struct {
			set  Dataset
			want int
		}{{train, 9}, {valid, 3}, {first, 5}} {
			l, err := NewLoader(part.set, Options{Batch: 20})
			if err != nil {
				t.Fatal(err)
			}
			n, ones := 0, int32(0)
			for b := range l.Epoch(t.Context(), 0, 0) {
				n += len(checkRows(t, b))
				for _, label := range b.Labels {
					ones += label
				}
			}
			if n != part.want {
				t.Errorf("a part has %d samples, want %d", n, part.want)
			}
			if labels != nil && part.want == 3 && ones != 1 {
				t.Errorf("%d of 3 validation samples are of class 1, want 1 of 4 in 12", ones)
			}
		}
	}
}

// Augmentation changes x alone.
func TestAugmentationLeavesFields(t *testing.T) {
	x, mask := make([]float32, 2*16), make([]float32, 2*16)
	for i := range x {
		x[i], mask[i] = float32(i), float32(i)
	}
	d, err := NewTensors(Floats("x", x, 1, 4, 4), Floats("mask", mask, 1, 4, 4))
	if err != nil {
		t.Fatal(err)
	}
	l, err := NewLoader(d, Options{Batch: 2, Augment: Compose{negate{}}})
	if err != nil {
		t.Fatal(err)
	}
	for b := range l.Epoch(t.Context(), 0, 0) {
		if !slices.Equal(b.Fields[0].Floats, mask) || b.X[5] != -5 || d.Shape() != [3]int{1, 4, 4} {
			t.Errorf("augmented x %v, mask %v", b.X, b.Fields[0].Floats)
		}
	}
}

// negate is −x.
type negate struct{}

func (negate) Validate() error { return nil }
func (negate) String() string  { return "negate" }
func (negate) Apply(dst, src []float32, _ Frame, _ *rand.Rand) {
	for i, v := range src {
		dst[i] = -v
	}
}

func TestTensorsShapes(t *testing.T) {
	for _, tt := range []struct {
		shape []int
		want  [3]int
	}{
		{[]int{6}, [3]int{6, 1, 1}},
		{[]int{2, 3}, [3]int{1, 2, 3}},
		{[]int{3, 1, 2}, [3]int{3, 1, 2}},
		{[]int{2, 3, 1, 1}, [3]int{6, 1, 1}},
	} {
		d, err := NewTensors(Ints("x", make([]int32, 2*Field{Shape: tt.shape}.Size()), tt.shape...))
		if err != nil {
			t.Fatal(err)
		}
		if d.Shape() != tt.want || d.Len() != 2 || !slices.Equal(XShapeOf(d), tt.shape) {
			t.Errorf("x of %v: Shape %v, %d samples, want %v and 2", tt.shape, d.Shape(), d.Len(), tt.want)
		}
	}
	d, err := NewTensors(Ints("x", []int32{7, 1 << 24}), Tensor{Name: "labels", Ints: []int32{0, 1}, Classes: 5})
	x := []float32{0}
	if label, _ := d.Read(1, x); err != nil || x[0] != 1<<24 || label != 1 || d.Classes() != 5 {
		t.Errorf("read %v with label %d of %d classes, %v", x, label, d.Classes(), err)
	}
}

func TestTensorsErrors(t *testing.T) {
	x := Floats("x", []float32{1, 2})
	for want, tensors := range map[string][]Tensor{
		`none named "x"`:                      {Floats("y", []float32{1})},
		`the name ""`:                         {{Floats: []float32{1}}},
		`tensor y: got 3 samples, want 2`:     {x, Floats("y", []float32{1, 2, 3})},
		`two tensors have the name "x"`:       {x, x},
		`want either Floats or Ints`:          {{Name: "x"}},
		`multiple of 3`:                       {Floats("x", []float32{1, 2}, 3)},
		`shape [0]`:                           {Floats("x", []float32{1, 2}, 0)},
		`number 0 of sample 1: got NaN`:       {Floats("x", []float32{1, float32(math.NaN())})},
		`sample 1: got -1, want at least 0`:   {x, Ints("labels", []int32{0, -1})},
		`got label 3, want 0 to 1`:            {x, {Name: "labels", Ints: []int32{0, 3}, Classes: 2}},
		`got 0 numbers, want a multiple of 1`: {Floats("x", []float32{})},
	} {
		if _, err := NewTensors(tensors...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want %q in it", err, want)
		}
	}
}
